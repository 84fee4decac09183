// A program as those of dotnet/TorchSharpExamples: positional encoding, attention over it, a schedule of rates, clipped gradients, dispose scopes.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpTraining;

public static partial class SequenceToSequence
{
    private const long Tokens = 20, Width = 32, Length = 12, Batch = 16;

    public static void Train(int steps)
    {
        manual_seed(1);
        using var model = new Reverser();
        var optimizer = torch.optim.AdamW(model.parameters(), 3e-3);
        var scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 50, 0.5);
        var trainer = new Trainer(model, optimizer);
        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            Tensor source = randint(Tokens, [Batch, Length], dtype: int64);
            Tensor loss = trainer.Step(source, source.flip(1));
            scheduler.step();
            if (step % 10 == 9)
                Console.WriteLine($"step {step + 1}: loss {loss.item<float>():F4}, rate {optimizer.ParamGroups.First().LearningRate:E1}");
        }
    }

    private sealed partial class Reverser : Module<Tensor, Tensor>
    {
        private readonly Embedding embedding = Embedding(Tokens, Width);
        private readonly Parameter positions = Parameter(randn(Length, Width) * 0.1);
        private readonly Linear query = Linear(Width, Width);
        private readonly Linear key = Linear(Width, Width);
        private readonly LayerNorm norm = LayerNorm(Width);
        private readonly Linear output = Linear(Width, Tokens);

        public Reverser()
            : base("reverser") => RegisterComponents();

        public override Tensor forward(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            Tensor x = embedding.call(tokens) + positions;
            Tensor scores = matmul(query.call(x), key.call(x).transpose(1, 2)) / Math.Sqrt(Width);
            Tensor mixed = matmul(scores.softmax(-1), x);
            return output.call(norm.call(x + mixed)).MoveToOuterDisposeScope();
        }
    }

    private sealed partial class Trainer(Reverser model, torch.optim.Optimizer optimizer)
    {
        private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

        [TensorGraph.GraphFunction]
        internal Tensor Step(Tensor source, Tensor target)
        {
            optimizer.zero_grad();
            Tensor logits = model.call(source);
            Tensor loss = criterion.call(logits.view(-1, Tokens), target.reshape(-1));
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
            return loss;
        }
    }
}
