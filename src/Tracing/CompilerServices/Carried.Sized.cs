using System.ComponentModel;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>A tensor of a carried value, or a collection of them, with its name for errors.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct CarriedPart
{
    /// <summary>A tensor.</summary>
    public CarriedPart(string name, Tensor? tensor) => (Names, Leaves) = ([name], [tensor]);

    /// <summary>The elements of an array or list.</summary>
    public CarriedPart(string name, IReadOnlyList<Tensor>? tensors)
    {
        IsNull = tensors is null;
        HasNoValue = ReferenceEquals(tensors, GraphControl.NoArray) || ReferenceEquals(tensors, GraphControl.NoList);
        Leaves = tensors is null ? [null] : [.. tensors];
        Names = tensors is null ? [name] : [.. Leaves.Select((_, i) => $"{name}[{i}]")];
    }

    internal bool IsNull { get; }

    internal bool HasNoValue { get; }

    internal string[] Names { get; }

    internal Tensor?[] Leaves { get; }
}

/// <summary>Tensors from which a carried value is put together, in order.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class CarriedLeaves
{
    private readonly Tensor?[] _leaves;
    private int _next;

    internal CarriedLeaves(Tensor?[] leaves) => _leaves = leaves;

    /// <summary>The next tensor.</summary>
    public Tensor Tensor() => _leaves[_next++]!;

    /// <summary>As many tensors as an array has.</summary>
    public Tensor[] Array(Tensor[]? like) => like is null ? null! : [.. like.Select(_ => Tensor())];

    /// <summary>As many tensors as a list has.</summary>
    public List<Tensor> List(IReadOnlyCollection<Tensor>? like) => like is null ? null! : [.. like.Select(_ => Tensor())];
}

public static partial class Carried
{
    private sealed class CarriedSized<T>(string name, Func<T, CarriedPart[]> parts, Func<T, CarriedLeaves, T> restore) : Carried<T>
    {
        private string[] _names = [];
        private int? _before;

        internal override string[] Names => _names;

        internal override Tensor?[] Leaves(T value, SourceSpan source)
        {
            var all = PartsOf(value);
            string[] names = [.. all.SelectMany(part => part.Names)];
            _before ??= names.Length;
            // What has no value yet is named by the value that it gets.
            if (names.Length > 0)
                _names = names;
            return [.. all.SelectMany(part => part.Leaves)];
        }

        internal override T Assign(T value, ref ReadOnlySpan<Tensor?> leaves)
        {
            int count = Counts(value)[0];
            var own = Take(ref leaves, Math.Abs(count)).ToArray();
            return count <= 0 ? value : restore(value, new(own));
        }

        internal override Tensor?[] Merge(ref ReadOnlySpan<Tensor?> before) => Take(ref before, _before ?? 0).ToArray();

        internal override int[] Counts(T value)
        {
            var all = PartsOf(value);
            int count = all.Sum(part => part.Leaves.Length);
            return [all.Any(part => part.IsNull) ? -count : count];
        }

        internal override T Like(T first, T second) => Counts(first)[0] == 0 ? second : first;

        private CarriedPart[] PartsOf(T value)
        {
            if (value is null)
                return [new(name, (IReadOnlyList<Tensor>?)null)];
            var all = parts(value);
            return all.Any(part => part.HasNoValue) ? [] : all;
        }
    }
}
