namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Modules over sequences train as with TorchSharp.</summary>
public sealed partial class SequenceTests
{
    public static TheoryData<string> Names() => ["LSTM", "GRU", "attention", "encoder", "embedding"];

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void A_sequence_model_trains_as_with_TorchSharp(string name) => Twins.Train(
        () => new Trainer(new Net(name)), t => t.Model, (trainer, _) => trainer.Step(
            name == "embedding" ? torch.randint(10, [3, 6], dtype: torch.int64) : torch.randn(3, 6, 8), torch.randint(4, [3], dtype: torch.int64)),
        steps: 4, tolerance: 5e-4);

    internal sealed partial class Net : Module<torch.Tensor, torch.Tensor>
    {
        private readonly string _name;
        private readonly LSTM? lstm;
        private readonly GRU? gru;
        private readonly MultiheadAttention? attention;
        private readonly TransformerEncoderLayer? encoder;
        private readonly Embedding? embedding;
        private readonly Linear output = Linear(8, 4);

        public Net(string name)
            : base("net")
        {
            _name = name;
            if (name == "LSTM") lstm = LSTM(8, 8, 2, batchFirst: true);
            if (name == "GRU") gru = GRU(8, 8, batchFirst: true);
            if (name == "attention") attention = MultiheadAttention(8, 2);
            if (name == "encoder") encoder = TransformerEncoderLayer(8, 2, 16, 0.0);
            if (name == "embedding") embedding = Embedding(10, 8);
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor x)
        {
            torch.Tensor h = x;
            if (_name == "LSTM")
                h = lstm!.call(x).Item1;
            else if (_name == "GRU")
                h = gru!.call(x).Item1;
            else if (_name == "attention")
                h = attention!.call(x, x, x).Item1;
            else if (_name == "encoder")
                h = encoder!.call(x, null, null);
            else
                h = embedding!.call(x);
            return output.call(h[.., ^1]);
        }
    }

    internal sealed partial class Trainer(Net model)
    {
        private readonly torch.optim.Optimizer _optimizer = torch.optim.SGD(model.parameters(), 0.1);

        public Net Model => model;

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = functional.cross_entropy(model.call(x), y);
            loss.backward();
            _optimizer.step();
            return loss;
        }
    }
}
