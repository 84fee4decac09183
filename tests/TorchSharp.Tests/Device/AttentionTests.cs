using TensorGraph.Tests.Front;
using TorchSharp;

namespace TensorGraph.Tests.TorchDevice;

/// <summary>Attention on the devices is what LibTorch's own kernel gives, forward and backward, also where it runs tile by tile.</summary>
public sealed partial class AttentionTests
{
    public static TheoryData<string, string, long> Cases()
    {
        var all = new TheoryData<string, string, long>();
        foreach (string device in new[] { "managed", "torch:cpu" })
        {
            foreach (string mask in new[] { "none", "causal", "float", "bool", "heads" })
            {
                all.Add(device, mask, 20);
                all.Add(device, mask, 384);
            }
        }
        return all;
    }

    [TorchTheory]
    [MemberData(nameof(Cases))]
    public void It_is_that_of_LibTorch(string device, string kind, long tokens)
    {
        using IDisposable use = Device.Use(Devices.Find(device)!);
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        torch.Tensor x = torch.randn([3, 2, 8, tokens, 16]);
        torch.Tensor? mask = kind switch
        {
            "float" => torch.randn(tokens, tokens),
            "bool" => torch.randn(tokens, tokens) > -1,
            "heads" => torch.randn([2, 1, tokens, tokens]),
            _ => null,
        };
        Same.AsEager(() => Program.Attend(x[0], x[1], x[2], mask, kind == "causal"), 1e-4);
        torch.Tensor[] gradients = [.. new[] { true, false }.Select(mode =>
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode }).Use();
            torch.Tensor leaf = x.clone().requires_grad_();
            Program.Attend(leaf[0], leaf[1], leaf[2], mask, kind == "causal").pow(2).sum().backward();
            return leaf.grad!;
        })];
        Same.Close(gradients[0], gradients[1], 1e-3);
    }

    internal static partial class Program
    {
        [GraphFunction]
        public static torch.Tensor Attend(torch.Tensor q, torch.Tensor k, torch.Tensor v, torch.Tensor? mask, bool isCausal) => mask is null
            ? torch.nn.functional.scaled_dot_product_attention(q, k, v, is_casual: isCausal)
            : torch.nn.functional.scaled_dot_product_attention(q, k, v, mask);
    }
}
