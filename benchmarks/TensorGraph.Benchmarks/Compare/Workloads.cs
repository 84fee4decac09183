namespace TensorGraph.Benchmarks.Compare;

/// <summary>The workloads of <c>bench compare</c>.</summary>
internal static class Workloads
{
    private static readonly Random s_random = new(1);

    public static IEnumerable<Workload> All => [.. Products(), .. Kernels(), .. Models()];

    private static IEnumerable<Workload> Products()
    {
        foreach (int n in new[] { 64, 192, 384, 768, 1152 }) yield return Of($"matmul {n}", Ops.MatMul, [n, n], [n, n], flops: 2.0 * n * n * n);
        yield return Of("matmul 64x784x256", Ops.MatMul, [64, 784], [784, 256], flops: 2.0 * 64 * 784 * 256);
        Tensor bias = Numbers(256);
        yield return Of("matmul 64x784x256 bias relu", (a, b) => Ops.Relu(Ops.MatMul(a, b) + bias), [64, 784], [784, 256], flops: 2.0 * 64 * 784 * 256);
        yield return Of("matvec 1x1024x4096", Ops.MatMul, [1, 1024], [1024, 4096], bytes: 4.0 * 1024 * 4096);
        yield return Of("bmm 32x64x64", Ops.MatMul, [32, 64, 64], [32, 64, 64], flops: 2.0 * 32 * 64 * 64 * 64);
        yield return Of("conv 16x32x28x28 to 64, 3x3", (x, w) => Ops.Conv(x, w, padding: [1, 1]), [16, 32, 28, 28], [64, 32, 3, 3],
            flops: 2.0 * 16 * 28 * 28 * 32 * 64 * 9);
    }

    private static IEnumerable<Workload> Kernels()
    {
        const double Million = 1 << 20;
        yield return Of("ten-op chain 1M", (x, y) => Ops.Tanh(((x + y) * x - y) * 0.5f + Ops.Abs(x) - Ops.Relu(y) * 0.1f) + 1f, [1 << 20], [1 << 20],
            bytes: 12 * Million);
        yield return Of("silu 1M", (x, _) => Ops.Silu(x), [1 << 20], [1], bytes: 8 * Million);
        yield return Of("exp 1M", (x, _) => Ops.Exp(x), [1 << 20], [1], bytes: 8 * Million);
        Tensor bias = Numbers(1024);
        yield return Of("bias gelu 512x1024", (x, _) => Ops.Gelu(x + bias), [512, 1024], [1], bytes: 4 * Million);
        yield return Of("softmax 1024x1024", (x, _) => Ops.Softmax(x), [1024, 1024], [1], bytes: 8 * Million);
        yield return Of("transpose add 1024x1024", (x, _) => Ops.Transpose(x, 1, 0) + 1f, [1024, 1024], [1], bytes: 8 * Million);
        yield return Of("sum columns 1024x1024", (x, _) => Ops.Sum(x, [0]), [1024, 1024], [1], bytes: 4 * Million);
        var norm = new LayerNorm(1024);
        yield return Of("layer norm 1024x1024", (x, _) => norm.Call(x), [1024, 1024], [1], bytes: 8 * Million);
        yield return Of("attention 2x8x512x64", (q, k) => Ops.MatMul(Ops.Softmax(Ops.MatMul(q, Ops.Transpose(k, 0, 1, 3, 2)) * 0.125f), q), [2, 8, 512, 64],
            [2, 8, 512, 64], flops: 4.0 * 2 * 8 * 512 * 512 * 64);
        yield return new("newton 10k", () =>
        {
            Tensor x = Ops.Abs(Numbers(10_000)) + 0.5f;
            return () => Loops.Newton(x);
        });
        yield return new("mandelbrot 512x512", () =>
        {
            Tensor re = Ops.BroadcastTo(Ops.Linspace(-2f, 1f, 512), new Shape(512, 512)) + 0f;
            Tensor im = Ops.BroadcastTo(Ops.Reshape(Ops.Linspace(-1.5f, 1.5f, 512), 512, 1), new Shape(512, 512)) + 0f;
            return () => Loops.Mandelbrot(re, im);
        });
        yield return new("adam 100x1000", () =>
        {
            Variable[] variables = [.. Enumerable.Range(0, 100).Select(_ => new Variable(Numbers(1000)))];
            var updates = new Updates(new Adam(), variables, [.. variables.Select(_ => Numbers(1000))]);
            return () => updates.Run();
        }, Bytes: 100 * 1000 * 4 * 7.0);
    }

