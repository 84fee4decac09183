namespace TensorGraph.Tests.Layers;

/// <summary>One layer: how it is made, what it is called with, and its output by plain formulas in double precision.</summary>
/// <param name="Name">Name of the test.</param>
/// <param name="Make">Makes the layer for a dtype.</param>
/// <param name="Call">Calls it.</param>
/// <param name="Sizes">Sizes of the input; the first one is the batch.</param>
/// <param name="Expected">The output.</param>
/// <param name="Entries">Input of integers below this; 0 for normal numbers.</param>
internal sealed record LayerCase(
    string Name, Func<DType, RandomGenerator, Module> Make, Func<Module, Tensor, Tensor> Call, long[] Sizes, Func<Module, Naive, Naive> Expected, int Entries = 0)
{
    public static readonly LayerCase[] All = [.. Simple(), .. Convolutions(), .. Norms(), .. Sequences()];

    public Tensor Input(long batch, DType dtype, int seed = 5)
    {
        var shape = new Shape([batch, .. Sizes[1..]]);
        var random = new RandomGenerator(seed);
        return Entries > 0 ? Ops.Floor(random.Uniform(shape, 0, Entries)).Cast(DType.I64) : random.Normal(shape, dtype: DType.F64).Cast(dtype);
    }

    private static LayerCase Of<T>(string name, Func<DType, RandomGenerator, T> make, long[] sizes, Func<T, Naive, Naive> expected, int entries = 0, bool training = false)
        where T : Module => new(name, make, (layer, x) => layer.Call(x, training), sizes, (layer, x) => expected((T)layer, x), entries);

    private static LayerCase Of<T>(string name, Func<DType, RandomGenerator, T> make, Func<T, Tensor, Tensor> call, long[] sizes, Func<T, Naive, Naive> expected)
        where T : Module => new(name, make, (layer, x) => call((T)layer, x), sizes, (layer, x) => expected((T)layer, x));

    private static IEnumerable<LayerCase> Simple()
    {
        yield return Of("dense", (dtype, random) => new Dense(4, 3, Ops.Tanh, random: random, dtype: dtype), [2, 4],
            (layer, x) => { var y = Naive.Dense(x, layer); return new([.. y.Data.Select(Math.Tanh)], y.Sizes); });
        yield return Of("dense on sequences without bias", (dtype, random) => new Dense(4, 3, bias: false, random: random, dtype: dtype), [2, 3, 4], (layer, x) => Naive.Dense(x, layer));
        yield return Of("flatten", (_, _) => new Flatten(), [2, 3, 2], (_, x) => new(x.Data, x.Sizes[0], 6));
        yield return Of("reshape", (_, _) => new Reshape(3, 2), [2, 6], (_, x) => new(x.Data, x.Sizes[0], 3, 2));
        yield return Of("activation", (_, _) => new Activation(Ops.Sigmoid), [2, 3], (_, x) => new([.. x.Data.Select(Naive.Sigmoid)], x.Sizes));
        yield return Of("dropout outside of training", (_, _) => new Dropout(0.9), [2, 3], (_, x) => x);
        yield return Of("residual", (dtype, random) => new Residual(new Dense(3, 3, random: random, dtype: dtype)), [2, 3], (layer, x) => Naive.Add(Naive.Dense(x, (Dense)layer.Body), x));
        yield return Of("embedding", (dtype, random) => new Embedding(7, 3, random: random, dtype: dtype), [2, 4],
            (layer, x) => Naive.Of(at => Naive.Of(layer.Table)[(long)x[at[..^1]], at[^1]], [.. x.Sizes, 3]), entries: 7);
        yield return Of("embedding with padding", (dtype, random) => new Embedding(3, 2, padding: 1, random: random, dtype: dtype), [2, 4],
            (layer, x) => Naive.Of(at => Naive.Of(layer.Table)[(long)x[at[..^1]], at[^1]], [.. x.Sizes, 2]), entries: 3);
        foreach (BagMode mode in Enum.GetValues<BagMode>())
        {
            yield return Of($"embedding bag {mode}", (dtype, random) => new EmbeddingBag(4, 3, mode, padding: 2, random: random, dtype: dtype), [2, 5], (layer, x) => Naive.Of(at =>
            {
                double[] bag = [.. Enumerable.Range(0, 5).Select(i => (long)x[at[0], i]).Where(row => row != 2).Select(row => Naive.Of(layer.Table)[row, at[1]])];
                return bag.Length == 0 ? 0 : mode switch { BagMode.Mean => bag.Average(), BagMode.Sum => bag.Sum(), _ => bag.Max() };
            }, x.Sizes[0], 3), entries: 4);
        }

        yield return Of("positions", (dtype, random) => new PositionEmbedding(6, 2, random: random, dtype: dtype), [2, 4, 2],
            (layer, x) => Naive.Of(at => x[at] + Naive.Of(layer.Table)[at[1], at[2]], x.Sizes));
        yield return Of("sinusoidal positions", (_, _) => new SinusoidalPositions(), [2, 5, 4], (_, x) => Naive.Of(at =>
        {
            double angle = at[1] / Math.Pow(10_000, at[2] / 2 * 2 / 4.0);
            return x[at] + (at[2] % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }, x.Sizes));
    }

    private static IEnumerable<LayerCase> Convolutions()
    {
        yield return Of("conv1d", (dtype, random) => new Conv1D(2, 4, 3, stride: 2, padding: 1, dilation: 2, groups: 2, random: random, dtype: dtype), [2, 2, 9],
            (layer, x) => Naive.Conv(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), 2, 1, 2, 2));
        yield return Of("conv2d", (dtype, random) => new Conv2D(2, 3, 3, stride: 2, padding: 1, random: random, dtype: dtype), [2, 2, 5, 4],
            (layer, x) => Naive.Conv(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), 2, 1, 1, 1));
        yield return Of("conv3d", (dtype, random) => new Conv3D(1, 2, 2, random: random, dtype: dtype, bias: false), [2, 1, 3, 2, 3],
            (layer, x) => Naive.Conv(x, Naive.Of(layer.Kernel), null, 1, 0, 1, 1));
        yield return Of("depthwise conv2d", (dtype, random) => new DepthwiseConv2D(2, 3, multiplier: 2, padding: 1, random: random, dtype: dtype), [2, 2, 3, 4],
            (layer, x) => Naive.Conv(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), 1, 1, 1, 2));
        yield return Of("conv transpose 1d", (dtype, random) => new ConvTranspose1D(4, 2, 3, stride: 3, padding: 1, outputPadding: 2, dilation: 2, groups: 2, random: random, dtype: dtype), [2, 4, 4],
            (layer, x) => Naive.ConvTranspose(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), 3, 1, 2, 2, 2));
        yield return Of("conv transpose 2d", (dtype, random) => new ConvTranspose2D(2, 3, 3, stride: 2, padding: 1, outputPadding: 1, random: random, dtype: dtype), [2, 2, 3, 2],
            (layer, x) => Naive.ConvTranspose(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), 2, 1, 1, 1, 1));
        yield return Of("conv transpose 3d", (dtype, random) => new ConvTranspose3D(1, 2, 2, bias: false, random: random, dtype: dtype), [2, 1, 2, 1, 2],
            (layer, x) => Naive.ConvTranspose(x, Naive.Of(layer.Kernel), null, 1, 0, 0, 1, 1));
        yield return Of("max pool 1d", (_, _) => new MaxPool1D(3, stride: 2, padding: 1), [2, 2, 7], (_, x) => Naive.Pool(x, 3, 2, 1, window => window.Max()));
        yield return Of("max pool 2d", (_, _) => new MaxPool2D(2), [2, 2, 4, 5], (_, x) => Naive.Pool(x, 2, 2, 0, window => window.Max()));
        yield return Of("max pool 3d", (_, _) => new MaxPool3D(2, stride: 1), [2, 1, 3, 2, 3], (_, x) => Naive.Pool(x, 2, 1, 0, window => window.Max()));
        yield return Of("average pool 1d", (_, _) => new AveragePool1D(3, stride: 2, padding: 1), [2, 2, 7], (_, x) => Naive.Pool(x, 3, 2, 1, window => window.Average()));
        yield return Of("average pool 2d", (_, _) => new AveragePool2D(2), [2, 2, 4, 5], (_, x) => Naive.Pool(x, 2, 2, 0, window => window.Average()));
        yield return Of("average pool 3d", (_, _) => new AveragePool3D(2, stride: 1), [2, 1, 3, 2, 3], (_, x) => Naive.Pool(x, 2, 1, 0, window => window.Average()));
        yield return Of("conv1d, a number for each axis", (dtype, random) => new Conv1D(1, 2, new[] { 3 }, stride: new[] { 2 }, random: random, dtype: dtype), [2, 1, 6],
            (layer, x) => Naive.Conv(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), 2, 0, 1, 1));
        yield return Of("conv2d, a number for each axis", (dtype, random) => new Conv2D(2, 3, (3, 2), stride: (1, 2), padding: (2, 1), dilation: (2, 1), random: random, dtype: dtype), [2, 2, 3, 5],
            (layer, x) => Naive.Conv(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), new long[] { 1, 2 }, new long[] { 2, 1 }, new long[] { 2, 1 }, 1));
        yield return Of("conv3d, a number for each axis", (dtype, random) => new Conv3D(1, 2, (1, 3, 2), stride: (1, 2, 1), padding: (0, 1, 0), random: random, dtype: dtype), [2, 1, 2, 3, 3],
            (layer, x) => Naive.Conv(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), new long[] { 1, 2, 1 }, new long[] { 0, 1, 0 }, 1, 1));
        yield return Of("depthwise conv2d, a number for each axis", (dtype, random) => new DepthwiseConv2D(2, (1, 3), stride: (2, 1), padding: (0, 1), random: random, dtype: dtype), [2, 2, 3, 4],
            (layer, x) => Naive.Conv(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), new long[] { 2, 1 }, new long[] { 0, 1 }, 1, 2));
        yield return Of("conv transpose 2d, a number for each axis", (dtype, random) =>
                new ConvTranspose2D(2, 3, (3, 2), stride: (1, 3), padding: (1, 0), outputPadding: (0, 2), dilation: (1, 2), random: random, dtype: dtype), [2, 2, 3, 2],
            (layer, x) => Naive.ConvTranspose(x, Naive.Of(layer.Kernel), Naive.Of(layer.Bias!), new long[] { 1, 3 }, new long[] { 1, 0 }, new long[] { 0, 2 }, new long[] { 1, 2 }, 1));
        yield return Of("max pool 2d, a number for each axis", (_, _) => new MaxPool2D((3, 2), stride: (1, 2), padding: (1, 0)), [2, 2, 4, 5],
            (_, x) => Naive.Pool(x, new long[] { 3, 2 }, new long[] { 1, 2 }, new long[] { 1, 0 }, window => window.Max()));
        yield return Of("average pool 3d, a number for each axis", (_, _) => new AveragePool3D((1, 2, 3), padding: (0, 1, 0)), [2, 1, 2, 3, 6],
            (_, x) => Naive.Pool(x, new long[] { 1, 2, 3 }, new long[] { 1, 2, 3 }, new long[] { 0, 1, 0 }, window => window.Average()));
        yield return Of("global max pool", (_, _) => new GlobalMaxPool(), [2, 3, 2, 4], (_, x) => Naive.Of(at => Naive.Places(2, 4).Max(place => x[[.. at, .. place]]), x.Sizes[..2]));
        yield return Of("global average pool", (_, _) => new GlobalAveragePool(), [2, 3, 5], (_, x) => Naive.Of(at => Naive.Places(5).Average(place => x[[.. at, .. place]]), x.Sizes[..2]));
    }

    private static IEnumerable<LayerCase> Norms()
    {
        yield return Of("batch norm while training", (dtype, _) => new BatchNorm(3, dtype: dtype), [3, 3, 2, 2],
            (layer, x) => Naive.Norm(x, at => $"{at[1]}", 1e-5, at => Naive.Of(layer.Scale!)[at[1]], at => Naive.Of(layer.Offset!)[at[1]]), training: true);
        yield return Of("batch norm", (dtype, _) => new BatchNorm(3, dtype: dtype), [2, 3], (layer, x) => Naive.Of(at =>
            ((x[at] - Naive.Of(layer.MovingMean)[at[1]]) / Math.Sqrt(Naive.Of(layer.MovingVariance)[at[1]] + 1e-5) * Naive.Of(layer.Scale!)[at[1]]) + Naive.Of(layer.Offset!)[at[1]], x.Sizes));
        yield return Of("layer norm", (dtype, _) => new LayerNorm(4, dtype: dtype), [2, 3, 4], (layer, x) => Naive.LayerNorm(x, layer));
        yield return Of("rms norm", (dtype, _) => new RMSNorm(4, dtype: dtype), [2, 3, 4], (layer, x) => Naive.Of(at =>
            x[at] / Math.Sqrt(Enumerable.Range(0, 4).Average(i => x[[.. at[..^1], i]] * x[[.. at[..^1], i]]) + 1e-6) * Naive.Of(layer.Scale)[at[^1]], x.Sizes));
        yield return Of("group norm", (dtype, _) => new GroupNorm(2, 4, dtype: dtype), [2, 4, 3],
            (layer, x) => Naive.Norm(x, at => $"{at[0]},{at[1] / 2}", 1e-5, at => Naive.Of(layer.Scale)[at[1]], at => Naive.Of(layer.Offset)[at[1]]));
    }

    // Lengths of a batch of any size.
    private static Tensor Lengths(Tensor x) => (Ops.Iota(x.Shape[0]) % 3) + 1;

    private static long[] Lengths(Naive x) => [.. Enumerable.Range(0, (int)x.Sizes[0]).Select(i => (i % 3L) + 1)];

    private static Naive Last(Naive outputs, Naive x, bool reverse = false) => Naive.Of(at => outputs[at[0], reverse ? 0 : x.Sizes[1] - 1, at[1]], outputs.Sizes[0], outputs.Sizes[2]);

    private static IEnumerable<LayerCase> Sequences()
    {
        yield return Of("simple rnn", (dtype, random) => new SimpleRnn(3, 2, random: random, dtype: dtype), [2, 4, 3], (layer, x) => Last(Naive.SimpleRnn(x, layer), x));
        yield return Of("lstm", (dtype, random) => new Lstm(3, 2, returnSequences: true, random: random, dtype: dtype), [2, 4, 3], (layer, x) => Naive.Lstm(x, layer));
        yield return Of("gru", (dtype, random) => new Gru(3, 2, returnSequences: true, random: random, dtype: dtype), [2, 4, 3], (layer, x) => Naive.Gru(x, layer));
        yield return Of("lstm with lengths", (dtype, random) => new Lstm(3, 2, random: random, dtype: dtype), (layer, x) => layer.Run(x, Lengths(x)).Outputs, [2, 4, 3],
            (layer, x) => Naive.Lstm(x, layer, Lengths(x)));
        yield return Of("gru with lengths, backwards", (dtype, random) => new Gru(3, 2, random: random, dtype: dtype), (layer, x) => layer.Run(x, Lengths(x), reverse: true).Outputs, [2, 4, 3],
            (layer, x) => Naive.Gru(x, layer, Lengths(x), reverse: true));
        yield return Of("bidirectional", (dtype, random) => new Bidirectional(new Lstm(3, 2, true, random, dtype), new Gru(3, 1, true, random, dtype)), [2, 4, 3], (layer, x) =>
        {
            Naive along = Naive.Lstm(x, (Lstm)layer.Along), against = Naive.Gru(x, (Gru)layer.Against, reverse: true);
            return Naive.Of(at => at[2] < 2 ? along[at] : against[at[0], at[1], at[2] - 2], x.Sizes[0], x.Sizes[1], 3);
        });
        yield return Of("last outputs of bidirectional", (dtype, random) => new Bidirectional(new Lstm(3, 2, false, random, dtype), new SimpleRnn(3, 1, false, null, random, dtype)),
            (layer, x) => layer.Run(x, Lengths(x)), [2, 4, 3], (layer, x) =>
            {
                long[] lengths = Lengths(x);
                Naive along = Naive.Lstm(x, (Lstm)layer.Along, lengths), against = Naive.SimpleRnn(x, (SimpleRnn)layer.Against, lengths, reverse: true);
                return Naive.Of(at => at[1] < 2 ? along[at[0], lengths[at[0]] - 1, at[1]] : against[at[0], 0, 0], x.Sizes[0], 3);
            });
        yield return Of("three layers of lstm", (dtype, random) => new Lstm(3, 2, true, random, dtype, layers: 3), (layer, x) => layer.Run(x, Lengths(x)).Outputs, [2, 4, 3],
            (layer, x) => Naive.Lstm(Naive.Lstm(Naive.Lstm(x, layer, Lengths(x)), (Lstm)layer.Upper[0], Lengths(x)), (Lstm)layer.Upper[1], Lengths(x)));
        yield return Of("last output of two layers of gru", (dtype, random) => new Gru(3, 2, random: random, dtype: dtype, layers: 2, dropout: 0.5), [2, 4, 3],
            (layer, x) => Last(Naive.Gru(Naive.Gru(x, layer), (Gru)layer.Upper[0]), x));
        yield return Of("two layers of bidirectional", (dtype, random) => new Bidirectional(new Lstm(3, 2, false, random, dtype), new SimpleRnn(3, 1, random: random, dtype: dtype), 2, 0.5, random),
            (layer, x) => layer.Run(x, Lengths(x)), [2, 4, 3], (layer, x) =>
            {
                long[] lengths = Lengths(x);
                Naive y = Pair(layer, x), z = Pair(layer.Upper[0], y);
                return Naive.Of(at => z[at[0], at[1] < 2 ? lengths[at[0]] - 1 : 0, at[1]], x.Sizes[0], 3);

                Naive Pair(Bidirectional pair, Naive input)
                {
                    Naive along = Naive.Lstm(input, (Lstm)pair.Along, lengths), against = Naive.SimpleRnn(input, (SimpleRnn)pair.Against, lengths, reverse: true);
                    return Naive.Of(at => at[2] < 2 ? along[at] : against[at[0], at[1], at[2] - 2], x.Sizes[0], x.Sizes[1], 3);
                }
            });
        yield return Of("attention", (dtype, random) => new MultiHeadAttention(4, 2, random: random, dtype: dtype), [2, 3, 4], (layer, x) => Naive.Attention(x, x, x, layer, 2, (_, _, _) => true));
        yield return Of("causal attention", (dtype, random) => new MultiHeadAttention(4, 2, isCausal: true, random: random, dtype: dtype), [2, 3, 4],
            (layer, x) => Naive.Attention(x, x, x, layer, 2, (_, query, key) => key <= query));
        yield return Of("attention with a mask of keys", (dtype, random) => new MultiHeadAttention(4, 2, bias: false, random: random, dtype: dtype),
            (layer, x) => layer.Attend(x, x, mask: Ops.Iota(x.Shape[1]) < Ops.ExpandDims(Lengths(x), -1), isCausal: true), [2, 3, 4],
            (layer, x) => Naive.Attention(x, x, x, layer, 2, (n, query, key) => key <= query && key < Lengths(x)[n]));
        foreach (bool first in new[] { false, true })
        {
            yield return Of($"transformer encoder{(first ? ", norm first" : "")}", (dtype, random) => new TransformerEncoderBlock(4, 2, 5, isNormFirst: first, random: random, dtype: dtype), [2, 3, 4],
                (layer, x) => first
                    ? Around(Around(x, y => Naive.Attention(y, y, y, layer.Attention, 2, (_, _, _) => true), layer.AttentionNorm, true), y => Naive.FeedForward(y, layer), layer.OutputNorm, true)
                    : Around(Around(x, y => Naive.Attention(y, y, y, layer.Attention, 2, (_, _, _) => true), layer.AttentionNorm, false), y => Naive.FeedForward(y, layer), layer.OutputNorm, false));
        }

        yield return Of("transformer decoder", (dtype, random) => new TransformerDecoderBlock(4, 2, 5, random: random, dtype: dtype), (layer, x) => layer.Decode(x, x[.., 1..]), [2, 3, 4], (layer, x) =>
        {
            Naive memory = Naive.Of(at => x[at[0], at[1] + 1, at[2]], x.Sizes[0], 2, 4);
            Naive y = Around(x, z => Naive.Attention(z, z, z, layer.Attention, 2, (_, query, key) => key <= query), layer.AttentionNorm, false);
            y = Around(y, z => Naive.Attention(z, memory, memory, layer.MemoryAttention, 2, (_, _, _) => true), layer.MemoryNorm, false);
            return Around(y, z => Naive.FeedForward(z, layer), layer.OutputNorm, false);
        });
    }

    private static Naive Around(Naive x, Func<Naive, Naive> part, LayerNorm norm, bool isNormFirst) =>
        isNormFirst ? Naive.Add(x, part(Naive.LayerNorm(x, norm))) : Naive.LayerNorm(Naive.Add(x, part(x)), norm);
}
