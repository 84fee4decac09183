namespace TensorGraph.Tests.Layers;

/// <summary>An array of doubles with sizes, in row-major order: what plain formulas of layers are written with.</summary>
internal sealed record Naive(double[] Data, params long[] Sizes)
{
    public static Naive Of(Tensor tensor)
    {
        var literal = tensor.ToLiteral();
        return new([.. Enumerable.Range(0, (int)literal.Count).Select(i => literal.GetDouble(i))], tensor.Shape.ToArray());
    }

    public static Naive Of(Func<long[], double> element, params long[] sizes) => new([.. Places(sizes).Select(element)], sizes);

    public double this[params long[] at]
    {
        get
        {
            long place = 0;
            for (int axis = 0; axis < at.Length; axis++)
            {
                // What lies outside is padding.
                if (at[axis] < 0 || at[axis] >= Sizes[axis])
                    return 0;
                place = (place * Sizes[axis]) + at[axis];
            }

            return Data[place];
        }
    }

    public bool Has(long[] at) => at.Zip(Sizes).All(pair => pair.First >= 0 && pair.First < pair.Second);

    public static IEnumerable<long[]> Places(params long[] sizes)
    {
        long count = sizes.Aggregate(1L, (product, size) => product * size);
        for (long i = 0; i < count; i++)
        {
            var at = new long[sizes.Length];
            long rest = i;
            for (int axis = sizes.Length - 1; axis >= 0; axis--)
            {
                at[axis] = rest % sizes[axis];
                rest /= sizes[axis];
            }

            yield return at;
        }
    }

    /// <summary>x·kernel + bias over the last axis.</summary>
    public static Naive Dense(Naive x, Naive kernel, Naive? bias) => Of(
        at => Enumerable.Range(0, (int)kernel.Sizes[0]).Sum(i => x[[.. at[..^1], i]] * kernel[i, at[^1]]) + (bias?[at[^1]] ?? 0),
        [.. x.Sizes[..^1], kernel.Sizes[1]]);

    public static Naive Conv(Naive x, Naive kernel, Naive? bias, Each stride, Each padding, Each dilation, long groups)
    {
        long[] window = kernel.Sizes[2..];
        long perGroup = kernel.Sizes[0] / groups;
        long[] outer = [.. window.Select((tap, i) => (x.Sizes[i + 2] + (2 * padding[i]) - (dilation[i] * (tap - 1)) - 1) / stride[i] + 1)];
        return Of(at => (bias?[at[1]] ?? 0) + Places([kernel.Sizes[1], .. window]).Sum(tap =>
            kernel[[at[1], .. tap]] * x[[at[0], (at[1] / perGroup * kernel.Sizes[1]) + tap[0], .. tap[1..].Select((t, i) => (at[i + 2] * stride[i]) - padding[i] + (t * dilation[i]))]]),
            [x.Sizes[0], kernel.Sizes[0], .. outer]);
    }

    /// <summary>Each input is added to the outputs of its window.</summary>
    public static Naive ConvTranspose(Naive x, Naive kernel, Naive? bias, Each stride, Each padding, Each outputPadding, Each dilation, long groups)
    {
        long[] window = kernel.Sizes[2..];
        long inGroup = kernel.Sizes[0] / groups, outGroup = kernel.Sizes[1];
        long[] outer = [.. window.Select((tap, i) => ((x.Sizes[i + 2] - 1) * stride[i]) - (2 * padding[i]) + (dilation[i] * (tap - 1)) + outputPadding[i] + 1)];
        var sizes = new[] { x.Sizes[0], outGroup * groups }.Concat(outer).ToArray();
        var sums = new Dictionary<string, double>();
        foreach (long[] at in Places(x.Sizes))
        {
            foreach (long[] tap in Places([outGroup, .. window]))
            {
                long[] to = [at[0], (at[1] / inGroup * outGroup) + tap[0], .. tap[1..].Select((t, i) => (at[i + 2] * stride[i]) - padding[i] + (t * dilation[i]))];
                string key = string.Join(',', to);
                sums[key] = sums.GetValueOrDefault(key) + (x[at] * kernel[[at[1], .. tap]]);
            }
        }

        return Of(at => sums.GetValueOrDefault(string.Join(',', at)) + (bias?[at[1]] ?? 0), sizes);
    }

    public static Naive Pool(Naive x, Each window, Each stride, Each padding, Func<IEnumerable<double>, double> fold)
    {
        long[] windows = [.. x.Sizes[2..].Select((_, i) => window[i])];
        return Of(at => fold(Places(windows).Select(tap => (long[])[.. at[..2], .. tap.Select((t, i) => (at[i + 2] * stride[i]) - padding[i] + t)]).Where(x.Has).Select(place => x[place])),
            [.. x.Sizes[..2], .. windows.Select((size, i) => ((x.Sizes[i + 2] + (2 * padding[i]) - size) / stride[i]) + 1)]);
    }

