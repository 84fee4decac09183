using System.Diagnostics;
using Digits;
using Samples;
using TensorGraph;

namespace TorchSharpTraining;

using TorchSharp;
using static TorchSharp.torch.nn;

/// <summary>Trains one model twice from the same start on the same batches: by TorchSharp, op by op, and as a graph.</summary>
public sealed class Comparison
{
    // Steps before the clock counts: what is compiled at first use has been by then.
    private const int WarmUp = 30;

    private readonly torch.Tensor _images;
    private readonly torch.Tensor _labels;
    private readonly torch.Tensor _testImages;
    private readonly torch.Tensor _testLabels;
    private readonly int _batch;
    private readonly int _seed;
    private readonly (Module<torch.Tensor, torch.Tensor> Model, Trainer Trainer) _eager;
    private readonly (Module<torch.Tensor, torch.Tensor> Model, Trainer Trainer) _traced;

    public Comparison(Examples train, Examples test, string model, int batch, int seed)
    {
        (_images, _labels) = (train.Images.ToTorch(), train.Labels.Cast(DType.I64).ToTorch());
        (_testImages, _testLabels) = (test.Images.ToTorch(), test.Labels.Cast(DType.I64).ToTorch());
        (_batch, _seed) = (batch, seed);
        (_eager, _traced) = (Make(model), Make(model));
    }

    /// <summary>Trains for some steps; <paramref name="onStep"/> is called after each.</summary>
    public TrainingResult Run(int steps, Action<double>? onStep = null)
    {
        List<(double, double)> eager = [], traced = [];
        torch.Tensor order = torch.randperm(_images.shape[0]);
        for (int step = 0; step < steps; step++)
        {
            using var scope = torch.NewDisposeScope();
            long start = step * _batch % (_images.shape[0] - _batch);
            torch.Tensor rows = order.narrow(0, start, _batch), x = _images.index_select(0, rows), y = _labels.index_select(0, rows);
            // Who goes first finds colder caches, so they take turns.
            if (step % 2 == 0) traced.Add(Step(_traced.Trainer, x, y, imperatively: false));
            eager.Add(Step(_eager.Trainer, x, y, imperatively: true));
            if (step % 2 == 1) traced.Add(Step(_traced.Trainer, x, y, imperatively: false));
            onStep?.Invoke(traced[^1].Item1);
        }

        var function = GraphFunction.Of(_traced.Trainer.Step);
        return new(
            TrainingRun.Of(eager, Accuracy(_eager, imperatively: true), WarmUp), TrainingRun.Of(traced, Accuracy(_traced, imperatively: false),
                WarmUp),
            function.TraceCount, function.ConcreteFunctions[0].NodeCount);
    }

    private static (double Loss, double Ms) Step(Trainer trainer, torch.Tensor x, torch.Tensor y, bool imperatively)
    {
        using var options = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        long start = Stopwatch.GetTimestamp();
        double loss = trainer.Step(x, y).item<float>();
        return (loss, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private double Accuracy((Module<torch.Tensor, torch.Tensor> Model, Trainer Trainer) made, bool imperatively)
    {
        using var options = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        made.Model.eval();
        return made.Trainer.Accuracy(_testImages, _testLabels).item<float>();
    }

    private (Module<torch.Tensor, torch.Tensor> Model, Trainer Trainer) Make(string name)
    {
        torch.manual_seed(_seed);
        Module<torch.Tensor, torch.Tensor> model = name == "mlp" ? new Mlp() : new Cnn();
        return (model, new Trainer(model, torch.optim.Adam(model.parameters(), 1e-3)));
    }
}
