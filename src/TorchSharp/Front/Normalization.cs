using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp.Modules;
using F = TensorGraph.Torch.TorchApi.nn.functional;

/// <summary>Modules whose forward method changes or checks what they keep.</summary>
internal static class Normalization
{
    /// <summary>Batch normalisation: in training the statistics of the batch, which the running ones follow.</summary>
    public static Tensor Batch(BatchNorm layer, Tensor x)
    {
        bool training = TorchFront.Training(layer);
        CheckInput(layer, x);
        Tensor? weight = ModuleTable.Held(layer, static l => l.weight), bias = ModuleTable.Held(layer, static l => l.bias);
        bool hasStatistics = layer.running_mean is not null && layer.running_var is not null;
        if (!training && hasStatistics)
            return Normal(x, ModuleTable.Value(layer.running_mean)!, ModuleTable.Value(layer.running_var)!, weight, bias, layer.eps);
        int[] axes = [0, .. Enumerable.Range(2, Math.Max(x.Rank - 2, 0))];
        Tensor mean = Ops.Mean(x, axes), variance = Ops.Variance(x, axes);
        if (training && layer.track_running_stats && hasStatistics) Follow(layer, x, mean, variance, axes);
        return Normal(x, mean, variance, weight, bias, layer.eps);
    }

    private static void CheckInput(BatchNorm layer, Tensor x)
    {
        (int low, int high) = layer switch
        {
            BatchNorm1d => (2, 3),
            BatchNorm2d => (4, 4),
            _ => (5, 5),
        };
        if (x.Rank < low || x.Rank > high)
            Throw.Rank(
                layer.GetType().Name, $"the input is {x.Type}", low == high ? $"Pass a tensor of rank {low}." : $"Pass a tensor of rank {low} or {high}.");
        if ((layer.running_mean ?? layer.weight) is { } channels && x.Shape[1] != channels.shape[0])
            Throw.Shape(
                layer.GetType().Name, $"the input is {x.Type}, the layer has {channels.shape[0]} channels", "The channels are the second axis.");
        if (TorchFront.Training(layer) && x.Shape.ElementCount.Value == x.Shape[1].Value)
            Throw.Shape(
                layer.GetType().Name, $"the input {x.Type} has one value for each channel", "Train with more than one value for each channel.");
    }

    private static void Follow(BatchNorm layer, Tensor x, Tensor mean, Tensor variance, int[] axes)
    {
        TorchTrace call = TorchTrace.Here("batch_norm");
        using IDisposable constant = TorchApi.Unrecorded();
        Tensor? factor = null;
        if (layer.num_batches_tracked is { } tracked)
        {
            Variable batches = call.Written(call.Find(tracked)).Variable;
            batches.Assign(Ops.Add(batches.Value, TorchApi.ones_like(batches.Value)));
            factor = Ops.Reciprocal(Ops.Cast(batches.Value, x.DType));
        }
        Tensor share = layer.momentum is { } momentum ? Promotion.Number(momentum, x.DType) : factor ?? Promotion.Number(0, x.DType);
        // torch keeps the unbiased variance.
        double count = axes.Aggregate(1.0, (product, axis) => product * x.Shape[axis].Value);
        Update(call.Written(call.Find(layer.running_mean!)).Variable, mean, share);
        Update(call.Written(call.Find(layer.running_var!)).Variable, TorchApi.mul(variance, count / (count - 1)), share);
    }

    private static void Update(Variable running, Tensor found, Tensor share)
    {
        Tensor fitting = Ops.Cast(Ops.StopGradient(found), running.DType), part = Ops.Cast(share, running.DType);
        running.Assign(Ops.Add(Ops.Mul(running.Value, TorchApi.sub(1, part)), Ops.Mul(fitting, part)));
    }

    private static Tensor Normal(Tensor x, Tensor mean, Tensor variance, Tensor? weight, Tensor? bias, double eps)
    {
        Tensor scale = Ops.Rsqrt(TorchApi.add(variance, eps));
        Tensor normal = Ops.Mul(Ops.Sub(x, F.PerChannel(mean, x.Rank)), F.PerChannel(scale, x.Rank));
        return F.Channels(normal, weight, bias);
    }
}
