namespace TensorGraph.Tests.Diagnostics;

using TorchSharp;

/// <summary>Remedies are written for TorchSharp, as the code that they are about.</summary>
public sealed partial class WordsTests
{
    [TorchFact]
    public void Remedies_are_in_terms_of_TorchSharp()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor x = torch.ones(2, 2), y = torch.ones(2, 2, dtype: torch.float64), i = torch.ones(2, 2, dtype: torch.int64);
        Says(() => Program.Product(x, y), "x.to(torch.float32)");
        Says(() => Program.Product(i, y), "x.to(torch.int64)");
        Says(() => Program.Norm(i), "to(torch.float32)");
        Says(() => Program.Loop(x), "pad or slice it to one size.");
        Says(() => Program.Set(x, y), "cast or reshape it");
    }

    private static void Says(Func<torch.Tensor> call, string words)
    {
        var error = Assert.ThrowsAny<GraphException>(call);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Cast(", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Ops.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("DType.", error.Message, StringComparison.Ordinal);
    }

    internal static partial class Program
    {
        [GraphFunction]
        public static torch.Tensor Product(torch.Tensor x, torch.Tensor y) => x.matmul(y);

        [GraphFunction]
        public static torch.Tensor Norm(torch.Tensor x) => torch.nn.functional.layer_norm(x, [2]);

        [GraphFunction]
        public static torch.Tensor Loop(torch.Tensor x)
        {
            while ((bool)(x.sum() < 3)) x = torch.cat([x, x]);
            return x;
        }

        [GraphFunction]
        public static torch.Tensor Set(torch.Tensor x, torch.Tensor y)
        {
            torch.Tensor z = x.clone();
            if ((bool)(x.sum() < 3)) z = y;
            return z;
        }
    }
}
