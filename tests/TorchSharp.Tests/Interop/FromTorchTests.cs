using TorchSharp;
using static TorchSharp.torch;

namespace TensorGraph.Tests.Interop;

/// <summary><c>Tensor.FromTorch</c>: what it takes, and what memory it reads.</summary>
public sealed partial class FromTorchTests
{
    public static TheoryData<ScalarType, DType> DTypes() => new()
    {
        { ScalarType.Bool, DType.Bool }, { ScalarType.Byte, DType.U8 }, { ScalarType.Int8, DType.I8 }, { ScalarType.Int16, DType.I16 },
        { ScalarType.Int32, DType.I32 }, { ScalarType.Int64, DType.I64 }, { ScalarType.Float16, DType.F16 }, { ScalarType.BFloat16, DType.BF16 },
        { ScalarType.Float32, DType.F32 }, { ScalarType.Float64, DType.F64 },
    };

    [TorchTheory]
    [MemberData(nameof(DTypes))]
    public void Every_element_type_goes_there_and_back(ScalarType there, DType here)
    {
        using var scope = NewDisposeScope();
        torch.Tensor numbers = tensor(new[] { 0, 1, 2, 3, 120, 0 }).reshape(2, 3).to(there);
        Tensor tensorHere = Tensor.FromTorch(numbers);
        Assert.Equal(new TensorType(here, [2, 3]), tensorHere.Type);
        double[] expected = here == DType.Bool ? [0, 1, 1, 1, 1, 0] : [0, 1, 2, 3, 120, 0];
        Assert.Equal(expected, tensorHere.Cast(DType.F64).ToArray<double>());

        // A tensor of its own, so that it is no round trip of the same memory.
        torch.Tensor back = (here == DType.Bool ? !tensorHere : tensorHere + tensorHere).ToTorch();
        Assert.Equal((there, "2, 3"), (back.dtype, string.Join(", ", back.shape)));
        torch.Tensor expectedBack = here == DType.Bool ? numbers.logical_not() : numbers + numbers;
        Assert.True(back.equal(expectedBack).all().item<bool>());
    }

    [TorchFact]
    public void Memory_is_shared_until_the_tensor_is_used()
    {
        using torch.Tensor x = ones(100, 30);
        Tensor shared = Tensor.FromTorch(x), copied = Tensor.FromTorch(x, copy: true), sum = shared.Sum();
        x.fill_(2);
        Assert.Equal((6000, 3000, 3000), (shared.Sum().ToDouble(), copied.Sum().ToDouble(), sum.ToDouble()));
    }

    [TorchFact]
    public void What_is_no_row_in_memory_is_copied()
    {
        using var scope = NewDisposeScope();
        torch.Tensor x = arange(12, dtype: ScalarType.Float32).reshape(3, 4);
        foreach (torch.Tensor view in new[]
        {
            x.t(), x[torch.TensorIndex.Colon, torch.TensorIndex.Slice(1, 3)], x[torch.TensorIndex.Slice(0, 3, 2)], x[1].expand(5, 4), x.flip(1), x[1], x[1, 2],
        })
        {
            Tensor here = Tensor.FromTorch(view);
            Assert.Equal(view.shape, here.Shape.Dims.Select(dim => dim.Value));
            Assert.Equal(view.contiguous().data<float>().ToArray(), here.ToArray<float>());
        }
        Assert.True(x.is_contiguous() && !x.t().is_contiguous());
    }

    [TorchFact]
    public void Lazily_negated_elements_are_negated()
    {
        using var scope = NewDisposeScope();
        torch.Tensor imaginary = complex(ones(3), arange(3, dtype: ScalarType.Float32)).conj().imag;
        Assert.True(imaginary.is_neg());
        Assert.Equal([0, -1, -2], Tensor.FromTorch(imaginary).ToArray<float>());
    }

    [TorchFact]
    public void Scalars_and_tensors_without_elements()
    {
        using var scope = NewDisposeScope();
        Tensor scalar = Tensor.FromTorch(torch.tensor(3.5f));
        Assert.Equal((0, 3.5), (scalar.Rank, scalar.ToDouble()));
        Assert.Equal(3.5f, (scalar * 1).ToTorch().item<float>());
        Tensor empty = Tensor.FromTorch(zeros(0, 4));
        Assert.Equal("f32[0, 4]", empty.Type.ToString());
        Assert.Equal([0L, 4L], (empty + 1).ToTorch().shape);
    }

    [TorchFact]
    public void A_torch_tensor_with_a_gradient_is_detached()
    {
        using var scope = NewDisposeScope();
        torch.Tensor w = ones(3, requires_grad: true), y = w * 2;
        Assert.Equal(6, Tensor.FromTorch(y).Sum().ToDouble());
        Assert.Equal(3, Tensor.FromTorch(w).Sum().ToDouble());
        Assert.Equal(3, Tensor.FromTorch(w.expand(1, 3), copy: true).Sum().ToDouble());
        Assert.False(Tensor.FromTorch(y).ToTorch().requires_grad);
        y.sum().backward();
        Assert.Equal(6, w.grad!.sum().item<float>());
    }