    private static IEnumerable<Workload> Models()
    {
        yield return Train("mlp train b64", Mlp, new Adam(), [64, 784], flops: 6.0 * 64 * MlpWeights);
        yield return Train("mlp train b1", Mlp, new Adam(), [1, 784], bytes: 4.0 * 7 * MlpWeights);
        yield return Infer("mlp infer b64", Mlp, [64, 784], flops: 2.0 * 64 * MlpWeights);
        yield return Infer("mlp infer b1", Mlp, [1, 784], bytes: 4.0 * MlpWeights);
        yield return Train("cnn train b64", Cnn, new Sgd(0.01), [64, 1, 28, 28], flops: 3 * CnnFlops);
        yield return Infer("cnn infer b64", Cnn, [64, 1, 28, 28], flops: CnnFlops);
        yield return Infer("lstm infer 50x32", () => new Lstm(128, 128, returnSequences: true), [32, 50, 128], flops: LstmFlops);
        yield return Train("lstm train 50x32", () => new Lstm(128, 128), new Sgd(0.01), [32, 50, 128], flops: 3 * LstmFlops, classes: 128);
        foreach ((string name, int batch, int length) in new[] { ("transformer", 16, 64), ("transformer 1024", 4, 1024) })
        {
            double flops = 2.0 * batch * length * (256 * 256 * 4 + 256 * 1024 * 2 + length * 256 * 2);
            yield return Infer($"{name} infer", Encoder, [batch, length, 256], flops);
            yield return new($"{name} train", () =>
            {
                var step = new Training(Encoder(), new Sgd(0.01), Loss.MeanSquaredError);
                Tensor x = Numbers(batch, length, 256), y = Numbers(batch, length, 256);
                return () => step.Run(x, y);
            }, 3 * flops);
        }
    }

    private const double MlpWeights = 784 * 256 + 256 * 128 + 128 * 10;
    private const double CnnFlops = 2.0 * 64 * (24 * 24 * 25 * 16 + 8 * 8 * 25 * 16 * 32 + 512 * 10);
    private const double LstmFlops = 2.0 * 32 * 50 * (128 + 128) * 512;

    private static Sequential Mlp() => new(new Dense(784, 256, x => Ops.Relu(x)), new Dense(256, 128, x => Ops.Relu(x)), new Dense(128, 10));

    private static Sequential Cnn() => new(
        new Conv2D(1, 16, 5, activation: x => Ops.Relu(x)), new MaxPool2D(2),
        new Conv2D(16, 32, 5, activation: x => Ops.Relu(x)), new MaxPool2D(2), new Flatten(), new Dense(512, 10));

    private static TransformerEncoderBlock Encoder() => new(256, 4, 1024, dropout: 0);

    private static Workload Of(
        string name, Func<Tensor, Tensor, Tensor> function, long[] first, long[] second, double flops = 0, double bytes = 0) => new(name, () =>
    {
        var work = new Work(function);
        Tensor a = Numbers(first), b = Numbers(second);
        return () => work.Run(a, b);
    }, flops, bytes, () => GraphFunction.Of(new Work(function).Run).GetConcreteFunction(Numbers(first), Numbers(second)));

    private static Workload Infer(string name, Func<Module> model, long[] shape, double flops = 0, double bytes = 0) => new(name, () =>
    {
        var inference = new Inference(model());
        Tensor x = Numbers(shape);
        return () => inference.Run(x);
    }, flops, bytes, () => GraphFunction.Of(new Inference(model()).Run).GetConcreteFunction(Numbers(shape)));

    private static Workload Train(
        string name, Func<Module> model, Optimizer optimizer, long[] shape, double flops = 0, double bytes = 0, int classes = 10) => new(name, () =>
    {
        var step = new Training(model(), optimizer, Loss.SparseSoftmaxCrossEntropy);
        Tensor x = Numbers(shape), y = Tensor.From([.. Enumerable.Range(0, (int)shape[0]).Select(i => i % classes)], shape[0]);
        return () => step.Run(x, y);
    }, flops, bytes);

    private static Tensor Numbers(params long[] shape)
    {
        float[] numbers = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = (s_random.NextSingle() - 0.5f) * 0.2f;
        return Tensor.From(numbers, shape);
    }
}
