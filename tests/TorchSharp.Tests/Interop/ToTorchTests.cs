using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TensorGraph.Tests.Interop;

/// <summary><c>ToTorch</c>: whose memory it is, and what a write to it changes.</summary>
public sealed partial class ToTorchTests
{
    [TorchFact]
    public void Memory_is_shared_and_lives_as_long_as_either()
    {
        using var scope = NewDisposeScope();
        Tensor x = Ops.Full([100, 100], 3f) * 1;
        torch.Tensor shared = x.ToTorch(), view = shared[0];
        Assert.Equal(Address(shared), Address(x.ToTorch()));
        Assert.NotEqual(Address(shared), Address(x.ToTorch(copy: true)));
        x.Dispose();
        shared.Dispose();
        _ = Enumerable.Range(0, 10).Select(_ => Ops.Full([100, 100], 9f)).ToList();
        Assert.Equal(300, view.sum().item<float>());
    }

    [TorchFact]
    public void A_round_trip_is_the_same_memory()
    {
        using var scope = NewDisposeScope();
        torch.Tensor x = ones(2, 3), back = Tensor.FromTorch(x).ToTorch();
        back.add_(1);
        Assert.Equal(12, x.sum().item<float>());
        Assert.Equal([2L, 3L], back.shape);
        Assert.NotEqual(Address(x), Address(Tensor.FromTorch(x).ToTorch(copy: true)));
    }

    [TorchFact]
    public void Each_sees_what_torch_writes()
    {
        using var scope = NewDisposeScope();
        Tensor x = Ops.Ones(1000) * 1, before = x + 0, same = Same(x);
        same.Dispose();
        torch.Tensor shared = x.ToTorch();
        Tensor reshaped = x.Reshape([10, 100]);
        shared.add_(1);
        Assert.Equal((2000, 1000, 1000), (x.Sum().ToDouble(), before.Sum().ToDouble(), reshaped.Sum().ToDouble()));
        x.ToTorch().add_(1);
        Assert.Equal((3000, 3000f), (x.Sum().ToDouble(), shared.sum().item<float>()));
    }

    [TorchFact]
    public void What_others_hold_is_copied()
    {
        using var scope = NewDisposeScope();
        Tensor x = Ops.Ones(100, 100) * 2, view = x.Reshape([10_000]), small = Ops.Ones(3) * 2, taped = Ops.Ones(1000) * 3;
        var variable = new Variable(Ops.Ones(100, 100));
        x.ToTorch().fill_(0);
        variable.Value.ToTorch().fill_(0);
        small.ToTorch().fill_(0);
        using var tape = new GradientTape();
        tape.Watch(taped);
        Tensor squares = (taped * taped).Sum();
        taped.ToTorch().fill_(0);
        Assert.Equal((20_000, 10_000, 6), (view.Sum().ToDouble(), variable.Value.Sum().ToDouble(), small.Sum().ToDouble()));
        Assert.Equal(6000, tape.Gradient(squares, taped)!.Sum().ToDouble());
    }

    [TorchFact]
    public void A_copy_has_memory_of_its_own()
    {
        using var scope = NewDisposeScope();
        Tensor x = Ops.Ones(1000) * 2;
        x.ToTorch(copy: true).fill_(0);
        Assert.Equal(2000, x.Sum().ToDouble());
    }

    [TorchFact]
    public void Torch_trains_on_it()
    {
        using var scope = NewDisposeScope();
        Tensor x = Ops.Ones(32, 64) * 1;
        torch.Tensor weights = ones(64, 4, requires_grad: true), shared = x.ToTorch();
        x.Dispose();
        shared.matmul(weights).sum().backward();
        Assert.Equal(32 * 64 * 4, weights.grad!.sum().item<float>());
        shared.requires_grad_().mul(2).sum().backward();
        Assert.Equal(2 * 32 * 64, shared.grad!.sum().item<float>());
    }

    [TorchFact]
    public void Results_belong_to_the_dispose_scope()
    {
        Tensor x = Ops.Ones(1000);
        torch.Tensor inner, outer, imported;
        using (var scope = NewDisposeScope())
        {
            inner = x.ToTorch();
            outer = x.ToTorch().MoveToOuterDisposeScope();
            imported = ones(1000);
            x = Tensor.FromTorch(imported);
        }
        Assert.True(inner.IsInvalid && imported.IsInvalid && !outer.IsInvalid);
        Assert.Equal((1000, 1000f), (x.Sum().ToDouble(), outer.sum().item<float>()));
        outer.Dispose();
    }

    [TorchFact]
    public void Disposed_tensors_and_null_are_errors()
    {
        Tensor x = Ops.Ones(1000);
        x.Dispose();
        Expect.ErrorHere(DiagnosticIds.DisposedTensor, () => x.ToTorch(), ["disposed"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => ((Tensor)null!).ToTorch(), ["tensor"]);
    }

    [TorchFact]
    public void A_symbolic_tensor_has_no_memory()
    {
        Expect.ErrorHere(DiagnosticIds.SymbolicAsValue, () => Bad(Ops.Ones(3)), ["x"]);
    }

    [GraphFunction]
    private static Tensor Same(Tensor x) => x;

    [GraphFunction]
    private static Tensor Bad(Tensor x) => x + Tensor.FromTorch(x.ToTorch());

    private static unsafe nint Address(torch.Tensor tensor) => (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(
        ref MemoryMarshal.GetReference(tensor.bytes));
}
