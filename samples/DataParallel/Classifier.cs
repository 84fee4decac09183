using System.Diagnostics;
using TensorGraph;

namespace DataParallel;

/// <summary>The network pixels-64-10 as a model function. All processes start with the weights of the chief.</summary>
internal sealed class Classifier(int pixels)
{
    private readonly Module _network = new Sequential(
        new Dense(pixels, 64, Ops.Relu, initializer: Initializers.HeUniform, random: new RandomGenerator(1)),
        new Dense(64, 10, random: new RandomGenerator(2)));

    private readonly Adam _adam = new(0.002);
    private readonly Accuracy _accuracy = new();

    public EstimatorSpec Describe(Tensor images, Tensor labels, EstimatorMode mode, object? parameters)
    {
        Tensor scores = _network.Call(images);
        if (mode == EstimatorMode.Predict)
            return new(mode, predictions: Ops.Softmax(scores));
        _accuracy.Update(scores, labels);
        Tensor loss = Loss.SparseSoftmaxCrossEntropy(scores, labels);
        return new(mode, loss, TrainOp.Minimize(_adam, loss), new Dictionary<string, Metric> { ["accuracy"] = _accuracy });
    }
}

/// <summary>Notes the loss of each step, which is the mean over all processes; and ends this process, as a machine that fails does.</summary>
internal sealed class Losses(List<double> losses, int? kill) : EstimatorHook
{
    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        losses.Add(context.Loss!.Value);
        if (context.GlobalStep == kill)
            Process.GetCurrentProcess().Kill();
    }
}
