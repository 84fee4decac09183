using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// The only maker of nodes: infers types, stamps the user's line, keeps program order, and turns uses of outer values inside a block into
/// parameters of the block (so that regions stay closed). Not thread-safe.
/// </summary>
public partial class GraphBuilder
{
    private readonly List<SizeConstraint> _assumptions = [];
    private readonly HashSet<(Dim, SizeRelation, Dim)> _assumed = [];
    private readonly Dictionary<(Node, Resource), Value> _readsBefore = [];
    private Scope _scope = new(null);

    /// <summary>Line that new nodes get; null walks the stack for each node.</summary>
    public SourceSpan? Source { get; set; }

    /// <summary>Nodes of the block under construction, in order.</summary>
    public IReadOnlyList<Node> Body => _scope.Body;

    /// <summary>Nodes of all blocks under construction, those of the outermost block first.</summary>
    public IEnumerable<Node> OpenNodes => _scope.Around.SelectMany(scope => scope.Body);

    /// <summary>Stands for the block under construction: another block, another object.</summary>
    public object Block => _scope;

    /// <summary>How many blocks are open inside the entry block.</summary>
    public int Depth => _scope.Depth;

    /// <summary>Adds a parameter to the block under construction.</summary>
    public Value Parameter(TensorType type, string name = "")
    {
        var node = new Node(OpDefs.Parameter, [], name.Length == 0 ? Attrs.Empty : Attrs.Of("name", name), [], [type.InGraph], Source ?? SourceSpan.None);
        _scope.AddParameter(node);
        return node[0];
    }

    /// <summary>Adds parameters like those of another region.</summary>
    public Value[] Parameters(Region like) =>
        [.. like.Parameters.Select(parameter => Parameter(parameter.Types[0], parameter.Attrs.Get("name", "")))];

    /// <summary>
    /// Adds a parameter to a block around the one under construction: the one that is <paramref name="depth"/> blocks inside the entry block.
    /// </summary>
    public Value ParameterAt(int depth, TensorType type, string name)
    {
        var scope = _scope;
        while (scope.Depth > depth)
            scope = scope.Parent!;
        var node = new Node(OpDefs.Parameter, [], name.Length == 0 ? Attrs.Empty : Attrs.Of("name", name), [], [type.InGraph], Source ?? SourceSpan.None);
        scope.AddParameter(node);
        return node[0];
    }

    /// <summary>Adds a parameter to the entry block, whichever block is under construction.</summary>
    public Value EntryParameter(TensorType type, string name)
    {
        var node = new Node(OpDefs.Parameter, [], Attrs.Of("name", name), [], [type.InGraph], Source ?? SourceSpan.None);
        _scope.Root.AddParameter(node);
        return node[0];
    }

    /// <summary>Adds a node; one result.</summary>
    public Value Emit(OpDef op, params ReadOnlySpan<Value> inputs) => Emit(op, Attrs.Empty, inputs)[0];

    /// <summary>Adds a node.</summary>
    /// <exception cref="GraphException">The inputs' types don't fit the op (TG2xxx), or a value belongs to another trace (TG7002).</exception>
    public Node Emit(OpDef op, Attrs attrs, ReadOnlySpan<Value> inputs, ImmutableArray<Region> regions = default)
    {
        var resolved = ImmutableArray.CreateBuilder<Value>(inputs.Length);
        foreach (var input in inputs)
            resolved.Add(Resolve(input));
        var arguments = resolved.MoveToImmutable();
        regions = regions.IsDefault ? [] : regions;
        var types = Infer(op, [.. arguments.Select(input => input.Type)], attrs, regions,
            (left, right) => Assume(new(left, right, op.Name, Source ?? SourceSpan.Capture())));
        return Append(new Node(op, arguments, attrs, regions, types, Source ?? SourceSpan.Capture()));
    }

    /// <summary>Takes back the nodes of the block under construction after the first <paramref name="count"/>.</summary>
    internal void Undo(int count) => _scope.Undo(count);

    /// <summary>Emits nodes, or none of them: null when the types of one do not fit its op.</summary>
    internal ImmutableArray<Value>? Try(Func<ImmutableArray<Value>> emit)
    {
        var scope = _scope;
        int count = scope.Body.Count;
        try
        {
            return emit();
        }
        catch (GraphException fault) when (fault.Id.StartsWith("TG2", StringComparison.Ordinal))
        {
            _scope = scope;
            Undo(count);
            return null;
        }
    }

    /// <summary>Types of an op's results; throws TG2xxx when the inputs don't fit.</summary>
    /// <param name="op">The op.</param>
    /// <param name="inputs">Types of its inputs.</param>
    /// <param name="attrs">Its parameters.</param>
    /// <param name="regions">Its blocks.</param>
    /// <param name="assume">Takes two different symbolic sizes that must be equal; null forbids that.</param>
    public static ImmutableArray<TensorType> Infer(
        OpDef op, ImmutableArray<TensorType> inputs, Attrs attrs, ImmutableArray<Region> regions = default, Action<Dim, Dim>? assume = null)
    {
        if (!op.Is(Traits.List) && !op.Is(Traits.Control) && inputs.Any(input => input.IsList))
            Throw.DType(op.Name, $"does not take a list: it got {string.Join(" and ", inputs)}", "Use numbers or names as sizes; ? is the size of a list.");
        foreach (var (name, type) in op.Required)
        {
            if (!type.IsInstanceOfType(attrs.Find(name)))
                throw new InvalidOperationException($"attribute '{name}' of type {type.Name} is missing");
        }

        return new InferContext(op, inputs, attrs, assume) { Regions = regions.IsDefault ? [] : regions }.Infer();
    }

    /// <summary>Opens a block whose parameters are added with <see cref="Parameter"/>.</summary>
    public void BeginRegion() => _scope = new Scope(_scope);

