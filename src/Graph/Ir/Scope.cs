using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>A block under construction.</summary>
internal sealed class Scope(Scope? parent)
{
    private readonly List<Node> _parameters = [];
    private readonly List<Node> _captured = [];
    private readonly HashSet<Node> _own = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Value> _captureOf = [];
    private readonly Dictionary<Value, Value> _outerOf = [];

    public Scope? Parent => parent;

    public Scope Root => parent is null ? this : parent.Root;

    /// <summary>The blocks around it and itself, outermost first.</summary>
    public IEnumerable<Scope> Around => parent is null ? [this] : parent.Around.Append(this);

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    public List<Node> Body { get; } = [];

    /// <summary>Outer values used inside; the captured parameters stand for them, in this order.</summary>
    public List<Value> Captures { get; } = [];

    public void AddParameter(Node node)
    {
        _parameters.Add(node);
        _own.Add(node);
    }

    public void Add(Node node)
    {
        Body.Add(node);
        _own.Add(node);
    }

    public void Undo(int count)
    {
        for (int i = Body.Count - 1; i >= count; i--)
        {
            _own.Remove(Body[i]);
            Body.RemoveAt(i);
        }
    }

    public bool Knows(Value value) => _own.Contains(value.Node) || (parent?.Knows(value) ?? false);

    /// <summary>The value itself, or the parameter that stands for an outer value, or null for a value of another graph.</summary>
    public Value? Resolve(Value value)
    {
        if (_own.Contains(value.Node))
            return value;
        if (_captureOf.TryGetValue(value, out var known))
            return known;
        if (parent?.Resolve(value) is not { } outer)
            return null;
        if (!_captureOf.TryGetValue(outer, out var inner))
        {
            var name = outer.Node.Op == OpDefs.Parameter ? outer.Node.Attrs : Attrs.Empty;
            var parameter = new Node(OpDefs.Parameter, [], name, [], [outer.Type], outer.Node.Source);
            _captured.Add(parameter);
            _own.Add(parameter);
            Captures.Add(outer);
            inner = _captureOf[outer] = parameter[0];
            _outerOf[inner] = outer;
        }

        return _captureOf[value] = inner;
    }

    /// <summary>The value that a captured parameter stands for, in the outermost block that has it; other values are their own origin.</summary>
    public Value OriginOf(Value value)
    {
        value = _outerOf.GetValueOrDefault(value, value);
        return parent?.OriginOf(value) ?? value;
    }

    /// <summary>The innermost block that has a node or parameter; null when none has it.</summary>
    public Scope? OwnerOf(Node node) => _own.Contains(node) ? this : parent?.OwnerOf(node);

    public Region ToRegion(ImmutableArray<Value> results) => new([.. _parameters, .. _captured], [.. Body], results);
}
