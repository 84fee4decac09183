using System.Collections;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace TensorGraph.Tests.Front;

/// <summary>Compares what a graph function gives with what TorchSharp gives for the same code.</summary>
internal static class Same
{
    /// <summary>Runs the call as plain TorchSharp and as a graph.</summary>
    public static void AsEager<T>(Func<T> call, double tolerance = 1e-5)
    {
        torch.Tensor[] eager;
        using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) eager = [.. Tensors(call())];
        torch.Tensor[] traced = [.. Tensors(call())];
        Assert.Equal(eager.Length, traced.Length);
        for (int i = 0; i < eager.Length; i++) Close(eager[i], traced[i], tolerance, $"result {i}");
    }

    /// <summary>Two tensors have one type and shape, and elements that are close.</summary>
    public static void Close(torch.Tensor expected, torch.Tensor found, double tolerance = 1e-5, string what = "")
    {
        Assert.Equal((what, expected.dtype, string.Join(", ", expected.shape)), (what, found.dtype, string.Join(", ", found.shape)));
        if (!expected.to(torch.float64).allclose(found.to(torch.float64), tolerance, tolerance, equal_nan: true))
            Assert.Fail($"{what}: expected {expected.ToString(TensorStringStyle.Julia)}, found {found.ToString(TensorStringStyle.Julia)}");
    }

    private static IEnumerable<torch.Tensor> Tensors(object? value) => value switch
    {
        torch.Tensor tensor => [tensor],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Tensors(tuple[i])),
        IEnumerable items => items.Cast<object?>().SelectMany(Tensors),
        _ => [],
    };
}
