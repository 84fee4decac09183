using TensorGraph.Backends;

namespace TensorGraph.Tests.TorchDevice;

/// <summary>LibTorch's products on operands as graphs have them, against the interpreter. The numbers are quarters, so that every order of a sum is exact.</summary>
public sealed class ProductTests
{
    public static TheoryData<string, Func<Tensor>> Products() => new()
    {
        { "matrices", () => Numbers(7, 5).MatMul(Numbers(5, 9)) },
        { "a row", () => Numbers(1, 33).MatMul(Numbers(33, 17)) },
        { "a column", () => Numbers(33, 17).MatMul(Numbers(17, 1)) },
        { "one number", () => Numbers(1, 40).MatMul(Numbers(40, 1)) },
        { "transposed", () => Numbers(5, 7).T.MatMul(Numbers(9, 5).T) },
        { "a result that is transposed", () => Numbers(5, 7).MatMul(Numbers(7, 9)).T },
        { "a batch", () => Numbers(3, 4, 5).MatMul(Numbers(3, 5, 6)) },
        { "a batch and one matrix", () => Numbers(3, 4, 5).MatMul(Numbers(5, 6)) },
        { "a batch of several axes", () => Numbers(2, 3, 4, 5).MatMul(Numbers(2, 3, 5, 6)) },
        { "axes of a batch that meet others", () => Numbers(2, 1, 4, 5).MatMul(Numbers(1, 3, 5, 6)) },
        { "axes of a batch in another order", () => Numbers(3, 2, 4, 5).Transpose(1, 0, 2, 3).MatMul(Numbers(2, 3, 5, 6)) },
        { "a slice", () => Numbers(9, 9)[2..7, 1..6].MatMul(Numbers(9, 9)[0..5, 3..9]) },
        { "reversed", () => Ops.Reverse(Numbers(6, 6), 0, 1).MatMul(Numbers(6, 6)) },
        { "broadcast", () => Ops.BroadcastTo(Numbers(1, 6), [5, 6]).MatMul(Numbers(6, 4)) },
        { "f64", () => Numbers(7, 5).Cast(DType.F64).MatMul(Numbers(5, 9).Cast(DType.F64)) },
        { "f16", () => Numbers(7, 5).Cast(DType.F16).MatMul(Numbers(5, 9).Cast(DType.F16)) },
        { "no rows", () => Numbers(0, 5).MatMul(Numbers(5, 9)) },
        { "an empty batch", () => Numbers(0, 4, 5).MatMul(Numbers(0, 5, 6)) },
    };

    [TorchTheory]
    [MemberData(nameof(Products))]
    public void Products_are_right(string name, Func<Tensor> compute) => Same(name, compute);

    public static TheoryData<string, long[], long[], long[], long[], long[], int> Convolutions() => new()
    {
        { "plain", [2, 3, 9, 8], [4, 3, 3, 2], [1, 1], [0, 0], [1, 1], 1 },
        { "padded, with strides", [2, 3, 9, 8], [4, 3, 3, 3], [2, 2], [1, 1], [1, 1], 1 },
        { "padding of one axis", [2, 3, 9, 8], [4, 3, 3, 3], [1, 1], [0, 2], [1, 1], 1 },
        { "dilated", [2, 3, 12, 11], [4, 3, 3, 3], [1, 2], [2, 2], [2, 3], 1 },
        { "groups", [2, 6, 9, 8], [9, 2, 3, 3], [1, 1], [1, 1], [1, 1], 3 },
        { "depthwise", [1, 5, 9, 8], [5, 1, 3, 3], [2, 1], [1, 1], [1, 1], 5 },
        { "one axis", [3, 4, 40], [5, 4, 7], [3], [3], [1], 1 },
        { "three axes", [2, 3, 5, 6, 7], [4, 3, 2, 3, 3], [1, 2, 1], [1, 0, 1], [1, 1, 2], 1 },
        { "windows of one element", [2, 8, 6, 6], [7, 8, 1, 1], [1, 1], [0, 0], [1, 1], 1 },
        { "rows that nothing reads", [1, 2, 10, 10], [3, 2, 3, 3], [4, 4], [0, 0], [1, 1], 1 },
    };

    [TorchTheory]
    [MemberData(nameof(Convolutions))]
    public void Convolutions_and_their_gradients_are_right(
        string name, long[] x, long[] weights, long[] stride, long[] padding, long[] dilation, int groups)
    {
        Tensor[] Inputs() => [Numbers(x), Numbers(weights)];
        Tensor Convolution(Tensor image, Tensor window) => Ops.Conv(image, window, stride, padding, dilation, groups);
        Same(name, () => Convolution(Inputs()[0], Inputs()[1]));
        for (int wanted = 0; wanted < 2; wanted++)
        {
            Same($"{name}: gradient {wanted}", () =>
            {
                Tensor[] inputs = Inputs();
                using var tape = new GradientTape();
                foreach (Tensor input in inputs) tape.Watch(input);
                return tape.Gradient(Ops.Sum(Ops.Square(Convolution(inputs[0], inputs[1]))), inputs[wanted])!;
            });
        }
    }

    private static Tensor Numbers(params long[] sizes)
    {
        var random = new Random(3);
        return new(TensorData.From(Literal.FromDoubles(new TensorType(DType.F32, new Shape(sizes)), _ => random.Next(-4, 5) / 4.0)));
    }

    private static void Same(string name, Func<Tensor> compute)
    {
        Literal[] results = [.. new[] { Devices.Interpreter, Device.Torch() }.Select(device =>
        {
            using IDisposable use = Device.Use(device);
            return compute().ToLiteral();
        })];
        Assert.True(results[0].Type == results[1].Type, name);
        for (long i = 0; i < results[0].Count; i++)
            Assert.True(results[0].GetDouble(i) == results[1].GetDouble(i), $"{name}: [{i}] expected {results[0].Print(i)}, got {results[1].Print(i)}");
    }
}
