namespace TensorGraph.Ir;

/// <summary>
/// How values flow into and out of the blocks of a control-flow node. For passes that look into blocks; the ops' own docs are the source.
/// The block of a <c>call</c> is not described: it has names for sizes of its own, so nothing goes in or out of it but by inlining.
/// </summary>
public static class Wiring
{
    /// <summary>True for the ops that this class describes; a pass leaves others with blocks as they are.</summary>
    public static bool Describes(OpDef op) => op == Op.If || op == Op.Switch || op == Op.While || op == Op.Scan;

    /// <summary>How many blocks a node of this op has: at least, at most.</summary>
    public static (int Least, int Most) Blocks(OpDef op) =>
        op == Op.If || op == Op.While ? (2, 2) : op == Op.Switch ? (1, int.MaxValue) : op == Op.Scan || op == Op.Call ? (1, 1) : op.Is(Traits.Control) ? (0, int.MaxValue) : (0, 0);

    /// <summary>Inputs in front that no block takes: the condition or index.</summary>
    public static int Selectors(Node node) => node.Op == Op.If || node.Op == Op.Switch ? 1 : 0;

    /// <summary>Leading block parameters that take the body's results from one iteration to the next.</summary>
    public static int Carried(Node node) => node.Op == Op.While || node.Op == Op.Scan ? (int)node.Attrs.Get<long>("carried") : 0;

    /// <summary>Block parameters after the carried ones that take slices.</summary>
    public static int Sequences(Node node) => node.Op == Op.Scan ? (int)node.Attrs.Get<long>("sequences") : 0;

    /// <summary>Where the captures start among the block parameters.</summary>
    public static int Captures(Node node) => Carried(node) + Sequences(node);

    /// <summary>The blocks whose results are the node's results.</summary>
    public static ReadOnlySpan<Region> Bodies(Node node) => node.Op == Op.While ? node.Regions.AsSpan()[1..] : node.Regions.AsSpan();
}
