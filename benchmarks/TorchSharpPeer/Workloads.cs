using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TensorGraph.Benchmarks;

/// <summary>The workloads of <c>bench compare</c> in TorchSharp, eager, as its users write them.</summary>
internal static class Workloads
{
    private const int Million = 1 << 20;

    /// <summary>Makes the step of a workload; null for one that is not here.</summary>
    public static Action? Make(string name) => name.Split(' ') switch
    {
        ["matmul", var n] when int.TryParse(n, out int size) => Of((a, b) => a.matmul(b), [size, size], [size, size]),
        _ => name switch
        {
            "matmul 64x784x256" => Of((a, b) => a.matmul(b), [64, 784], [784, 256]),
            "matmul 64x784x256 bias relu" => With(256, bias => Of((a, b) => addmm(bias, a, b, 1, 1).relu_(), [64, 784], [784, 256])),
            "matvec 1x1024x4096" => Of((a, b) => a.matmul(b), [1, 1024], [1024, 4096]),
            "bmm 32x64x64" => Of((a, b) => a.bmm(b), [32, 64, 64], [32, 64, 64]),
            "conv 16x32x28x28 to 64, 3x3" => Of((x, w) => functional.conv2d(x, w, padding: [1, 1]), [16, 32, 28, 28], [64, 32, 3, 3]),
            "ten-op chain 1M" => Of((x, y) => (((x + y) * x - y) * 0.5f + x.abs() - y.relu() * 0.1f).tanh() + 1f, [Million], [Million]),
            "silu 1M" => Of((x, _) => functional.silu(x), [Million], [1]),
            "exp 1M" => Of((x, _) => x.exp(), [Million], [1]),
            "bias gelu 512x1024" => With(1024, bias => Of((x, _) => functional.gelu(x + bias), [512, 1024], [1])),
            "softmax 1024x1024" => Of((x, _) => x.softmax(-1), [1024, 1024], [1]),
            "transpose add 1024x1024" => Of((x, _) => (x.t() + 1f).contiguous(), [1024, 1024], [1]),
            "sum columns 1024x1024" => Of((x, _) => x.sum(0), [1024, 1024], [1]),
            "layer norm 1024x1024" => Infer(() => LayerNorm(1024), [1024, 1024]),
            "attention 2x8x512x64" => Of((q, k) => functional.scaled_dot_product_attention(q, k, q), [2, 8, 512, 64], [2, 8, 512, 64]),
            "newton 10k" => Newton(),
            "mandelbrot 512x512" => Mandelbrot(),
            "adam 100x1000" => Adam(),
            "mlp train b64" => Train(Mlp, p => optim.Adam(p), [64, 784]),
            "mlp train b1" => Train(Mlp, p => optim.Adam(p), [1, 784]),
            "mlp infer b64" => Infer(Mlp, [64, 784]),
            "mlp infer b1" => Infer(Mlp, [1, 784]),
            "cnn train b64" => Train(Cnn, p => optim.SGD(p, 0.01), [64, 1, 28, 28]),
            "cnn infer b64" => Infer(Cnn, [64, 1, 28, 28]),
            "lstm infer 50x32" => Lstm(isTraining: false),
            "lstm train 50x32" => Lstm(isTraining: true),
            "transformer infer" => Encoder(isTraining: false, 16, 64),
            "transformer train" => Encoder(isTraining: true, 16, 64),
            "transformer 1024 infer" => Encoder(isTraining: false, 4, 1024),
            "transformer 1024 train" => Encoder(isTraining: true, 4, 1024),
            _ => null,
        },
    };

    private static Module<Tensor, Tensor> Mlp() => Sequential(Linear(784, 256), ReLU(), Linear(256, 128), ReLU(), Linear(128, 10));

    private static Module<Tensor, Tensor> Cnn() => Sequential(
        Conv2d(1, 16, 5), ReLU(), MaxPool2d(2), Conv2d(16, 32, 5), ReLU(), MaxPool2d(2), Flatten(), Linear(512, 10));

    private static Tensor Numbers(params long[] shape) => (rand(shape) - 0.5f) * 0.2f;

    private static Action With(long size, Func<Tensor, Action> make) => make(Numbers(size));

