using TensorGraph.Backends;
using TorchSharp;

namespace TensorGraph.Tests.TorchDevice;

/// <summary>The path of GPUs, on the processor: every op on every element type, node by node on torch tensors, against the interpreter.</summary>
public sealed partial class TorchGraphTests
{
    private static Device Device => Devices.Find("torch:nodes");

    public static TheoryData<string> Ops() => [.. OpSamples.Ops];

    [TorchTheory]
    [MemberData(nameof(Ops))]
    public void Every_op_agrees_with_the_interpreter(string op)
    {
        using IDisposable use = TensorGraph.Device.Use(Device);
        foreach (DType dtype in DTypes.All)
        {
            foreach (OpSample sample in OpSamples.Of(op, Dim.Symbol("n")))
            {
                if (sample.IfTaken(dtype) is not { } typed) continue;
                Executable executable = Device.Compile(typed.Graph());
                foreach (long n in new long[] { 0, 1, 2, 5, 16 })
                {
                    Literal[] values = typed.Values(n);
                    string what = $"{typed} n={n}";
                    (Literal[]? expected, string? error) = Outcome.Of(() => new Interpreter().Run(typed.Graph(), values));
                    (Literal[]? actual, string? actualError) = Outcome.Of(() =>
                        Array.ConvertAll(executable.Run(Array.ConvertAll(values, TensorData.From)), result => result.ToLiteral()));
                    Assert.True(error == actualError, $"{what}: expected {error ?? "success"}, got {actualError ?? "success"}");
                    for (int i = 0; i < (expected?.Length ?? 0); i++) Same(expected![i], actual![i], what);
                }
            }
        }
    }

    [TorchFact]
    public void Special_numbers_have_the_answers_of_the_specification()
    {
        double[] special = [0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 0.5, -0.5, 1.5, -2.5, 3e38];
        Tensor Left() => special.SelectMany(_ => special, (a, _) => a).ToArray();
        Tensor Right() => special.SelectMany(_ => special).ToArray();
        foreach (Func<Tensor, Tensor, Tensor> op in new Func<Tensor, Tensor, Tensor>[]
        {
            (a, b) => a + b, (a, b) => a / b, TensorGraph.Ops.Max, TensorGraph.Ops.Min, TensorGraph.Ops.Rem, (a, b) => TensorGraph.Ops.Sign(a) * b, TensorGraph.Ops.Atan2,
            (a, _) => a.Cast(DType.I32), (a, _) => a.Cast(DType.Bool), (a, b) => TensorGraph.Ops.Less(a, b), (a, _) => TensorGraph.Ops.Round(a),
            (a, _) => TensorGraph.Ops.ReduceMax(a.Reshape(12, 12), [1]), (a, _) => TensorGraph.Ops.IsFinite(a),
        })
        {
            Literal[] results = [.. new[] { Devices.Interpreter, Device }.Select(device =>
            {
                using IDisposable use = TensorGraph.Device.Use(device);
                return op(Left(), Right()).ToLiteral();
            })];
            Same(results[0], results[1], results[0].Type.ToString());
        }
    }

    [TorchFact]
    public void A_training_step_with_control_flow_agrees_with_the_managed_device()
    {
        double[] losses = [.. new[] { Devices.Managed, Device }.Select(device =>
        {
            using IDisposable use = TensorGraph.Device.Use(device);
            var model = new Fit();
            double loss = 0;
            for (int i = 0; i < 5; i++) loss = model.Step(TensorGraph.Ops.Ones(4, 3), TensorGraph.Ops.Ones(4)).ToDouble();
            Assert.Same(device, model.Weights.Value.Device);
            return loss;
        })];
        Assert.Equal(losses[0], losses[1], 1e-5);
    }

    [TorchFact]
    public void Memory_is_freed()
    {
        using IDisposable use = TensorGraph.Device.Use(Device);
        var model = new Fit();
        Tensor x = TensorGraph.Ops.Ones(4, 3), y = TensorGraph.Ops.Ones(4);
        long first = After(3), later = After(20);
        Assert.Equal(first, later);

        // Elements of lists are found by the garbage collector, as on the managed device.
        long After(int steps)
        {
            for (int i = 0; i < steps; i++) model.Step(x, y).Dispose();
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            return torch.Tensor.TotalCount;
        }
    }

    private static void Same(Literal expected, Literal actual, string what)
    {
        Assert.True(expected.Type == actual.Type, $"{what}: expected {expected.Type}, got {actual.Type}");
        double tolerance = expected.Type.DType switch { DType.F64 => 1e-12, DType.F32 => 4e-6, DType.F16 => 4e-3, _ => 3e-2 };
        for (long i = 0; i < expected.Count; i++)
        {
            if (expected.Type.DType == DType.String) Assert.Equal(expected.GetString(i), actual.GetString(i));
            else if (!expected.Type.DType.IsFloat()) Assert.True(expected.GetLong(i) == actual.GetLong(i), $"{what}: [{i}] expected {expected.GetLong(i)}, got {actual.GetLong(i)}");
            else Assert.True(Near(expected.GetDouble(i), actual.GetDouble(i), tolerance), $"{what}: [{i}] expected {expected.Print(i)}, got {actual.Print(i)}");
        }
    }

    private static bool Near(double expected, double actual, double tolerance) =>
        expected == 0 && actual == 0 ? double.IsNegative(expected) == double.IsNegative(actual)
        : expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected));

    private sealed partial class Fit
    {
        public Variable Weights { get; } = new(TensorGraph.Ops.Ones(3) * 0.1f);

        [GraphFunction]
        public Tensor Step(Tensor x, Tensor y)
        {
            using var tape = new GradientTape();
            tape.Watch(Weights);
            Tensor h = x.MatMul(Weights.Value.Reshape(3, 1)).Reshape(4);
            for (int i = 0; i < 3; i++)
            {
                if (TensorGraph.Ops.Sum(h) > 2f) h = h * 0.5f;
                else h = h + 0.25f;
            }
            Tensor k = 0;
            while (k < 4)
            {
                h = TensorGraph.Ops.Tanh(h) + 0.1f;
                k = k + 1;
            }
            Tensor loss = TensorGraph.Ops.Mean(TensorGraph.Ops.Square(h - y));
            Weights.Assign(Weights.Value - 0.1f * tape.Gradient(loss, Weights)!);
            return loss;
        }
    }
}
