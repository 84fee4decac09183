using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp.Modules;
using Module = global::TorchSharp.torch.nn.Module;

/// <summary>Numbers of TorchSharp's modules that a program may set between calls: others make another trace.</summary>
internal static class ModuleNumbers
{
    /// <summary>Says that a trace depends on the numbers of a module.</summary>
    public static void Depend(Module module)
    {
        if (Of(module).Length == 0) return;
        GraphControl.Reads(module, ["numbers"], static (owner, state) =>
        {
            foreach (double number in Of((Module)owner!)) state.AddStatic(number);
        });
    }

    private static double[] Of(Module module) => module switch
    {
        Sequential m => [m.Count],
        Flatten m => [m.start_dim, m.end_dim],
        Unflatten m => [m.dim, .. Joined(m.unflattened_size)],
        Dropout m => [m.p, Flag(m.inplace)],
        Dropout2d m => [m.p, Flag(m.inplace)],
        Convolution m => [m.groups, (double)m.padding_mode, .. Joined(m.kernel_size, m.stride, m.padding, m.dilation, m.output_padding)],
        BatchNorm m => [m.eps, m.momentum ?? -1],
        LayerNorm m => [m.eps, .. Joined(m.normalized_shape)],
        GroupNorm m => [m.num_groups, m.eps],
        MaxPool1d m => [m.kernel_size, m.stride ?? -1, m.padding ?? -1, m.dilation ?? -1, Flag(m.ceil_mode)],
        MaxPool2d m => [Flag(m.ceil_mode), .. Joined(m.kernel_size, m.stride, m.padding, m.dilation)],
        AvgPool1d m => [m.kernel_size, m.stride ?? -1, m.padding ?? -1, Flag(m.ceil_mode), Flag(m.count_include_pad)],
        AvgPool2d m => [m.divisor_override ?? 0, Flag(m.ceil_mode), Flag(m.count_include_pad), .. Joined(m.kernel_size, m.stride, m.padding)],
        AdaptiveAvgPool2d m => Joined(m.output_size),
        AdaptiveMaxPool2d m => Joined(m.output_size),
        ReLU m => [Flag(m.inplace)],
        ReLU6 m => [Flag(m.inplace)],
        LeakyReLU m => [m.negative_slope, Flag(m.inplace)],
        ELU m => [m.alpha, Flag(m.inplace)],
        SELU m => [Flag(m.inplace)],
        GELU m => [(double)m.approximate, Flag(m.inplace)],
        SiLU m => [Flag(m.inplace)],
        Mish m => [Flag(m.inplace)],
        Sigmoid m => [Flag(m.inplace)],
        Tanh m => [Flag(m.inplace)],
        Hardtanh m => [m.min_val, m.max_val, Flag(m.inplace)],
        Hardswish m => [Flag(m.inplace)],
        Hardsigmoid m => [Flag(m.inplace)],
        Softsign m => [Flag(m.inplace)],
        Softplus m => [m.beta, m.threshold],
        Softmax m => [m.dim],
        LogSoftmax m => [m.dim],
        _ => [],
    };

    private static double Flag(bool flag) => flag ? 1 : 0;

    // With the length of each, since one that is not given has none.
    private static double[] Joined(params ReadOnlySpan<long[]?> lists)
    {
        List<double> all = [];
        foreach (long[]? list in lists)
        {
            all.Add(list?.Length ?? -1);
            foreach (long number in list ?? []) all.Add(number);
        }
        return [.. all];
    }
}