    /// <summary>Normalised over the places that have one key, then scaled by a number of the channel.</summary>
    public static Naive Norm(Naive x, Func<long[], string> key, double epsilon, Func<long[], double> scale, Func<long[], double> offset)
    {
        var groups = Places(x.Sizes).GroupBy(key).ToDictionary(group => group.Key, group =>
        {
            double mean = group.Average(at => x[at]);
            return (mean, variance: group.Average(at => (x[at] - mean) * (x[at] - mean)));
        });
        return Of(at => ((x[at] - groups[key(at)].mean) / Math.Sqrt(groups[key(at)].variance + epsilon) * scale(at)) + offset(at), x.Sizes);
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>All outputs of a recurrent layer: (n, t, units).</summary>
    public static Naive Recur(Naive x, long units, int parts, Func<long, double[], double[][], double[][]> step, long[]? lengths = null, bool reverse = false)
    {
        var outputs = new Dictionary<(long, long), double[]>();
        for (long n = 0; n < x.Sizes[0]; n++)
        {
            double[][] state = [.. Enumerable.Range(0, parts).Select(_ => new double[units])];
            for (long i = 0; i < x.Sizes[1]; i++)
            {
                long t = reverse ? x.Sizes[1] - 1 - i : i;
                if (lengths is not null && t >= lengths[n])
                {
                    outputs[(n, t)] = new double[units];
                    continue;
                }

                state = step(t, [.. Enumerable.Range(0, (int)x.Sizes[2]).Select(f => x[n, t, f])], state);
                outputs[(n, t)] = state[0];
            }
        }

        return Of(at => outputs[(at[0], at[1])][at[2]], x.Sizes[0], x.Sizes[1], units);
    }

    /// <summary>v·m[:, column] + b[column].</summary>
    public static double Product(double[] v, Naive m, long column, Naive? b = null) => v.Select((value, i) => value * m[i, column]).Sum() + (b?[column] ?? 0);

    public static Naive Lstm(Naive x, Lstm layer, long[]? lengths = null, bool reverse = false)
    {
        Naive w = Of(layer.Kernel), u = Of(layer.RecurrentKernel), b = Of(layer.Bias);
        long units = u.Sizes[0];
        return Recur(x, units, 2, (_, entry, state) =>
        {
            double Gate(int gate, long unit) => Product(entry, w, (gate * units) + unit, b) + Product(state[0], u, (gate * units) + unit);
            double[] cell = [.. Enumerable.Range(0, (int)units).Select(i => (Sigmoid(Gate(1, i)) * state[1][i]) + (Sigmoid(Gate(0, i)) * Math.Tanh(Gate(2, i))))];
            return [[.. cell.Select((c, i) => Sigmoid(Gate(3, i)) * Math.Tanh(c))], cell];
        }, lengths, reverse);
    }

    public static Naive Gru(Naive x, Gru layer, long[]? lengths = null, bool reverse = false)
    {
        Naive w = Of(layer.Kernel), u = Of(layer.RecurrentKernel), b = Of(layer.Bias), c = Of(layer.RecurrentBias);
        long units = u.Sizes[0];
        return Recur(x, units, 1, (_, entry, state) =>
        {
            double In(int gate, long unit) => Product(entry, w, (gate * units) + unit, b);
            double Back(int gate, long unit) => Product(state[0], u, (gate * units) + unit, c);
            return [[.. Enumerable.Range(0, (int)units).Select(i =>
            {
                double z = Sigmoid(In(1, i) + Back(1, i));
                return ((1 - z) * Math.Tanh(In(2, i) + (Sigmoid(In(0, i) + Back(0, i)) * Back(2, i)))) + (z * state[0][i]);
            })]];
        }, lengths, reverse);
    }

    public static Naive SimpleRnn(Naive x, SimpleRnn layer, long[]? lengths = null, bool reverse = false)
    {
        Naive w = Of(layer.Kernel), u = Of(layer.RecurrentKernel), b = Of(layer.Bias);
        return Recur(x, u.Sizes[0], 1, (_, entry, state) =>
            [[.. Enumerable.Range(0, (int)u.Sizes[0]).Select(i => Math.Tanh(Product(entry, w, i, b) + Product(state[0], u, i)))]], lengths, reverse);
    }

    public static Naive Dense(Naive x, Dense layer) => Dense(x, Of(layer.Kernel), layer.Bias is null ? null : Of(layer.Bias));

    public static Naive LayerNorm(Naive x, LayerNorm layer)
    {
        Naive scale = Of(layer.Scale), offset = Of(layer.Offset);
        return Norm(x, at => string.Join(',', at[..^1]), 1e-5, at => scale[at[^1]], at => offset[at[^1]]);
    }

    public static Naive Add(Naive a, Naive b) => new([.. a.Data.Zip(b.Data, (x, y) => x + y)], a.Sizes);

    /// <summary>Attention; a query sees the keys that <paramref name="sees"/> (example, query, key) allows.</summary>
    public static Naive Attention(Naive queries, Naive keys, Naive values, MultiHeadAttention layer, long heads, Func<long, long, long, bool> sees)
    {
        Naive q = Dense(queries, layer.Query), k = Dense(keys, layer.Key), v = Dense(values, layer.Value);
        long size = q.Sizes[2], head = size / heads;
        var joined = Of(at =>
        {
            long from = at[2] / head * head;
            double[] scores = [.. Enumerable.Range(0, (int)k.Sizes[1]).Select(key => sees(at[0], at[1], key)
                ? Enumerable.Range(0, (int)head).Sum(i => q[at[0], at[1], from + i] * k[at[0], key, from + i]) / Math.Sqrt(head) : -1e9)];
            double most = scores.Max();
            double[] powers = [.. scores.Select(score => Math.Exp(score - most))];
            return powers.Select((power, key) => power / powers.Sum() * v[at[0], key, at[2]]).Sum();
        }, q.Sizes);
        return Dense(joined, layer.Output);
    }

    public static Naive FeedForward(Naive x, TransformerBlock block)
    {
        Naive hidden = Dense(x, block.Hidden);
        return Dense(new Naive([.. hidden.Data.Select(value => Math.Max(value, 0))], hidden.Sizes), block.Output);
    }
}

/// <summary>A number for each axis, or one for all.</summary>
internal readonly record struct Each(long[] Numbers)
{
    public long this[int axis] => Numbers[Numbers.Length == 1 ? 0 : axis];

    public static implicit operator Each(int number) => new([number]);

    public static implicit operator Each(long[] numbers) => new(numbers);
}