    [TorchFact]
    public void Results_variables_and_lists_never_share_with_torch()
    {
        using torch.Tensor x = ones(1000);
        Tensor shared = Tensor.FromTorch(x);
        var variable = new Variable(shared);
        var assigned = new Variable(Ops.Zeros(1000));
        assigned.Assign(shared);
        using var tape = new GradientTape();
        tape.Watch(shared);
        Tensor squares = (shared * shared).Sum(), same = Same(shared), reshaped = shared.Reshape([10, 100]), row = reshaped[3];
        x.fill_(7);
        Assert.Equal((1000, 1000), (variable.Value.Sum().ToDouble(), assigned.Value.Sum().ToDouble()));
        Assert.Equal((1000, 1000, 100), (same.Sum().ToDouble(), reshaped.Sum().ToDouble(), row.Sum().ToDouble()));
        Assert.Equal(2000, tape.Gradient(squares, shared)!.Sum().ToDouble());
        Assert.Equal(7000, shared.Sum().ToDouble());
    }

    [TorchFact]
    public void A_call_on_borrowed_memory_is_finished_when_it_returns()
    {
        using torch.Tensor x = ones(300_000);
        Tensor expected = Slow(Ops.Ones(300_000));
        for (int i = 0; i < 20; i++)
        {
            x.fill_(1);
            Tensor result = Slow(Tensor.FromTorch(x));
            Assert.True(result.IsReady);
            x.fill_(float.NaN);
            Assert.Equal(expected.ToArray<float>(), result.ToArray<float>());
        }
    }

    [TorchFact]
    public void A_graph_reads_what_it_has_captured_at_each_call()
    {
        using torch.Tensor weights = ones(4);
        Tensor captured = Tensor.FromTorch(weights);
        var scale = new Scale(captured);
        Assert.Equal(8, scale.Call(Ops.Full([4], 2f)).Sum().ToDouble());
        weights.fill_(10);
        Assert.Equal(80, scale.Call(Ops.Full([4], 2f)).Sum().ToDouble());
    }

    [TorchFact]
    public void A_graph_reads_small_tensors_anew_in_branches_and_loops_too()
    {
        using torch.Tensor weights = ones(4);
        var grow = new Grow(Tensor.FromTorch(weights));
        Assert.Equal(4, grow.Call(Ops.Full([4], 1f)).Sum().ToDouble());
        weights.fill_(10);
        Assert.Equal(40, grow.Call(Ops.Full([4], 1f)).Sum().ToDouble());
    }

    [TorchFact]
    public void A_graph_reads_a_static_tensor_anew()
    {
        Fixed.Source.fill_(1);
        Assert.Equal(6, Fixed.Call(Ops.Full([3], 2f)).Sum().ToDouble());
        Fixed.Source.fill_(5);
        Assert.Equal(30, Fixed.Call(Ops.Full([3], 2f)).Sum().ToDouble());
    }

    [TorchFact]
    public void Elements_of_lists_never_share_with_torch()
    {
        using torch.Tensor x = ones(100), rows = ones(3, 100);
        Tensor shared = Tensor.FromTorch(x);
        var added = new TensorArray { shared };
        var set = new TensorArray { Ops.Zeros(100) };
        set[0] = shared;
        var from = TensorArray.From(Tensor.FromTorch(rows));
        x.fill_(7);
        rows.fill_(7);
        Assert.Equal((100, 100, 300), (added[0].Sum().ToDouble(), set[0].Sum().ToDouble(), from.Stack().Sum().ToDouble()));
        Assert.Equal(700, shared.Sum().ToDouble());
    }

    [TorchFact]
    public void On_another_device_it_is_a_copy()
    {
        using torch.Tensor x = ones(5);
        using IDisposable device = Device.Use(Devices.Interpreter);
        Tensor here = Tensor.FromTorch(x);
        Assert.Same(Devices.Interpreter, here.Device);
        x.fill_(2);
        Assert.Equal(5, here.Sum().ToDouble());
        Assert.Equal(5, (here * 1).ToTorch().sum().item<float>());
    }

    [TorchFact]
    public void A_disposed_torch_tensor_and_null_are_errors()
    {
        torch.Tensor x = ones(5);
        x.Dispose();
        Expect.ErrorHere(DiagnosticIds.DisposedTensor, () => Tensor.FromTorch(x), ["from_torch", "dispose scope"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Tensor.FromTorch(null!), ["tensor"]);
    }

    [GraphFunction]
    private static Tensor Same(Tensor x) => x;

    [GraphFunction]
    private static Tensor Slow(Tensor x)
    {
        for (int i = 0; i < 20; i++) x = Ops.Sin(x) + 1;
        return x;
    }

    internal static partial class Fixed
    {
        public static readonly torch.Tensor Source = ones(3);

        private static readonly Tensor Factor = Tensor.FromTorch(Source);

        [GraphFunction]
        public static Tensor Call(Tensor x) => x * Factor;
    }

    internal sealed partial class Grow(Tensor step)
    {
        [GraphFunction]
        public Tensor Call(Tensor x)
        {
            Tensor sum = x * 0;
            for (Tensor i = 0; i < 3; i++)
            {
                if (i > 1) sum += step;
            }

            return sum;
        }
    }

    internal sealed partial class Scale(Tensor captured)
    {
        [GraphFunction]
        public Tensor Call(Tensor x) => x * captured;
    }
}
