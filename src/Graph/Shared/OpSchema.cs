namespace TensorGraph.Ir;

/// <summary>Facts about an op that passes and tests use.</summary>
[Flags]
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
enum Traits
{
    /// <summary>Nothing special.</summary>
    None = 0,
    /// <summary>Element by element, with broadcasting.</summary>
    Pointwise = 1,
    /// <summary>f(a, b) = f(b, a).</summary>
    Commutative = 2,
    /// <summary>f(a, f(b, c)) = f(f(a, b), c), up to rounding.</summary>
    Associative = 4,
    /// <summary>f(a, a) = a.</summary>
    Idempotent = 8,
    /// <summary>Reduces the axes in attribute <c>axes</c>; <c>keep</c> keeps them as size 1.</summary>
    Reduction = 16,
    /// <summary>Only rearranges elements.</summary>
    Movement = 32,
    /// <summary>Derivative is zero or undefined everywhere: gradients stop here.</summary>
    NoGradient = 64,
    /// <summary>Has regions.</summary>
    Control = 128,
    /// <summary>Takes any number of inputs.</summary>
    Variadic = 256,
    /// <summary>Takes or gives a list.</summary>
    List = 512,
    /// <summary>The result has the bits of the input, so one memory serves both.</summary>
    Alias = 1024,
    /// <summary>Fails where a value is out of range.</summary>
    Checked = 2048,
}

/// <summary>Which element types an op takes.</summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
enum DTypeSet
{
    /// <summary>Any, text included.</summary>
    Any,
    /// <summary>Any but text.</summary>
    NoString,
    /// <summary>Integers and floats.</summary>
    Number,
    /// <summary>Integers, floats and text (add).</summary>
    NumberOrString,
    /// <summary>Integers.</summary>
    Integer,
    /// <summary>Integers and bool.</summary>
    IntegerOrBool,
    /// <summary>Floats.</summary>
    Float,
    /// <summary>bool.</summary>
    Bool,
}

/// <summary>The schema of an op, in constants, so that the analyzer can read it from metadata.</summary>
/// <param name="name">Name in the text form.</param>
/// <param name="signature">
/// Shapes of inputs and results, e.g. <c>"... m k, ... k n -&gt; ... m n"</c>: <c>...</c> broadcasts, equal names are equal sizes;
/// <c>"?"</c> when the op has a rule of its own (<see cref="TypeRules"/>).
/// </param>
[AttributeUsage(AttributeTargets.Field)]
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
sealed class OpAttribute(string name, string signature) : Attribute
{
    /// <summary>Name in the text form.</summary>
    public string Name { get; } = name;

    /// <summary>Shape signature.</summary>
    public string Signature { get; } = signature;

    /// <summary>Facts for passes.</summary>
    public Traits Traits { get; set; }

    /// <summary>Element types of the inputs.</summary>
    public DTypeSet DTypes { get; set; } = DTypeSet.Number;

    /// <summary>Number of inputs where the signature is <c>"?"</c>; the least number for a variadic op.</summary>
    public int Inputs { get; set; } = 1;

    /// <summary>Result is bool whatever the inputs are (comparisons).</summary>
    public bool ReturnsBool { get; set; }

    /// <summary>Paper, standard or library that defines the meaning.</summary>
    public string Source { get; set; } = "NumPy";
}
