using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>The meaning: results from inputs on the host, floats in double precision and rounded to the dtype at the end.</summary>
public delegate Literal[] EvalRule(EvalContext context);

/// <summary>Gradients of the inputs (null where there is none) from those of the results.</summary>
public delegate ImmutableArray<Value?> VjpRule(VjpContext context);

/// <summary>Gradient of the first input from that of the result and from what was found of it so far.</summary>
public delegate Value AccumulateVjpRule(VjpContext context, Value soFar);

/// <summary>Emits a node that does the same and has what its gradient needs as further results; null when there is nothing to add.</summary>
public delegate Node? ResidualRule(GraphBuilder build, Node node);

/// <summary>The op in terms of simpler ones.</summary>
public delegate ImmutableArray<Value> DecomposeRule(GraphBuilder build, Node node);

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

    /// <summary>Type rule where the signature says <c>"?"</c> and <see cref="TypeRules"/> has none.</summary>
    public InferRule? Infer { get; init; }

    /// <summary>Type rule where the signature says <c>"?"</c>, this op's own or one that the analyzer shares.</summary>
    internal InferRule? Rule { get; private set; }

    /// <summary>Attributes that a node must have although its types do not depend on them, with their types.</summary>
    public ImmutableArray<(string Name, Type Type)> Required { get; init; } = [];

    /// <summary>Reference meaning.</summary>
    public EvalRule? Eval { get; init; }

    /// <summary>Reverse-mode rule. A composite without one is differentiated through its decomposition.</summary>
    public VjpRule? Vjp { get; init; }

    /// <summary>
    /// Reverse-mode rule of an op that reads some elements of its first input: it adds to those alone. Zeros but for them, added up, would take time
    /// for all elements at each read.
    /// </summary>
    public AccumulateVjpRule? AccumulateVjp { get; init; }

    /// <summary>For an op whose gradient needs more than its inputs and results: the node that keeps it.</summary>
    public ResidualRule? SaveResiduals { get; init; }

    /// <summary>True when it has a reverse-mode rule of its own.</summary>
    public bool HasVjp => Vjp is not null || AccumulateVjp is not null;

    /// <summary>Expansion of a composite.</summary>
    public DecomposeRule? Decompose { get; init; }

    /// <summary>How values flow through the regions of a control-flow op; null for an op without regions.</summary>
    public RegionSemantics? Regions { get; init; }

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
        Rule = Infer ?? TypeRules.Find(schema.Name);
    }
}
