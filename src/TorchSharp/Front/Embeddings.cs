using System.Runtime.CompilerServices;
using TensorGraph.Backends.Torch;
using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;
using TorchSharp.Modules;
using F = TensorGraph.Torch.TorchApi.nn.functional;

/// <summary>Rows of a table. What a row may weigh and which one is padding native code alone knows; what it gives for some rows tells.</summary>
internal static class Embeddings
{
    private static readonly ConditionalWeakTable<Embedding, Form> Forms = [];

    public static Tensor Embed(Embedding layer, Tensor x)
    {
        Form form = Forms.GetValue(layer, Find);
        if (layer.weight is { requires_grad: true } && !form.KnowsPadding) Forms.AddOrUpdate(layer, form = Find(layer));
        Tensor table = ModuleTable.Held(layer, static l => l.weight)!;
        if (form.MaxNorm is { } most) table = Limit(layer, table, x, most, form.Power);
        Tensor rows = F.embedding(x, table);
        if (layer.weight is not { requires_grad: true } || form.Padding is not { } padding) return rows;
        return Ops.Where(Ops.ExpandDims(TorchApi.eq(x, padding), x.Rank), Ops.StopGradient(rows), rows);
    }

    // Rows that are asked for get no longer than the bound, in the table itself.
    private static Tensor Limit(Embedding layer, Tensor table, Tensor x, double most, double power)
    {
        TorchTrace call = TorchTrace.Here("embedding");
        Variable variable = call.Written(call.Find(layer.weight!)).Variable;
        using (TorchApi.Unrecorded())
        {
            Tensor ids = Ops.Reshape(Ops.Cast(x, DType.I64), -1);
            Tensor counts = Ops.ScatterAdd(Ops.Full(Shape.Create([table.Shape[0]]), 0, DType.I64), ids, Ops.Full(ids.Shape, 1, DType.I64));
            Tensor length = double.IsInfinity(power) ? Ops.ReduceMax(Ops.Abs(table), [1], keep: true) : Ops.Norm(table, [1], true, power);
            Tensor exceeds = Ops.And(Ops.ExpandDims(Ops.Greater(counts, 0L), 1), TorchApi.gt(length, most));
            variable.Assign(Ops.Where(exceeds, Ops.Mul(table, TorchApi.div(most, TorchApi.add(length, 1e-7))), table));
        }
        return variable.Value;
    }

    // While it is asked, the table has other numbers.
    private static unsafe Form Find(Embedding layer)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor weight = layer.weight!, before = weight.detach().clone();
        if (!weight.is_contiguous()) throw TorchFront.NotConverted(layer, "its table is not contiguous");
        try
        {
            long width = weight.shape[1];
            double large = weight.dtype == torch.float16 ? 1e4 : 1e8;
            torch.Tensor single = torch.zeros_like(before);
            using global::TorchSharp.Scalar number = large.ToScalar();
            single.select(1, 0).fill_(number);
            double most = Given(single), part = Given(torch.full_like(before, number));
            double power = width == 1 || part >= most * (1 - 1e-6) ? double.PositiveInfinity : Math.Log(width) / Math.Log(most / part);
            if (Math.Abs(power - Math.Round(power)) < 1e-2) power = Math.Round(power);
            bool hasGradient = weight.requires_grad;
            return new(most < large * 0.99 ? most : null, width == 1 ? 2 : power, hasGradient ? PaddingOf(layer, weight) : null, hasGradient);
        }
        finally
        {
            Write(before);
        }

        // What becomes of the first number of the rows.
        double Given(torch.Tensor rows)
        {
            Write(rows);
            using IDisposable constant = torch.no_grad();
            layer.call(torch.zeros(1, dtype: torch.int64));
            return weight[0, 0].to(torch.float64).item<double>();
        }

        // Past torch's count of changes: those who differentiate with the table shall not notice.
        void Write(torch.Tensor rows)
        {
            Native.Check(Native.GetData(rows.Handle, out byte* from));
            Native.Check(Native.GetData(weight.Handle, out byte* to));
            long bytes = weight.numel() * weight.element_size();
            System.Buffer.MemoryCopy(from, to, bytes, bytes);
        }
    }

    // The row that gets no gradient.
    private static long? PaddingOf(Embedding layer, torch.Tensor weight)
    {
        using var recorded = torch.enable_grad();
        using global::TorchSharp.Scalar rows = weight.shape[0].ToScalar();
        // Each row once, then once more: a gradient that counts how often a row was taken would be smaller.
        torch.Tensor taken = layer.call(torch.arange(rows).repeat(2));
        torch.Tensor whole = torch.autograd.grad([taken.sum()], [weight])[0];
        if (whole.is_sparse) throw TorchFront.NotConverted(layer, "its gradients are sparse, and a graph's are not: leave out sparse: true");
        torch.Tensor gradient = whole.select(1, 0);
        // Of a table that has the padding alone all are 0.
        if (gradient.max().to(torch.float64).item<double>() is > 0 and < 2)
            throw TorchFront.NotConverted(layer, "it scales gradients by the frequency of a row, which native code alone does");
        return gradient.min().to(torch.float64).item<double>() < 1 ? gradient.argmin().item<long>() : null;
    }

    private sealed record Form(double? MaxNorm, double Power, long? Padding, bool KnowsPadding);
}
