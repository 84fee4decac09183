using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Managed;
using TensorGraph.Backends.Torch;
using TorchSharp;

namespace TensorGraph.Tests.TorchDevice;

/// <summary><c>Device.Torch("cpu")</c> beside the suites that run on it: who computes what, and the corners at which LibTorch's own ops differ.</summary>
public sealed partial class TorchDeviceTests
{
    [TorchFact]
    public void It_is_one_device_with_a_name()
    {
        Device device = Device.Torch();
        Assert.Equal("torch:cpu", device.Name);
        Assert.Same(device, Device.Torch("cpu"));
        Assert.Same(device, Devices.Find("torch:cpu"));
        Assert.Contains(device, Devices.All);
        Assert.Same(device, (Ops.Ones(3).To(device) + 1).Device);
        Assert.NotSame(device, Ops.Ones(3).Device);
    }

    [TorchFact]
    public void Tensors_of_torch_go_to_it_and_back_without_copies()
    {
        using IDisposable device = Device.Use(Device.Torch());
        using var scope = torch.NewDisposeScope();
        torch.Tensor x = torch.ones(40, 50);
        Tensor here = Tensor.FromTorch(x);
        Assert.Same(Device.Torch(), here.Device);
        x.fill_(2);
        Tensor product = here.MatMul(here.T);
        Assert.Equal(200 * 1600, product.ToTorch().sum().item<float>());
        Assert.Equal(product.ToArray<float>(), x.matmul(x.t()).data<float>().ToArray());
    }

    // Each with the answer here; LibTorch's own ops give another one.
    public static TheoryData<string, Func<Tensor>> Corners() => new()
    {
        { "max of zeros", () => Ops.Max(Ops.Concat([(Tensor)new[] { 0f, -0f }], 0), (Tensor)new[] { -0f, 0f }) },
        { "sign of NaN", () => Ops.Sign((Tensor)new[] { float.NaN, -0f, 3 }) },
        { "casts out of range", () => ((Tensor)new[] { 3e9f, -3e9f, float.NaN, float.PositiveInfinity }).Cast(DType.I32) },
        { "casts to bytes", () => ((Tensor)new[] { 300f, -1, 255.5f }).Cast(DType.U8) },
        { "integer division by zero", () => (Tensor)new[] { 7, -7, 0 } / (Tensor)new[] { 0, 0, 0 } },
        { "integer remainder by zero", () => Ops.Rem((Tensor)new[] { 7, -7, 0 }, (Tensor)new[] { 0, 0, 0 }) },
        { "shifts by more than the width", () => Ops.ShiftLeft((Tensor)new[] { 1, 1, -1 }, (Tensor)new[] { 33, 32, 40 }) },
        { "logical shifts", () => Ops.ShiftRightLogical((Tensor)new[] { -1, -8 }, (Tensor)new[] { 1, 33 }) },
        { "max of nothing", () => Ops.ReduceMax(Ops.Zeros(0, 3), [0]) },
        { "sums of integers", () => Ops.Sum((Tensor)new[] { int.MaxValue, 1 }) },
        { "ties of top_k", () => Ops.TopK((Tensor)new[] { 1f, 2, 2, 1, 2 }, 3).Positions },
        { "positions", () => Ops.ArgMax((Tensor)new[] { 1f, 5, 5 }, 0) },
        { "rounding", () => Ops.Round((Tensor)new[] { 0.5f, 1.5f, -2.5f }) },
        { "products of nothing", () => Ops.Zeros(2, 0).MatMul(Ops.Zeros(0, 3)) },
        { "products of infinities", () => ((Tensor)new[,] { { 0f, float.PositiveInfinity } }).MatMul((Tensor)new[,] { { float.NaN }, { 1f } }) },
    };

    [TorchTheory]
    [MemberData(nameof(Corners))]
    public void Corners_have_the_answers_of_the_specification(string corner, Func<Tensor> compute)
    {
        Literal[] results = [.. new[] { Devices.Interpreter, Device.Torch() }.Select(device =>
        {
            using IDisposable use = Device.Use(device);
            Tensor result = compute();
            Assert.Same(device, result.Device);
            return result.ToLiteral();
        })];
        Assert.True(results[0].Type == results[1].Type, corner);
        Assert.Equal(results[0].ToString(), results[1].ToString());
    }

    [TorchFact]
    public void Products_and_convolutions_with_their_gradients_go_to_the_library()
    {
        Counting library = Counted(device =>
        {
            using IDisposable use = Device.Use(device);
            Tensor x = Ops.Ones(2, 3, 12, 12), w = Ops.Ones(4, 3, 3, 3), dense = Ops.Ones(4, 5);
            using var tape = new GradientTape();
            foreach (Tensor watched in new[] { x, w, dense }) tape.Watch(watched);
            Tensor loss = Ops.Sum(Ops.Square(Ops.Mean(Ops.Conv(x, w, stride: [2, 2], padding: [1, 1]), [2, 3]).MatMul(dense)));
            foreach (Tensor? gradient in tape.Gradient(loss, [x, w, dense])) Assert.NotNull(gradient!.ToLiteral());
        });
        Assert.InRange(library.Products, 3, int.MaxValue);
        Assert.Equal((3, 0), (library.Convolutions, library.Refused));
    }

    [TorchFact]
    public void Integers_and_small_borrowed_products_stay_with_the_device()
    {
        Counting library = Counted(device =>
        {
            using IDisposable use = Device.Use(device);
            _ = Ops.Ones(50, 50).Cast(DType.I32).MatMul(Ops.Ones(50, 50).Cast(DType.I32)).ToLiteral();
            _ = Ops.Ones(5, 5).MatMul(Ops.Ones(5, 5)).ToLiteral();
            _ = Ops.Conv(Ops.Ones(1, 1, 5, 5), Ops.Ones(1, 1, 3, 3)).ToLiteral();
        }, smallest: 1 << 15);
        Assert.Equal((0, 0, 3), (library.Products, library.Convolutions, library.Refused));
    }

    [TorchFact]
    public void The_managed_device_borrows_products_by_a_flag()
    {
        using (Flags.Set("BLAS", "torch")) Assert.IsType<TorchProducts>(new ManagedDevice().Products);
        Assert.Null(new ManagedDevice().Products);
        using (Flags.Set("BLAS", "cobol"))
            Assert.Contains("cobol", Assert.Throws<ArgumentException>(() => new ManagedDevice().Products).Message, StringComparison.Ordinal);
    }

    private static Counting Counted(Action<Device> run, long smallest = 0)
    {
        var library = new Counting(new TorchProducts(smallest));
        run(new ManagedDevice("counted", () => library));
        return library;
    }

    private sealed unsafe class Counting(ProductLibrary library) : ProductLibrary
    {
        public int Products { get; private set; }

        public int Convolutions { get; private set; }

        public int Refused { get; private set; }

        public override bool Multiply(DotCommand command, byte* a, byte* b, byte* result)
        {
            bool done = library.Multiply(command, a, b, result);
            Products += done ? 1 : 0;
            Refused += done ? 0 : 1;
            return done;
        }

        public override bool Convolve(ConvSpace space, DType dtype, byte* x, byte* weights, byte* result)
        {
            bool done = library.Convolve(space, dtype, x, weights, result);
            Convolutions += done ? 1 : 0;
            Refused += done ? 0 : 1;
            return done;
        }
    }
}
