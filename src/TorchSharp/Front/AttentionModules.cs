using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;
using TorchSharp.Modules;
using F = TensorGraph.Torch.TorchApi.nn.functional;
using Module = global::TorchSharp.torch.nn.Module;

/// <summary>
/// Attention over the parameters of TorchSharp's modules, which LibTorch runs in native code. The number of heads and the activation are known to
/// native code alone: what the module gives for one input tells them.
/// </summary>
internal static class AttentionModules
{
    private static readonly ConditionalWeakTable<Module, Form> Forms = [];

    public static Tuple<Tensor, Tensor> Attend(
        MultiheadAttention module, Tensor query, Tensor key, Tensor value, Tensor? keyPadding, bool needsWeights, Tensor? mask)
    {
        CheckProjections(name => module.named_parameters().Any(pair => pair.name == name), "");
        CheckDropout(module, x => ((MultiheadAttention)module).call(x, x, x).Item1);
        Func<string, Tensor?> weights = Traced(module);
        (Tensor result, Tensor scores) = Attend(weights, "", FormOf(module).Heads, query, key, value, keyPadding, mask);
        return Tuple.Create(result, needsWeights ? Ops.Mean(scores, [1]) : null!);
    }

    public static Tensor Encode(TransformerEncoderLayer module, Tensor x, Tensor? mask, Tensor? keyPadding)
    {
        CheckDropout(module, module.call);
        Form form = FormOf(module);
        return Encode(Traced(module), form, x, mask, keyPadding);
    }

    private static Tensor Encode(Func<string, Tensor?> weights, Form form, Tensor x, Tensor? mask, Tensor? keyPadding)
    {
        Tensor Norm(Tensor y, string name) => Ops.LayerNorm(y, weights($"{name}.weight")!, weights($"{name}.bias")!);
        Tensor attended = Attend(weights, "self_attn.", form.Heads, x, x, x, keyPadding, mask).Result;
        Tensor first = Norm(Ops.Add(x, attended), "norm1");
        Tensor wide = F.linear(first, weights("linear1.weight")!, weights("linear1.bias"));
        Tensor narrow = F.linear(form.IsGelu ? Ops.Gelu(wide) : Ops.Relu(wide), weights("linear2.weight")!, weights("linear2.bias"));
        return Norm(Ops.Add(first, narrow), "norm2");
    }

    // Sequence, batch, features.
    private static (Tensor Result, Tensor Scores) Attend(
        Func<string, Tensor?> weights, string prefix, long heads, Tensor query, Tensor key, Tensor value, Tensor? keyPadding, Tensor? mask)
    {
        CheckProjections(name => weights(name) is not null, prefix);
        Tensor projection = weights($"{prefix}in_proj_weight")!;
        Tensor? bias = weights($"{prefix}in_proj_bias");
        long width = projection.Shape[1].Value, part = width / heads;
        Tensor[] own = Ops.Split(projection, 3), offsets = bias is null ? [] : Ops.Split(bias, 3);
        Tensor Heads(Tensor x, int i)
        {
            Tensor y = F.linear(x, own[i], bias is null ? null : offsets[i]);
            // (sequence, batch, heads, part) → (batch, heads, sequence, part)
            return Ops.Transpose(Ops.Reshape(y, [x.Shape[0], x.Shape[1], heads, part]), 1, 2, 0, 3);
        }
        Tensor q = Heads(query, 0), k = Heads(key, 1), v = Heads(value, 2);
        Tensor scores = Ops.MatMul(TorchApi.mul(q, 1 / Math.Sqrt(part)), TorchApi.transpose(k, -1, -2));
        // LibTorch adds it whatever its type: true counts 1.
        if (mask is not null)
            scores = TorchApi.add(scores, mask.Rank == 3 ? Ops.Reshape(mask, [query.Shape[1], heads, mask.Shape[1], mask.Shape[2]]) : mask);
        if (keyPadding is not null) scores = Masked(scores, Ops.Reshape(keyPadding, [keyPadding.Shape[0], 1, 1, keyPadding.Shape[1]]));
        Tensor probabilities = Ops.Softmax(scores);
        Tensor joined = Ops.Reshape(Ops.Transpose(Ops.MatMul(probabilities, v), 2, 0, 1, 3), [query.Shape[0], query.Shape[1], width]);
        return (F.linear(joined, weights($"{prefix}out_proj.weight")!, weights($"{prefix}out_proj.bias")), probabilities);
    }

