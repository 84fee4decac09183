using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <content>
/// The steps, which are graph functions. What the generator writes for a method that is marked [GraphFunction] is written out here, since this
/// library is built without it.
/// </content>
public sealed partial class Trainer
{
    /// <summary>The graph function behind <see cref="TrainStep"/>.</summary>
    internal static readonly GraphFunction<Tensor> TrainFunction = Function(nameof(TrainStep), static (trainer, x, y) => trainer.TrainOn(x, y));

    /// <summary>The graph function behind <see cref="EvaluateStep"/>.</summary>
    internal static readonly GraphFunction<Tensor> EvaluateFunction =
        Function(nameof(EvaluateStep), static (trainer, x, y) => trainer.EvaluateOn(x, y));

    /// <summary>The graph function behind <see cref="PredictStep"/>.</summary>
    internal static readonly GraphFunction<Tensor> PredictFunction = new(new GraphFunctionInfo<Tensor>
    {
        Name = $"{nameof(Trainer)}.{nameof(PredictStep)}",
        Parameters = [ParameterLeaves.Tensor("inputs")],
        Trace = static call => ((Trainer)call.Target!).Model.Call(call.NextTensor()),
        Flatten = static (result, leaves) => leaves.Add(result),
        Restore = static leaves => leaves.NextTensor(),
    });

    /// <summary>
    /// One step on a batch: loss, gradients, optimiser, metrics. A graph function with one graph for all batch sizes. Errors: TG1002 null; those of
    /// the model, the loss and the optimiser.
    /// </summary>
    /// <param name="inputs">What the model is called with.</param>
    /// <param name="targets">What the loss compares with.</param>
    /// <returns>The loss before the step.</returns>
    [GraphEntry(nameof(TrainStep), Function = nameof(TrainFunction))]
    public Tensor TrainStep(Tensor inputs, Tensor targets) => GraphFunctions.RunImperatively
        ? TrainOn(Check.NotNull(inputs), Check.NotNull(targets))
        : Called(TrainFunction, inputs, targets);

    /// <summary>Loss and metrics of a batch, without training. A graph function. Errors: as <see cref="TrainStep"/>.</summary>
    /// <param name="inputs">What the model is called with.</param>
    /// <param name="targets">What the loss compares with.</param>
    /// <returns>The loss.</returns>
    [GraphEntry(nameof(EvaluateStep), Function = nameof(EvaluateFunction))]
    public Tensor EvaluateStep(Tensor inputs, Tensor targets) => GraphFunctions.RunImperatively
        ? EvaluateOn(Check.NotNull(inputs), Check.NotNull(targets))
        : Called(EvaluateFunction, inputs, targets);

    /// <summary>The output of the model, without training. A graph function. Errors: TG1002 null; those of the model.</summary>
    /// <param name="inputs">What the model is called with.</param>
    [GraphEntry(nameof(PredictStep), Function = nameof(PredictFunction))]
    public Tensor PredictStep(Tensor inputs)
    {
        Check.NotNull(inputs);
        if (GraphFunctions.RunImperatively)
            return Model.Call(inputs);
        var call = PredictFunction.Begin(this);
        call.Add(inputs);
        return call.Run<Tensor>();
    }

    private static GraphFunction<Tensor> Function(
        string name, Func<Trainer, Tensor, Tensor, Tensor> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => new(
        new GraphFunctionInfo<Tensor>
        {
            Name = $"{nameof(Trainer)}.{name}",
            Parameters = [ParameterLeaves.Tensor("inputs"), ParameterLeaves.Tensor("targets")],
            SourceFile = file,
            SourceLine = line,
            Trace = call => body((Trainer)call.Target!, call.NextTensor(), call.NextTensor()),
            Flatten = static (result, leaves) => leaves.Add(result),
            Restore = static leaves => leaves.NextTensor(),
        });

    private Tensor Called(GraphFunction<Tensor> function, Tensor inputs, Tensor targets)
    {
        Check.NotNull(inputs);
        Check.NotNull(targets);
        var call = function.Begin(this);
        call.Add(inputs);
        call.Add(targets);
        return call.Run<Tensor>();
    }

    private Tensor TrainOn(Tensor inputs, Tensor targets)
    {
        using var tape = new GradientTape();
        Tensor outputs = Model.Call(inputs, training: true);
        Tensor loss = LossOf(outputs, targets);
        var variables = Model.TrainableVariables;
        Optimizer.Apply(tape.Gradient(loss, variables), variables);
        Record(outputs, targets, loss);
        return loss;
    }

    private Tensor EvaluateOn(Tensor inputs, Tensor targets)
    {
        Tensor outputs = Model.Call(inputs);
        Tensor loss = LossOf(outputs, targets);
        Record(outputs, targets, loss);
        return loss;
    }

    private Tensor LossOf(Tensor outputs, Tensor targets)
    {
        Tensor loss = Check.NotNull(_loss(outputs, targets), "what the loss gives");
        if (loss.Rank != 0)
            Throw.Rank("fit", $"the loss gives {loss.Type}", "It must give one number: take the mean.");
        return loss;
    }

    // A batch counts as much as it has examples.
    private void Record(Tensor outputs, Tensor targets, Tensor loss)
    {
        _meanLoss.Update(Ops.StopGradient(loss), outputs.Rank == 0 ? 1.0 : Ops.Size(outputs).Cast(DType.F64));
        foreach (var metric in Metrics)
            metric.Update(Ops.StopGradient(outputs), targets);
    }
}
