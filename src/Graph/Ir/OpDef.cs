using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Facts about an op that passes and tests use.</summary>
[Flags]
public enum Traits
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
}

/// <summary>Which element types an op takes.</summary>
public enum DTypeSet
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
/// <c>"?"</c> when the op has a rule of its own (<see cref="OpDef.Infer"/>).
/// </param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class OpAttribute(string name, string signature) : Attribute
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

/// <summary>Types of the results from the types of the inputs; throws <see cref="GraphException"/> for bad ones.</summary>
public delegate ImmutableArray<TensorType> InferRule(InferContext context);

/// <summary>The meaning: results from inputs on the host, floats in double precision and rounded to the dtype at the end.</summary>
public delegate Literal[] EvalRule(EvalContext context);

/// <summary>Gradients of the inputs (null where there is none) from those of the results.</summary>
public delegate ImmutableArray<Value?> VjpRule(VjpContext context);

/// <summary>Gradient of the first input from that of the result and from what was found of it so far.</summary>
public delegate Value VjpIntoRule(VjpContext context, Value soFar);

/// <summary>The op in terms of simpler ones.</summary>
public delegate ImmutableArray<Value> DecomposeRule(Build build, Node node);

/// <summary>
/// An op: its schema comes from the <see cref="OpAttribute"/> on the field that holds it, its behaviour from the initialiser. A primitive
/// has <see cref="Eval"/> and is spelled by every back end; a composite has <see cref="Decompose"/> and needs nothing else.
/// </summary>
public sealed class OpDef
{
    private OpAttribute? _schema;

    /// <summary>The attribute's constants.</summary>
    public OpAttribute Schema => _schema ?? throw new InvalidOperationException("the op is not in the table");

    /// <summary>Name in the text form.</summary>
    public string Name => Schema.Name;

    /// <summary>Facts for passes.</summary>
    public Traits Traits => Schema.Traits;

    /// <summary>Shape signature, parsed; null when <see cref="Infer"/> decides.</summary>
    public ShapeSignature? Signature { get; private set; }

    /// <summary>Type rule where the signature says <c>"?"</c>.</summary>
    public InferRule? Infer { get; init; }

    /// <summary>Reference meaning.</summary>
    public EvalRule? Eval { get; init; }

    /// <summary>Reverse-mode rule. A composite without one is differentiated through its decomposition.</summary>
    public VjpRule? Vjp { get; init; }

    /// <summary>
    /// Reverse-mode rule of an op that reads some elements of its first input: it adds to those alone. Zeros but for them, added up, would take time for all
    /// elements at each read.
    /// </summary>
    public VjpIntoRule? VjpInto { get; init; }

    /// <summary>True when it has a reverse-mode rule of its own.</summary>
    public bool HasVjp => Vjp is not null || VjpInto is not null;

    /// <summary>Expansion of a composite.</summary>
    public DecomposeRule? Decompose { get; init; }

    /// <summary>Resources a node of this op touches, apart from those of its regions.</summary>
    public Func<Node, ImmutableArray<Effect>>? Effects { get; init; }

    /// <summary>Number of inputs; the least number for a variadic op.</summary>
    public int Arity => Signature?.Inputs.Count ?? Schema.Inputs;

    /// <summary>True for an op that is given by simpler ones.</summary>
    public bool IsComposite => Decompose is not null;

    /// <summary>Tests a trait.</summary>
    public bool Is(Traits trait) => (Traits & trait) == trait;

    /// <inheritdoc/>
    public override string ToString() => _schema?.Name ?? "?";

    internal void Bind(OpAttribute schema)
    {
        _schema = schema;
        Signature = schema.Signature == "?" ? null : ShapeSignature.Parse(schema.Signature);
    }
}
