using TorchSharp;
using static TorchSharp.torch;

namespace TensorGraph.Tests.Diagnostics;

public sealed class TG5008Tests
{
    [TorchFact]
    public void Complex_and_sparse_torch_tensors_have_no_counterpart()
    {
        using var scope = NewDisposeScope();
        Expect.ErrorHere(DiagnosticIds.NoTorchCounterpart, () => Tensor.FromTorch(ones(3, ScalarType.ComplexFloat32)), ["ComplexFloat32", "real"]);
        torch.Tensor sparse = sparse_coo_tensor(tensor(new long[,] { { 0, 1 }, { 1, 0 } }), ones(2), [2, 2]);
        Expect.ErrorHere(DiagnosticIds.NoTorchCounterpart, () => Tensor.FromTorch(sparse), ["sparse", "to_dense()"]);
    }

    [TorchFact]
    public void Text_has_no_counterpart()
    {
        Tensor text = new[] { "a", "b" };
        Expect.ErrorHere(DiagnosticIds.NoTorchCounterpart, () => text.ToTorch(), ["to_torch", "string"]);
    }
}