    /// <summary>
    /// Closes the block opened last. Returns it together with the outer values it uses; its last parameters stand for those, in that order.
    /// </summary>
    public (Region Region, ImmutableArray<Value> Captures) EndRegion(ReadOnlySpan<Value> results)
    {
        var closed = _scope;
        var outputs = ImmutableArray.CreateBuilder<Value>(results.Length);
        foreach (var result in results)
            outputs.Add(Resolve(result));
        _scope = closed.Parent ?? throw new InvalidOperationException("no block is open");
        return (closed.ToRegion(outputs.MoveToImmutable()), [.. closed.Captures]);
    }

    /// <summary>Drops the blocks that are open inside the one at a depth; true if they had effects.</summary>
    public bool Abandon(int depth)
    {
        bool hadEffects = false;
        for (; _scope.Depth > depth; _scope = _scope.Parent!)
            hadEffects |= _scope.Body.Exists(node => node.Effects.Any(effect => effect.IsWrite));
        return hadEffects;
    }

    /// <summary>Ends the graph.</summary>
    public Graph Finish(string name, ReadOnlySpan<Value> results)
    {
        if (_scope.Parent is not null)
            Throw.Internal($"graph '{name}' was finished with {_scope.Depth} open blocks");
        var outputs = ImmutableArray.CreateBuilder<Value>(results.Length);
        foreach (var result in results)
            outputs.Add(Resolve(result));
        return new Graph(name, _scope.ToRegion(outputs.MoveToImmutable()), [.. _assumptions]);
    }

    /// <summary>
    /// Copies the nodes of a region into the one under construction, with arguments in place of its parameters; returns what its results became.
    /// </summary>
    public ImmutableArray<Value> Inline(Region region, ReadOnlySpan<Value> arguments) => new RegionMapper(this).Inline(region, arguments);

    /// <summary>The decomposition of a composite node as a block over its inputs.</summary>
    public static Region Expand(Node node)
    {
        var build = new GraphBuilder { Source = node.Source };
        var parameters = node.Inputs.Select(input => build.Parameter(input.Type)).ToArray();
        var copy = new Node(node.Op, [.. parameters], node.Attrs, node.Regions, node.Types, node.Source);
        return build.Finish(node.Op.Name, node.Op.Decompose!(build, copy).AsSpan()).Entry;
    }

    /// <summary>Called for every new node, which it returns; the imperative builder runs it at once instead, and then knows all sizes.</summary>
    protected virtual Node Append(Node node)
    {
        _scope.Add(node);
        return node;
    }

    /// <summary>The value as seen in the block under construction.</summary>
    protected virtual Value Resolve(Value value) => _scope.Resolve(value) ?? throw new GraphException(
        DiagnosticIds.EscapedTensor, $"a {value.Type} made by '{value.Node.Op.Name}'{(value.Node.Source.IsKnown ? $" at {value.Node.Source}" : "")} is used outside the graph that owns it",
        "Return it from the graph function, or pass it as an argument.", SourceSpan.Capture());

    /// <summary>The name that a value of this or an outer block has in the block under construction.</summary>
    public Value InBlock(Value value) => Resolve(value);

    /// <summary>The one name of a value of this or an outer block: the one that it has where it was made.</summary>
    public Value OriginOf(Value value) => value.Node.Op == OpDefs.Parameter ? _scope.OriginOf(value) : value;

    /// <summary>How many blocks inside the entry block a value of this or an outer block was made.</summary>
    public int DepthOf(Value value) => _scope.OwnerOf(OriginOf(value).Node)?.Depth ?? 0;

    /// <summary>True when the value can be used in the block under construction.</summary>
    public bool Owns(Value value) => _scope.Knows(value);

    /// <summary>
    /// Takes a relation of two sizes to hold in every legal call; a repeated one is recorded once, with the place that needed it first.
    /// </summary>
    public void Assume(SizeConstraint constraint)
    {
        var (left, relation, right) = (constraint.Left.InGraph, constraint.Relation, constraint.Right.InGraph);
        bool isSymmetric = relation is SizeRelation.Equal or SizeRelation.Different;
        if (_assumed.Add((left, relation, right)) && (!isSymmetric || _assumed.Add((right, relation, left))))
            _assumptions.Add(constraint with { Left = left, Right = right });
    }

    /// <summary>
    /// Reads a variable as it was when an earlier node began: the new node stands right before that one. Null when that node is not in a block
    /// under construction, because it has already run. Asked again, also of a copy of the block, it gives the same value.
    /// </summary>
    public Value? ReadBefore(Node next, Resource variable)
    {
        if (_readsBefore.TryGetValue((next, variable), out var known))
            return Resolve(known);
        var owner = _scope;
        while (owner is not null && !owner.Body.Contains(next))
            owner = owner.Parent;
        if (owner is null)
            return null;
        int at = owner.Body.IndexOf(next), first = at;
        while (first > 0 && owner.Body[first - 1].Op == OpDefs.ReadVariable)
            first--;
        var read = owner.Body[first..at].Find(node => node.Attrs.Get<Resource>("var") == variable);
        if (read is null)
        {
            var current = _scope;
            _scope = owner;
            read = Emit(OpDefs.ReadVariable, Attrs.Of("var", variable), []);
            _scope = current;
            owner.Body.Remove(read);
            owner.Body.Insert(at, read);
        }

        _readsBefore[(next, variable)] = read[0];
        return Resolve(read[0]);
    }

    /// <summary>Adds a finished node as it is; its inputs belong to the block under construction. Passes reuse what they do not change.</summary>
    public void Adopt(Node node)
    {
        if (node.Op == OpDefs.Parameter)
            _scope.AddParameter(node);
        else
            Append(node);
    }
}