    private static void CheckProjections(Func<string, bool> has, string prefix)
    {
        if (has($"{prefix}in_proj_weight") && !has($"{prefix}bias_k")) return;
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, "multihead_attention", "other sizes of keys and values, and bias_k and bias_v, are not covered",
            "Leave kdim, vdim and add_bias_kv out.");
    }

    // True where there is nothing to attend to.
    private static Tensor Masked(Tensor scores, Tensor padding) =>
        Ops.Where(TorchApi.Bool(padding), TorchApi.full_like(scores, float.NegativeInfinity), scores);

    private static Func<string, Tensor?> Traced(Module module)
    {
        Dictionary<string, Parameter> parameters = module.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        return name => parameters.TryGetValue(name, out Parameter? parameter) ? ModuleTable.Value(parameter) : null;
    }

    private static Form FormOf(Module module) => Forms.GetValue(module, Find);

    private static Form Find(Module module)
    {
        using var scope = torch.NewDisposeScope();
        using IDisposable constant = torch.no_grad();
        // What is computed here is no part of a trace.
        using var imperatively = ExecutionContext.Enter(null);
        Dictionary<string, Tensor> weights = module.named_parameters().ToDictionary(
            pair => pair.name, pair => Tensor.FromTorch(pair.parameter, copy: true), StringComparer.Ordinal);
        bool isLayer = module is TransformerEncoderLayer;
        long width = weights[isLayer ? "self_attn.in_proj_weight" : "in_proj_weight"].Shape[1].Value;
        bool trained = module.training;
        module.eval();
        try
        {
            torch.Tensor probe = torch.linspace(-2, 2, 5 * width).reshape(5, 1, width).sin().to(module.parameters().First().dtype);
            torch.Tensor found = isLayer ? ((TransformerEncoderLayer)module).call(probe)
                : ((MultiheadAttention)module).call(probe, probe, probe).Item1;
            Tensor expected = Tensor.FromTorch(found), x = Tensor.FromTorch(probe);
            Form[] candidates =
            [
                .. Enumerable.Range(1, (int)width).Where(heads => width % heads == 0)
                    .SelectMany(heads => new[] { new Form(heads, false), new Form(heads, true) }.Take(isLayer ? 2 : 1)),
            ];
            Tensor? Get(string name) => weights.GetValueOrDefault(name);
            double Distance(Form form)
            {
                Tensor got = isLayer ? Encode(Get, form, x, null, null) : Attend(Get, "", form.Heads, x, x, x, null, null).Result;
                return Ops.ReduceMax(Ops.Abs(Ops.Sub(got, expected))).ToDouble();
            }
            Form[] fitting = [.. candidates.Where(form => Distance(form) < 1e-4)];
            if (fitting.Length == 1) return fitting[0];
        }
        finally
        {
            module.train(trained);
        }
        throw TorchFront.NotConverted(
            module, "what it computes does not tell its number of heads and its activation, as where the weights of a projection are all zero");
    }

    private static void CheckDropout(Module module, Func<torch.Tensor, torch.Tensor> run)
    {
        if (!TorchFront.Training(module)) return;
        using var scope = torch.NewDisposeScope();
        using IDisposable constant = torch.no_grad();
        long width = module.named_parameters().First(pair => pair.name.EndsWith("in_proj_weight", StringComparison.Ordinal)).parameter.shape[1];
        torch.Tensor probe = torch.linspace(-2, 2, 16 * width).reshape(16, 1, width).sin().to(module.parameters().First().dtype);
        if (run(probe).equal(run(probe)).all().item<bool>()) return;
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, module.GetType().Name, "its dropout is known to native code alone",
            "Make the module with dropout: 0 and Dropout modules beside it, or call eval().");
    }

    private sealed record Form(long Heads, bool IsGelu);
}
