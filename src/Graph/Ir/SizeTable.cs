namespace TensorGraph.Ir;

/// <summary>The numbers that symbolic sizes have in one run: those of the arguments, and those that <c>bind_size</c> adds.</summary>
public sealed class SizeTable
{
    private readonly Dictionary<string, long> _sizes;
    private readonly IReadOnlyList<DimAssumption> _assumptions;

    private SizeTable(Dictionary<string, long> sizes, IReadOnlyList<DimAssumption> assumptions) => (_sizes, _assumptions) = (sizes, assumptions);

    /// <summary>No sizes.</summary>
    public static SizeTable Empty { get; } = new([], []);

    /// <summary>The sizes of a call's arguments. Errors: those of <see cref="SizeBinding.Bind"/>.</summary>
    public static SizeTable Of(Graph graph, IReadOnlyList<TensorType> arguments) => new(SizeBinding.Bind(graph, arguments), graph.Assumptions);

    /// <summary>The size of a name.</summary>
    public long SizeOf(string name)
    {
        if (!_sizes.TryGetValue(name, out long size))
            Throw.Internal($"size '{name}' is used before it is bound");
        return size;
    }

    /// <summary>This table with one more size, or another number for it.</summary>
    /// <exception cref="GraphException">TG2006 when the trace took it to be equal to a size that differs.</exception>
    public SizeTable With(Dim dim, long size)
    {
        string name = dim.ToString();
        var sizes = new Dictionary<string, long>(_sizes) { [name] = size };
        foreach (var assumption in _assumptions)
        {
            if (assumption.Left.Symbols.Concat(assumption.Right.Symbols).Contains(name))
                SizeBinding.Check(assumption, sizes);
        }

        return new(sizes, _assumptions);
    }
}
