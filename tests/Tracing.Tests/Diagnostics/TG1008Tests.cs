namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG1008, a tensor that is used after it was disposed of; what else holds the memory stays valid.</summary>
public sealed partial class TG1008Tests
{
    [Fact]
    public void Every_use_of_it_is_refused()
    {
        Tensor x = Ops.Ones(300);
        x.Dispose();
        x.Dispose();
        foreach (Action use in new Action[] { () => x.ToArray<float>(), () => _ = x + 1f, () => Twice(x), () => x.To(Devices.Interpreter), () => Ops.Concat([x, x], 0) })
            Expect.ErrorHere(DiagnosticIds.DisposedTensor, use, ["f32[300]", "disposed"]);
        Assert.Equal("Tensor(disposed: f32[300])", x.ToString());
        Assert.Equal([300], x.Shape.Select(dim => (int)dim.Value));
    }

    [Fact]
    public async Task So_is_waiting_for_it()
    {
        Tensor x = Ops.Ones(300);
        x.Dispose();
        Assert.Equal(DiagnosticIds.DisposedTensor, (await Assert.ThrowsAsync<GraphException>(() => x.ReadyAsync())).Id);
    }

    [Fact]
    public void Views_variables_tapes_and_results_keep_what_they_hold()
    {
        Tensor x = Ops.Ones(300), view = x.Reshape(3, 100);
        var variable = new Variable(x);
        Tensor same = Same(x);
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor square = x * x, loss = square.Sum();
        square.Dispose();
        x.Dispose();
        for (int i = 0; i < 20; i++)
            _ = Ops.Zeros(300) + i; // Would take the memory if it were free.
        Assert.Equal(300, view.Sum().Item<float>());
        Assert.Equal(300, variable.Value.Sum().Item<float>());
        Assert.Equal(300, same.Sum().Item<float>());
        Assert.Equal(600, tape.Gradient(loss, x)!.Sum().Item<float>());
    }

    [Fact]
    public void A_tensor_that_a_graph_has_captured_stays()
    {
        var model = new Model();
        Assert.Equal(200, model.Scaled(2f).Sum().Item<float>());
        model.Scale.Dispose();
        Assert.Equal(300, model.Scaled(3f).Sum().Item<float>());
    }

    [Fact]
    public void In_a_graph_function_it_does_nothing()
    {
        var (result, _) = Modes.Both(() => Both(4f));
        Assert.Equal(18, result.Item<float>());
        Tensor x = 4f;
        Keeps(x);
        Assert.Equal(4, x.Item<float>());
    }

    [Fact]
    public void Its_memory_is_free_at_once()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices have the garbage collector's memory.
        Tensor x = Ops.Ones(1 << 20);
        long live = Devices.Managed.LiveBytes;
        x.Dispose();
        Assert.InRange(live - Devices.Managed.LiveBytes, 4 << 20, 5 << 20);
    }

    [GraphFunction]
    private static Tensor Twice(Tensor x) => x + x;

    [GraphFunction]
    private static Tensor Same(Tensor x) => x;

    [GraphFunction]
    private static Tensor Keeps(Tensor x)
    {
        x.Dispose();
        return 1f;
    }

    [GraphFunction]
    private static Tensor Both(Tensor x)
    {
        using Tensor y = x * 2f;
        if (y > 3)
        {
            using var z = y + 1f;
            x = z * 2;
        }

        return x;
    }

    public sealed partial class Model
    {
        public Tensor Scale { get; } = Ops.Ones(100);

        [GraphFunction]
        public Tensor Scaled(Tensor x) => Scale * x;
    }
}
