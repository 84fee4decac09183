namespace TensorGraph.Ir;

/// <summary>Parameters and constants.</summary>
public static partial class OpDefs
{
    /// <summary>A parameter of a block; never in a body.</summary>
    [Op("parameter", "?", Inputs = 0, DTypes = DTypeSet.Any)]
    public static readonly OpDef Parameter = new() { Infer = _ => throw new InvalidOperationException("Build.Parameter makes parameters") };

    /// <summary>A value known when the graph is built, in attribute <c>value</c>.</summary>
    [Op("constant", "?", Inputs = 0, DTypes = DTypeSet.Any)]
    public static readonly OpDef Constant = new()
    {
        Infer = c => [c.Attrs.Get<Literal>("value").Type],
        Eval = c => [c.Attrs.Get<Literal>("value")],
        Vjp = _ => [],
    };

    /// <summary>Reads variable <c>var</c>.</summary>
    [Op("read_variable", "?", Inputs = 0, DTypes = DTypeSet.Any)]
    public static readonly OpDef ReadVariable = new()
    {
        Infer = c => [VariableOf(c).Type!.Value],
        Eval = c => [c.Attrs.Get<Resource>("var").HostValue ?? throw new InvalidOperationException($"{c.Attrs.Get<Resource>("var")} has no value")],
        Effects = node => [new Effect(node.Attrs.Get<Resource>("var"), IsWrite: false)],
        Vjp = _ => [],
    };

    /// <summary>Sets variable <c>var</c> to the input, whose type must be the variable's.</summary>
    [Op("assign_variable", "?", DTypes = DTypeSet.Any, Traits = Traits.NoGradient)]
    public static readonly OpDef AssignVariable = new()
    {
        Infer = c =>
        {
            var variable = VariableOf(c);
            TensorType wanted = variable.Type!.Value, got = c.Inputs[0];
            if (wanted.DType != got.DType)
                Throw.DType(c.Op.Name, $"variable {variable} is {wanted}, the value is {got}", "Cast the value.");
            if (!c.Same(wanted.Shape, got.Shape))
                Throw.Shape(c.Op.Name, $"variable {variable} is {wanted}, the value is {got}", "Reshape the value.");
            return [];
        },
        Eval = c =>
        {
            c.Attrs.Get<Resource>("var").HostValue = c.Inputs[0];
            return [];
        },
        Effects = node => [new Effect(node.Attrs.Get<Resource>("var"), IsWrite: true)],
    };
    private static Resource VariableOf(InferContext c)
    {
        var variable = c.Attrs.Get<Resource>("var");
        if (variable.Kind != ResourceKind.Variable)
            Throw.DType(c.Op.Name, $"{variable} is not a variable", "Declare it under variables.");
        return variable;
    }
}
