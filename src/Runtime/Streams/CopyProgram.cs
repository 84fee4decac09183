namespace TensorGraph.Backends;

/// <summary>Copies a tensor to a device once its data is there.</summary>
internal sealed class CopyProgram(Device device, TensorLayout layout) : SpecializedProgram
{
    public override Device Device => device;

    public override int ResultCount => 1;

    protected override void Execute(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation) =>
        results[0] = device.Copy(inputs[0]);

    private protected override DispatchFacts FindFacts() => new([layout], [], CallsHost: false, layout.Bytes, IsGuess: false);
}
