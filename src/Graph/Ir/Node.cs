using System.Collections.Immutable;
using System.Diagnostics;

namespace TensorGraph.Ir;

/// <summary>One result of a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Index">Which of its results.</param>
[DebuggerDisplay("{Node.Name,nq}[{Index}]: {Type.ToString(),nq}")]
public readonly record struct Value(Node Node, int Index)
{
    /// <summary>Type of the result.</summary>
    public TensorType Type => Node.Types[Index];

    /// <summary>Element type.</summary>
    public DType DType => Type.DType;

    /// <summary>Sizes.</summary>
    public Shape Shape => Type.Shape;

    /// <inheritdoc/>
    public bool Equals(Value other) => ReferenceEquals(Node, other.Node) && Index == other.Index;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Node), Index);
}

/// <summary>One equation of a graph. Immutable; only <see cref="GraphBuilder"/> makes one, a pass makes new ones.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Node
{
    internal Node(
        OpDef op, ImmutableArray<Value> inputs, Attrs attrs, ImmutableArray<Region> regions, ImmutableArray<TensorType> types, SourceSpan source)
    {
        (Op, Inputs, Attrs, Regions, Types, Source) = (op, inputs, attrs, regions, types, source);
        Effects = CollectEffects();
    }

    /// <summary>The op.</summary>
    public OpDef Op { get; }

    /// <summary>The op after the names of the scopes around it: <c>encoder/dense_1/matmul</c>.</summary>
    public string Name => Source.Scope is { Length: > 0 } scope ? $"{scope}/{Op.Name}" : Op.Name;

    /// <summary>Values it computes from.</summary>
    public ImmutableArray<Value> Inputs { get; }

    /// <summary>Constant parameters.</summary>
    public Attrs Attrs { get; }

    /// <summary>Blocks of a control-flow op.</summary>
    public ImmutableArray<Region> Regions { get; }

    /// <summary>Types of the results.</summary>
    public ImmutableArray<TensorType> Types { get; }

    /// <summary>The user's line that made it.</summary>
    public SourceSpan Source { get; }

    /// <summary>Resources it touches, those of nodes inside its regions included.</summary>
    public ImmutableArray<Effect> Effects { get; }

    /// <summary>True when it touches no resource: it may be moved, shared, or dropped when unused.</summary>
    public bool IsPure => Effects.IsEmpty;

    /// <summary>True when it, or a node inside, calls C# code that may assign any variable.</summary>
    public bool CallsCode => Effects.Any(effect => effect.Resource == Resource.Host)
        && (Op == OpDefs.HostCall ? !Attrs.Get<Resource>("fn").OnlyThrows : Regions.Any(region => region.Body.Any(node => node.CallsCode)));

    /// <summary>True when a gradient of its results may flow to its inputs.</summary>
    public bool PassesGradients => Op != OpDefs.StopGradient && !Op.Is(Traits.NoGradient) && Types.Any(type => type.DType.IsFloat());

    /// <summary>A result.</summary>
    public Value this[int index] => new(this, index);

    /// <summary>This node on other inputs and blocks of the same types; itself when they are its own. It is not in any block yet.</summary>
    internal Node With(ImmutableArray<Value> inputs, ImmutableArray<Region> regions) =>
        inputs == Inputs && regions == Regions ? this
        : inputs.AsSpan().SequenceEqual(Inputs.AsSpan()) && regions.Zip(Regions).All(pair => ReferenceEquals(pair.First, pair.Second)) ? this
        : new(Op, inputs, Attrs, regions, Types, Source);

    /// <summary>This node with the types that its results turned out to have.</summary>
    public Node Typed(ImmutableArray<TensorType> types) =>
        types.AsSpan().SequenceEqual(Types.AsSpan()) ? this : new(Op, Inputs, Attrs, Regions, types, Source);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Inputs.Select(input => input.Type))}) -> {string.Join(", ", Types)}";

    private ImmutableArray<Effect> CollectEffects()
    {
        var own = Op.Effects?.Invoke(this) ?? [];
        return Regions.IsEmpty ? own : [.. own.Concat(Regions.SelectMany(region => region.Body).SelectMany(node => node.Effects)).Distinct()];
    }
}

/// <summary>
/// A closed block: parameters in, nodes in order, results out. Nothing inside refers to a value outside; what a block needs is a parameter.
/// </summary>
/// <param name="Parameters"><c>parameter</c> nodes, one result each.</param>
/// <param name="Body">Nodes in program order.</param>
/// <param name="Results">What the block yields.</param>
[DebuggerDisplay("{NodeCount} nodes")]
public sealed record Region(ImmutableArray<Node> Parameters, ImmutableArray<Node> Body, ImmutableArray<Value> Results)
{
    /// <summary>Nodes in this block and in the blocks inside it.</summary>
    public int NodeCount => Body.Sum(node => 1 + node.Regions.Sum(region => region.NodeCount));

    /// <summary>The variables that are read in this block and in the blocks inside it.</summary>
    public IEnumerable<Resource> VariablesRead =>
        AllNodes().Where(node => node.Op == OpDefs.ReadVariable).Select(node => node.Attrs.Get<Resource>("var")).Distinct();

    /// <summary>All nodes of this block and of the blocks inside it, outer before inner.</summary>
    public IEnumerable<Node> AllNodes() => Body.SelectMany(node => node.Regions.SelectMany(region => region.AllNodes()).Prepend(node));
}

/// <summary>A program: a name and a block. Symbolic sizes are bound from the parameters' sizes when it runs.</summary>
/// <param name="Name">Name of the traced function.</param>
/// <param name="Entry">The block.</param>
/// <param name="Assumptions">Relations of symbolic sizes that hold for every legal call.</param>
[DebuggerDisplay("{Name,nq}: {NodeCount} nodes")]
public sealed record Graph(string Name, Region Entry, ImmutableArray<SizeConstraint> Assumptions)
{
    /// <summary>A program without size assumptions.</summary>
    public Graph(string name, Region entry) : this(name, entry, [])
    {
    }

    /// <summary>Number of nodes, those in nested blocks included, parameters excluded.</summary>
    public int NodeCount => Entry.NodeCount;

    /// <summary>The text form with the user's lines; of a large graph its beginning and the number of lines that are left out.</summary>
    public override string ToString() => Printer.PrintShort(this);
}
