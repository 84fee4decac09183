namespace TensorGraph.Ir;

/// <summary>Kinds of <see cref="Resource"/>.</summary>
public enum ResourceKind
{
    /// <summary>A tensor that keeps its value between calls.</summary>
    Variable,
    /// <summary>A stream that only takes writes: prints, assertions.</summary>
    Stream,
    /// <summary>A .NET delegate called from the graph.</summary>
    HostFunction,
}

/// <summary>
/// State outside the graph that ops read or write, known by identity. Effects on one resource keep program order; this is the automatic
/// control dependency. Back ends derive from it to keep a variable's value on their device.
/// </summary>
public class Resource(string name, ResourceKind kind, TensorType? type = null)
{
    private readonly Lock _gate = new();
    private Literal? _value;

    /// <summary>All prints share one order.</summary>
    public static Resource Print { get; } = new("print", ResourceKind.Stream);

    /// <summary>All assertions share one order.</summary>
    public static Resource Assert { get; } = new("assert", ResourceKind.Stream);

    /// <summary>All host calls share one order.</summary>
    public static Resource Host { get; } = new("host", ResourceKind.Stream);

    /// <summary>Name in the text form, after <c>@</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Kind of state.</summary>
    public ResourceKind Kind { get; } = kind;

    /// <summary>Type of a variable.</summary>
    public TensorType? Type { get; } = type;

    /// <summary>False for a variable that optimisers leave alone and tapes do not watch by themselves.</summary>
    public bool IsTrainable { get; init; } = true;

    /// <summary>A variable's value on the host, for the interpreter and for saving.</summary>
    public virtual Literal? HostValue
    {
        get => _value;
        set => _value = value;
    }

    /// <summary>The state of a random generator, which moves on by some blocks in the same step.</summary>
    public virtual Literal Advance(long blocks)
    {
        lock (_gate)
        {
            var before = HostValue ?? throw new InvalidOperationException($"{this} has no value");
            HostValue = OpDefs.Advanced(before, blocks);
            return before;
        }
    }

    /// <summary>The delegate of a host function: values in, values out. A graph that was read from text has none until it is given one.</summary>
    public Func<Literal[], Literal[]>? HostFunction { get; set; }

    /// <summary>True for a host function that does nothing but throw, and reads no variable for it.</summary>
    public bool OnlyThrows { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "@" + Name;
}

/// <summary>An op's use of a resource.</summary>
/// <param name="Resource">What is used.</param>
/// <param name="IsWrite">False when it is only read, so that reads may change places.</param>
public readonly record struct Effect(Resource Resource, bool IsWrite);
