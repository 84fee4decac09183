using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>One op on a variable, as a call that waits for its place in the order of the variable's uses.</summary>
/// <param name="variable">The variable.</param>
/// <param name="device">Where it is.</param>
/// <param name="op">Reads, assigns or advances it.</param>
/// <param name="moves">True when it brings the variable to another device: then it can't be queued, since those who read next ask where it is.</param>
internal sealed class VariableProgram(VariableResource variable, Device device, OpDef op, bool moves) : SpecializedProgram
{
    public override Device Device => device;

    public override int ResultCount => op == OpDefs.AssignVariable ? 0 : 1;

    /// <summary>How an op uses its variable.</summary>
    public static VariableUse UseOf(OpDef op) =>
        op == OpDefs.ReadVariable ? VariableUse.Read : op == OpDefs.AdvanceRandom ? VariableUse.Advance : VariableUse.Write;

    protected override void Execute(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation) =>
        variable.Run(op, inputs).CopyTo(results);

    private protected override DispatchFacts FindFacts()
    {
        TensorType type = variable.Type!.Value;
        bool isKnown = ResultCount == 0 ? !moves : type.DType != DType.String && type.Shape.IsConstant;
        TensorLayout[]? results = !isKnown ? null : ResultCount == 0 ? [] : [TensorLayout.Of(type)];
        return new DispatchFacts(results, [(variable, UseOf(op))], CallsHost: false, 0, IsGuess: false);
    }
}
