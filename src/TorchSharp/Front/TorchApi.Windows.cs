using TorchSharp;

using TensorGraph.Ir;

namespace TensorGraph.Torch;

// Convolution, pooling, padding.
public static partial class TorchApi
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor conv1d(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null,
                    long groups = 1) =>
                Convolution(input, weight, bias, [stride ?? 1], [padding ?? 0], [dilation ?? 1], groups);

            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null,
                long groups = 1) =>
                Convolution(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups);

            public static Tensor conv_transpose2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? output_padding = null,
                long[]? dilation = null, long groups = 1) =>
                Transposed(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], output_padding ?? [0, 0], dilation ?? [1, 1], groups);

            public static Tensor max_pool1d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                MaxPool(input, [kernel_size], [stride ?? kernel_size], [padding ?? 0], [dilation ?? 1], ceil_mode);

            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Twice(kernel_size)!, Twice(stride), Twice(padding), Twice(dilation), ceil_mode);

            public static Tensor max_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
                bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernel_size)!, Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

            public static Tensor max_pool2d(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                MaxPool(input, kernel_size, strides ?? kernel_size, padding ?? [0, 0], dilation ?? [1, 1], ceil_mode);

            public static Tensor avg_pool1d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true) =>
                AveragePool(input, [kernel_size], [stride ?? kernel_size], [padding ?? 0], ceil_mode, count_include_pad, null);

            public static Tensor avg_pool2d(
                Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true,
                long? divisor_override = null) =>
                avg_pool2d(input, Twice(kernel_size)!, Twice(stride), Twice(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, Pair(kernel_size)!, Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(
                Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false,
                    bool count_include_pad = true,
                long? divisor_override = null) =>
                AveragePool(input, kernel_size, stride ?? kernel_size, padding ?? [0, 0], ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, [output_size, output_size]);

            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                adaptive_avg_pool2d(input, [output_size.Item1, output_size.Item2]);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Adaptive(input, output_size, Ops.Mean);

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                if (mode != PaddingModes.Constant)
                {
                    Throw.Raise(
                        DiagnosticIds.NotTraceableTorch, "pad", $"mode {mode} is not covered", "Pad with a constant, or call it outside of the graph function.");
                }
                var (low, high) = (new long[input.Rank], new long[input.Rank]);
                for (int i = 0; i < pad.Length; i += 2) (low[^((i / 2) + 1)], high[^((i / 2) + 1)]) = (pad[i], pad[i + 1]);
                return Ops.Pad(input, new Shape(low), new Shape(high), value);
            }

            internal static Tensor Convolution(
                Tensor x, Tensor weight, Tensor? bias, long[] stride, long[] padding, long[] dilation, long groups)
            {
                if (x.Rank == weight.Rank - 1)
                    return Ops.Squeeze(Convolution(Ops.ExpandDims(x, 0), weight, bias, stride, padding, dilation, groups), 0);
                return Channels(Ops.Conv(x, weight, stride, padding, dilation, (int)groups), null, bias);
            }

            // As a convolution of the input with zeros between its elements.
            internal static Tensor Transposed(
                Tensor x, Tensor weight, Tensor? bias, long[] stride, long[] padding, long[] outputPadding, long[] dilation, long groups)
            {
                if (x.Rank == weight.Rank - 1)
                    return Ops.Squeeze(Transposed(Ops.ExpandDims(x, 0), weight, bias, stride, padding, outputPadding, dilation, groups), 0);
                int axes = stride.Length;
                long[] sizes = [.. x.Shape.Dims.Select(dim => dim.Value)], kernel = [.. weight.Shape.Dims.Select(dim => dim.Value)];
                Tensor apart = Ops.Reshape(x, [sizes[0], sizes[1], .. sizes[2..].SelectMany(size => new Dim[] { size, 1 })]);
                long[] more = [0, 0, .. stride.SelectMany(step => new[] { 0, step - 1 })];
                Tensor joined = Ops.Reshape(
                    Ops.Pad(apart, new Shape(new long[more.Length]), new Shape(more)), [sizes[0], sizes[1], .. sizes[2..].Zip(stride, (size,
                        step) => (Dim)(size * step))]);
                long[] spread = [.. sizes[2..].Zip(stride, (size, step) => (size * step) - (step - 1))];
                Tensor cut = Ops.Slice(joined, new Shape(new long[x.Rank]), new Shape([sizes[0], sizes[1], .. spread]));
                long[] edges = [.. Enumerable.Range(0, axes).Select(axis => (dilation[axis] * (kernel[axis + 2] - 1)) - padding[axis])];
                Tensor padded = Edged(cut, edges, [.. edges.Zip(outputPadding, (edge, added) => edge + added)]);
                // (in, out / groups, …) as (out, in / groups, …), back to front.
                Tensor turned = Ops.Reverse(weight, [.. Enumerable.Range(2, axes)]);
                Dim[] grouped = [groups, kernel[0] / groups, kernel[1], .. kernel[2..].Select(size => (Dim)size)];
                Tensor swapped = Ops.Transpose(Ops.Reshape(turned, grouped), [0, 2, 1, .. Enumerable.Range(3, axes)]);
                Tensor weights = Ops.Reshape(swapped, [groups * kernel[1], kernel[0] / groups, .. kernel[2..].Select(size => (Dim)size)]);
                return Channels(Ops.Conv(padded, weights, dilation: dilation, groups: (int)groups), null, bias);
            }

            // Padding below zero cuts off.
            private static Tensor Edged(Tensor x, long[] low, long[] high)
            {
                Tensor padded = Ops.Pad(
                    x, new Shape([0, 0, .. low.Select(edge => Math.Max(edge, 0))]), new Shape([0, 0, .. high.Select(edge => Math.Max(edge, 0))]));
                for (int axis = 0; axis < low.Length; axis++)
                {
                    long size = padded.Shape[axis + 2].Value;
                    if (low[axis] < 0 || high[axis] < 0) padded = Part(padded, axis + 2, Math.Max(-low[axis], 0), size - Math.Max(-high[axis], 0), 1);
                }
                return padded;
            }

            internal static Tensor MaxPool(Tensor x, long[] window, long[] stride, long[] padding, long[] dilation, bool ceil)
            {
                Fits("max_pool", window, padding);
                long[] last = Last(x, window, stride, padding, dilation, ceil);
                return Dispatch.Run(OpDefs.WindowMax, Windows(x, window, stride, padding, dilation, last), x);
            }

            internal static Tensor AveragePool(
                Tensor x, long[] window, long[] stride, long[] padding, bool ceil, bool includesPadding, long? divisor)
            {
                Fits("avg_pool", window, padding);
                long[] ones = [.. window.Select(_ => 1L)], last = Last(x, window, stride, padding, ones, ceil);
                if (divisor is null && !includesPadding) return Dispatch.Run(OpDefs.WindowMean, Windows(x, window, stride, padding, ones, last), x);
                Tensor sums = Dispatch.Run(OpDefs.WindowSum, Windows(x, window, stride, padding, ones, last), x);
                if (divisor is not null || last.SequenceEqual(padding))
                    return div(sums, (double)(divisor ?? window.Aggregate(1L, (product, size) => product * size)));
                // The padding of the user counts, what a last window has beyond it does not.
                Shape low = new(Wide(x, padding, 0));
                Tensor counted = Ops.Pad(ones_like(x), low, low, 1);
                long[] beyond = [.. last.Zip(padding, (all, own) => all - own)], none = [.. window.Select(_ => 0L)];
                return Ops.Div(sums, Dispatch.Run(OpDefs.WindowSum, Windows(counted, window, stride, none, ones, beyond), counted));
            }

            private static Attrs Windows(Tensor x, long[] window, long[] stride, long[] padding, long[] dilation, long[] last) => Attrs.Of(
                ("window", Wide(x, window, 1)), ("stride", Wide(x, stride, 1)), ("dilation", Wide(x, dilation, 1)), ("low", new Shape(Wide(x, padding, 0))),
                ("high", new Shape(Wide(x, last, 0))));

            // The padding behind the elements: ceil_mode adds a last window that begins on an element, or in front of one, and ends beyond the
            // padding.
            private static long[] Last(Tensor x, long[] window, long[] stride, long[] padding, long[] dilation, bool ceil)
            {
                if (!ceil) return padding;
                long[] last = [.. padding];
                for (int axis = 0; axis < window.Length; axis++)
                {
                    long size = x.Shape[x.Rank - window.Length + axis].Value, reach = (dilation[axis] * (window[axis] - 1)) + 1, step = stride[axis];
                    long rest = size + (2 * padding[axis]) - reach, before = (rest + step - 1) / step;
                    if (before * step >= size + padding[axis]) before--;
                    last[axis] += Math.Max((before * step) - rest, 0);
                }
                return last;
            }

            // Windows that may overlap: row i of n covers the elements from ⌊i·size/n⌋ to ⌈(i+1)·size/n⌉.
            internal static Tensor Adaptive(Tensor x, long[] sizes, Func<Tensor, int[]?, bool, Tensor> reduce)
            {
                x = x.Unnamed;
                for (int i = 0; i < sizes.Length; i++)
                {
                    int axis = x.Rank - sizes.Length + i;
                    (long size, long count, Tensor whole) = (x.Shape[axis].Value, sizes[i] < 0 ? x.Shape[axis].Value : sizes[i], x);
                    if (size == count) continue;
                    x = Ops.Concat(
                        [.. Enumerable.Range(0, (int)count).Select(at => reduce(
                            Part(whole, axis, at * size / count, (((at + 1) * size) + count - 1) / count, 1), [axis], true))], axis);
                }
                return x;
            }

            private static void Fits(string op, long[] window, long[] padding)
            {
                if (padding.Where((edge, i) => edge > window[i] / 2).Any())
                    Throw.Shape(
                        op, $"the padding [{string.Join(", ", padding)}] of windows [{string.Join(", ", window)}]", "Pad by half of a window at most.");
            }

            private static long[] Wide(Tensor x, long[] spatial, long other) =>
                [.. Enumerable.Repeat(other, x.Rank - spatial.Length), .. spatial];

            private static long[]? Twice(long? size) => size is { } one ? [one, one] : null;

            private static long[]? Pair((long, long)? sizes) => sizes is { } pair ? [pair.Item1, pair.Item2] : null;
        }
    }
}