    // Without the bookkeeping of gradients, as inference runs.
    private static Action Of(Func<Tensor, Tensor, Tensor> function, long[] first, long[] second)
    {
        Tensor a = Numbers(first), b = Numbers(second);
        return Scoped(() =>
        {
            using (no_grad()) function(a, b);
        });
    }

    private static Action Infer(Func<Module<Tensor, Tensor>> make, long[] shape)
    {
        Module<Tensor, Tensor> model = make();
        model.eval();
        Tensor x = Numbers(shape);
        return Scoped(() =>
        {
            using (no_grad()) model.call(x);
        });
    }

    private static Action Train(
        Func<Module<Tensor, Tensor>> make, Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer> optimizerOf, long[] shape)
    {
        Module<Tensor, Tensor> model = make();
        optim.Optimizer optimizer = optimizerOf(model.parameters());
        Tensor x = Numbers(shape), labels = arange(shape[0], int64).remainder(10);
        return Step(optimizer, () => functional.cross_entropy(model.call(x), labels));
    }

    private static Action Step(optim.Optimizer optimizer, Func<Tensor> loss) => Scoped(() =>
    {
        optimizer.zero_grad();
        loss().backward();
        optimizer.step();
    });

    private static Action Lstm(bool isTraining)
    {
        TorchSharp.Modules.LSTM model = LSTM(128, 128, batchFirst: true);
        Tensor x = Numbers(32, 50, 128), labels = arange(32, int64);
        if (isTraining)
            return Step(optim.SGD(model.parameters(), 0.01), () => functional.cross_entropy(model.call(x).Item1.select(1, 49), labels));
        return Scoped(() =>
        {
            using (no_grad()) model.call(x);
        });
    }

    private static Action Encoder(bool isTraining, long batch, long length)
    {
        TorchSharp.Modules.TransformerEncoderLayer model = TransformerEncoderLayer(256, 4, dim_feedforward: 1024, dropout: 0);
        Tensor x = Numbers(length, batch, 256), y = Numbers(length, batch, 256);
        if (isTraining) return Step(optim.SGD(model.parameters(), 0.01), () => functional.mse_loss(model.call(x, null!, null!), y));
        model.eval();
        return Scoped(() =>
        {
            using (no_grad()) model.call(x, null!, null!);
        });
    }

    private static Action Adam()
    {
        TorchSharp.Modules.Parameter[] parameters = [.. Enumerable.Range(0, 100).Select(_ => new TorchSharp.Modules.Parameter(Numbers(1000)))];
        foreach (TorchSharp.Modules.Parameter parameter in parameters) parameter.grad = Numbers(1000);
        optim.Optimizer optimizer = optim.Adam(parameters);
        return Scoped(() => optimizer.step());
    }

    private static Action Newton()
    {
        Tensor x = Numbers(10_000).abs() + 0.5f;
        return Scoped(() =>
        {
            using IDisposable none = no_grad();
            Tensor root = x, before = x + 1f;
            while ((root - before).abs().max().item<float>() > 1e-6f)
            {
                before = root;
                root = (root + x / root) * 0.5f;
            }
        });
    }

    private static Action Mandelbrot()
    {
        Tensor re = linspace(-2, 1, 512).expand(512, 512).contiguous(), im = linspace(-1.5, 1.5, 512).reshape(512, 1).expand(512, 512).contiguous();
        return Scoped(() =>
        {
            using IDisposable none = no_grad();
            Tensor x = zeros_like(re), y = zeros_like(im), count = zeros_like(re);
            for (int i = 0; i < 50; i++)
            {
                using DisposeScope inner = NewDisposeScope();
                Tensor x2 = x * x, y2 = y * y, isInside = (x2 + y2).lt(4f);
                Tensor next = x2 - y2 + re;
                Tensor newY = where(isInside, 2f * x * y + im, y), newX = where(isInside, next, x);
                Tensor newCount = count + isInside.to(float32);
                (x, y, count) = (newX.MoveToOuterDisposeScope(), newY.MoveToOuterDisposeScope(), newCount.MoveToOuterDisposeScope());
            }
        });
    }

    private static Action Scoped(Action step) => () =>
    {
        using DisposeScope scope = NewDisposeScope();
        step();
    };
}
