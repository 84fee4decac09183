namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Modules of TorchSharp, behind their common type, give what TorchSharp gives, in both modes.</summary>
public sealed partial class ModuleTests
{
    public static TheoryData<string> Names() => [.. All().Keys];

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void A_module_gives_what_TorchSharp_gives(string name)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(5);
        (Module<torch.Tensor, torch.Tensor> module, torch.Tensor x) = All()[name]();
        var runner = new Runner(module);
        foreach (bool training in new[] { true, false })
        {
            module.train(training);
            Same.AsEager(() => runner.Run(x), 1e-4);
        }
        foreach (torch.Tensor buffer in module.buffers()) Assert.False(buffer.isnan().any().item<bool>());
    }

    [TorchFact]
    public void Recurrent_modules_and_attention_give_what_TorchSharp_gives()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(5);
        torch.Tensor x = torch.randn(5, 3, 8);
        foreach (bool batchFirst in new[] { false, true })
        {
            var recurrent = new Recurrent(LSTM(8, 6, 2, batchFirst: batchFirst, bidirectional: true), GRU(8, 6, batchFirst: batchFirst));
            Same.AsEager(() => recurrent.Lstm(x), 1e-4);
            Same.AsEager(() => recurrent.Gru(x), 1e-4);
        }
        var attention = new Attention(MultiheadAttention(8, 4));
        Same.AsEager(() => attention.Attend(x), 1e-4);
        var layer = TransformerEncoderLayer(8, 2, 16, 0.0, Activations.GELU);
        var runner = new Runner(layer);
        Same.AsEager(() => runner.Run(x), 1e-4);
    }

    [TorchFact]
    public void Gradients_reach_every_parameter()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(5);
        torch.Tensor x = torch.randn(5, 3, 8);
        var lstm = LSTM(8, 6);
        foreach (Module module in new Module[] { lstm, Sequential(Linear(8, 4), LayerNorm(4), Linear(4, 2)) })
        {
            var gradients = new Gradients(module);
            module.zero_grad();
            using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) gradients.Run(x);
            torch.Tensor[] expected = [.. module.parameters().Select(p => p.grad!.clone())];
            foreach (Parameter p in module.parameters()) p.grad = null;
            gradients.Run(x);
            foreach (var (e, p) in expected.Zip(module.parameters())) Same.Close(e, p.grad!, 1e-4);
            // They are added to what is there.
            gradients.Run(x);
            foreach (var (e, p) in expected.Zip(module.parameters())) Same.Close(e * 2, p.grad!, 1e-4);
        }
    }

    [TorchFact]
    public void Dropout_keeps_the_mean_and_rests_in_evaluation()
    {
        using var scope = torch.NewDisposeScope();
        Module<torch.Tensor, torch.Tensor> module = Dropout(0.25);
        var runner = new Runner(module);
        torch.Tensor x = torch.ones(100, 100), dropped = runner.Run(x);
        Assert.InRange(dropped.mean().item<float>(), 0.95, 1.05);
        Assert.InRange((dropped == 0).sum().item<long>(), 2200, 2800);
        Assert.False(dropped.equal(runner.Run(x)).all().item<bool>());
        module.eval();
        Assert.True(runner.Run(x).equal(x).all().item<bool>());
    }

    private static Dictionary<string, Func<(Module<torch.Tensor, torch.Tensor> Module, torch.Tensor Input)>> All() => new(StringComparer.Ordinal)
    {
        ["Linear"] = () => (Linear(8, 3), torch.randn(4, 8)),
        ["Linear without bias"] = () => (Linear(8, 3, hasBias: false), torch.randn(2, 4, 8)),
        ["Conv1d"] = () => (Conv1d(3, 4, 3, stride: 2, padding: 1), torch.randn(2, 3, 9)),
        ["Conv2d"] = () => (Conv2d(4, 6, 3, stride: 2, padding: 1, dilation: 1, groups: 2), torch.randn(2, 4, 9, 9)),
        ["Conv2d same"] = () => (Conv2d(3, 4, 4, padding: Padding.Same), torch.randn(2, 3, 7, 7)),
        ["ConvTranspose2d"] = () => (ConvTranspose2d(4, 6, 3, stride: 2, padding: 1, output_padding: 1, groups: 2), torch.randn(2, 4, 5, 5)),
        ["ConvTranspose2d cut"] = () => (ConvTranspose2d(2, 3, 2, stride: 2), torch.randn(2, 2, 4, 4)),
        ["BatchNorm1d"] = () => (BatchNorm1d(5), torch.randn(8, 5)),
        ["BatchNorm1d of sequences"] = () => (BatchNorm1d(5, momentum: 0.3), torch.randn(4, 5, 6)),
        ["BatchNorm2d"] = () => (BatchNorm2d(3), torch.randn(4, 3, 5, 5)),
        ["BatchNorm2d without statistics"] = () => (BatchNorm2d(3, track_running_stats: false), torch.randn(4, 3, 5, 5)),
        ["LayerNorm"] = () => (LayerNorm([4, 5]), torch.randn(3, 4, 5)),
        ["GroupNorm"] = () => (GroupNorm(2, 6), torch.randn(3, 6, 4, 4)),
        ["Embedding"] = () => (Embedding(10, 4), torch.tensor(new long[] { 1, 7, 1 })),
        ["MaxPool1d"] = () => (MaxPool1d(3, 2, 1), torch.randn(2, 3, 9)),
        ["MaxPool2d"] = () => (MaxPool2d(3, 2, 1), torch.randn(2, 3, 9, 9)),
        ["AvgPool2d"] = () => (AvgPool2d(3, 2, 1), torch.randn(2, 3, 9, 9)),
        ["AvgPool2d without padding"] = () => (AvgPool2d(3, 2, 1, count_include_pad: false), torch.randn(2, 3, 9, 9)),
        ["MaxPool1d of all elements"] = () => (MaxPool1d(3, 2, 1, ceil_mode: true), torch.randn(2, 3, 10)),
        ["MaxPool2d of all elements"] = () => (MaxPool2d(3, 2, 1, ceil_mode: true), torch.randn(2, 3, 10, 9)),
        ["MaxPool2d without a window in the padding"] = () => (MaxPool2d(2, 2, 1, ceil_mode: true), torch.randn(2, 3, 5, 4)),
        ["MaxPool2d with steps"] = () => (MaxPool2d(3, 3, 0, 2, ceil_mode: true), torch.randn(2, 3, 9, 10)),
        ["AvgPool1d of all elements"] = () => (AvgPool1d(3, 2, 1, ceil_mode: true), torch.randn(2, 3, 10)),
        ["AvgPool2d of all elements"] = () => (AvgPool2d(3, 2, 1, ceil_mode: true), torch.randn(2, 3, 10, 8)),
        ["AvgPool2d of all elements, without padding"] = () => (AvgPool2d(3, 2, 1, ceil_mode: true, count_include_pad: false), torch.randn(2, 3, 10, 8)),
        ["AvgPool2d of all elements by a number"] = () => (AvgPool2d(3, 2, 1, ceil_mode: true, divisor_override: 5), torch.randn(2, 3, 10, 8)),
        ["AdaptiveAvgPool2d"] = () => (AdaptiveAvgPool2d([3, 4]), torch.randn(2, 3, 7, 9)),
        ["Sequential"] = () => (Sequential(Linear(8, 6), ReLU(inplace: true), Sequential(Linear(6, 4), Tanh()), Softmax(1)), torch.randn(4, 8)),
        ["Activations"] = () => (Sequential(ELU(0.5), SELU(), SiLU(), Sigmoid(), Softplus(2), Softsign(), LogSigmoid()), torch.randn(4, 8)),
        ["More activations"] = () => (Sequential(LeakyReLU(0.1), Hardswish(), ReLU6(), GELU(TorchSharp.Modules.GELU.Approximate.tanh), LogSoftmax(1), Hardsigmoid(), Identity()), torch.randn(4, 8)),
        ["Unflatten"] = () => (Sequential(Flatten(), Unflatten(1, [2, -1])), torch.randn(4, 8)),
        ["A module of the program in a Sequential"] = () => (Sequential(Linear(8, 8), new Residual(), ReLU()), torch.randn(4, 8)),
    };

    internal sealed partial class Residual : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Linear inner = Linear(8, 8);
        private readonly Parameter scale = Parameter(torch.ones(8) * 0.5f);

        public Residual()
            : base("residual") => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor x)
        {
            if (training)
                x = x * 2;
            if (x.sum().item<float>() > 0)
                x = x - 1;
            return x + inner.call(x) * scale;
        }
    }

    internal sealed partial class Runner(Module<torch.Tensor, torch.Tensor> module)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => module.call(x);
    }

    internal sealed partial class Recurrent(LSTM lstm, GRU gru)
    {
        [GraphFunction]
        public (torch.Tensor, torch.Tensor, torch.Tensor) Lstm(torch.Tensor x)
        {
            var (output, h, c) = lstm.call(x);
            var (again, h2, c2) = lstm.call(x, (h, c));
            return (output + again, h2, c2);
        }

        [GraphFunction]
        public (torch.Tensor, torch.Tensor) Gru(torch.Tensor x) => gru.call(x);
    }

    internal sealed partial class Attention(MultiheadAttention attention)
    {
        [GraphFunction]
        public (torch.Tensor, torch.Tensor) Attend(torch.Tensor x)
        {
            var found = attention.call(x, x, x);
            return (found.Item1, found.Item2);
        }
    }

    internal sealed partial class Gradients(Module module)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x)
        {
            torch.Tensor y = module is LSTM lstm ? lstm.call(x).Item1 : ((Sequential)module).call(x);
            torch.Tensor loss = y.pow(2).mean();
            loss.backward();
            return loss;
        }
    }
}
