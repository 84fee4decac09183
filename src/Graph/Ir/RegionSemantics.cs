using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// The regions of a control-flow op and how values flow through them. The inputs of a node are, in this order: selectors, which no region takes;
/// carried values; sequences; captures. Each region has a parameter for each input after the selectors: the carried value at the start of an
/// iteration, one slice of a sequence, the capture. Passes read this instead of asking which op it is.
/// </summary>
/// <param name="Names">Names of the regions in the text form, in order.</param>
public sealed record RegionSemantics(params ImmutableArray<string> Names)
{
    /// <summary>True when there may be any number of regions of the last name.</summary>
    public bool Repeats { get; init; }

    /// <summary>The region that runs, from the value of the selector and the number of regions; null when all regions may run.</summary>
    public Func<Literal, int, int>? Choose { get; init; }

    /// <summary>How many regions, in front, only decide whether an iteration follows. The results of the others are those of the node.</summary>
    public int Conditions { get; init; }

    /// <summary>
    /// True for a loop: attribute <c>carried</c> says how many values go from one iteration to the next, as the first results of its body.
    /// </summary>
    public bool IsLoop { get; init; }

    /// <summary>True when attribute <c>sequences</c> says how many inputs are gone through slice by slice.</summary>
    public bool TakesSlices { get; init; }

    /// <summary>True when it is known that a loop has no iteration.</summary>
    public Predicate<Node>? IsEmpty { get; init; }

    /// <summary>
    /// True when a region has names for sizes of its own, as a graph has. Values go in and out of it by inlining alone: passes leave inputs, results
    /// and the region as they are.
    /// </summary>
    public bool OwnsSizes { get; init; }

    /// <summary>Number of inputs in front that no region takes.</summary>
    public int Selectors => Choose is null ? 0 : 1;

    /// <summary>True when a node may have that many regions.</summary>
    public bool Allows(int regions) => Repeats ? regions >= Names.Length : regions == Names.Length;

    /// <summary>Name of a region in the text form.</summary>
    public string NameOf(int region) => Names[Math.Min(region, Names.Length - 1)];

    /// <summary>Number of carried values.</summary>
    public int Carried(Node node) => IsLoop ? (int)node.Attrs.Get<long>("carried") : 0;

    /// <summary>Number of sequences.</summary>
    public int Sequences(Node node) => TakesSlices ? (int)node.Attrs.Get<long>("sequences") : 0;

    /// <summary>Index of the first capture among the parameters of a region.</summary>
    public int Captures(Node node) => Carried(node) + Sequences(node);

    /// <summary>
    /// The attributes of a node with other numbers of carried values and sequences. What was kept for a gradient is no longer known by its place.
    /// </summary>
    public Attrs Recount(Attrs attrs, int carried, int sequences)
    {
        if (IsLoop)
            attrs = attrs.Without("residual_lists").With("carried", (long)carried);
        return TakesSlices ? attrs.With("sequences", (long)sequences) : attrs;
    }
}
