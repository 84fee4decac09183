using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A finished block and what became of the variables that leave it: a result of the block, nothing (null), or no value yet
/// (<see cref="Flow.Undefined"/>).
/// </summary>
internal sealed class Block
{
    private readonly Tensor?[] _leaves;
    private Region _region;

    private Block(Region region, System.Collections.Immutable.ImmutableArray<Value> captures, Tensor?[] leaves)
    {
        _region = region;
        Captures = captures;
        _leaves = leaves;
    }

    public System.Collections.Immutable.ImmutableArray<Value> Captures { get; }

    public int Count => _leaves.Length;

    /// <summary>Opens a block; tapes outside see only the finished control-flow node.</summary>
    public static List<GradientTape> Open(TraceContext trace)
    {
        trace.Build.BeginRegion();
        return trace.SetTapes([]);
    }

    /// <summary>Closes the block opened last; its results are the leaves that have a value, in order.</summary>
    public static Block Close(TraceContext trace, List<GradientTape> tapes, ReadOnlySpan<Tensor?> leaves)
    {
        var results = new List<Value>();
        foreach (var leaf in leaves)
        {
            if (HasValue(leaf))
                results.Add(trace.ValueOf(leaf!));
        }

        var (region, captures) = trace.Build.EndRegion([.. results]);
        trace.SetTapes(tapes);
        return new(region, captures, leaves.ToArray());
    }

    /// <summary>TG2002 or TG2003 unless the condition is one bool.</summary>
    public static void CheckCondition(string op, Tensor condition, SourceSpan source)
    {
        if (condition.DType != DType.Bool || condition.Rank != 0)
        {
            throw new GraphException(
                condition.DType != DType.Bool ? DiagnosticIds.DTypeMismatch : DiagnosticIds.RankMismatch,
                $"{op}: the condition is {condition.Type}, not one bool", "Compare it, or reduce it with Any or All.", source);
        }
    }

    public static bool HasValue(Tensor? leaf) => leaf is not null && !ReferenceEquals(leaf, Flow.Undefined);

    public Tensor? Leaf(int index) => _leaves[index];

    /// <summary>Type of a leaf with a value.</summary>
    public TensorType TypeOf(int index) => _region.Results[_leaves.Take(index).Count(HasValue)].Type;

    /// <summary>The block with a result for exactly the wanted leaves; one without a value yet becomes zeros of the type given.</summary>
    public (Region Region, System.Collections.Immutable.ImmutableArray<Value> Captures) With(IEnumerable<(int Leaf, TensorType Type)> wanted)
    {
        var zeros = new Build { Source = SourceSpan.None };
        var results = wanted.Select(want => HasValue(_leaves[want.Leaf]) ? _region.Results[_leaves.Take(want.Leaf).Count(HasValue)] : zeros.Zeros(want.Type)).ToArray();
        _region = _region with { Body = [.. _region.Body, .. zeros.Body], Results = [.. results] };
        return (_region, Captures);
    }
}
