using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// Reads a variable, computes its next value and assigns it, as one call: no other call that uses the variable comes between.
/// </summary>
/// <param name="variable">The variable.</param>
/// <param name="device">Where it is.</param>
/// <param name="update">Makes the next value from the value and the inputs; null for C# code that reads and assigns by itself.</param>
/// <param name="host">That code.</param>
internal sealed class UpdateProgram(VariableResource variable, Device device, OpDef? update, Action? host) : SpecializedProgram
{
    public override Device Device => device;

    public override int ResultCount => 0;

    protected override void Execute(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
    {
        host?.Invoke();
        if (update is null) return;
        TensorData value = variable.Read();
        variable.Assign(device.RunSingle(update, Attrs.Empty, value, inputs[0]));
        value.Release();
    }

    private protected override DispatchFacts FindFacts() =>
        new([], [(variable, VariableUse.Write)], CallsHost: host is not null, TensorLayout.Of(variable.Type!.Value).Bytes / 10.0, IsGuess: false);
}
