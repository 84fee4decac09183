namespace TensorGraph.Staleness;

/// <summary>Computes gradients on weights that it is given: the worker's part of training, in a simulation, in a grain or in a process.</summary>
public sealed partial class GradientWorker
{
    private readonly Module _model;
    private readonly Func<Tensor, Tensor, Tensor> _loss;

    /// <summary>Makes a worker. Errors: TG1002 null.</summary>
    /// <param name="model">Its variables are set anew for each gradient.</param>
    /// <param name="loss">Of outputs and targets: one number.</param>
    public GradientWorker(Module model, Func<Tensor, Tensor, Tensor> loss) => (_model, _loss) = (Throw.IfNull(model), Throw.IfNull(loss));

    /// <summary>The gradient of the loss of a batch. Errors: TG1002 null, TG2001 weights of another model; those of model and loss.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="inputs">Inputs of the batch.</param>
    /// <param name="targets">Targets of the batch.</param>
    public WorkerGradient Compute(ModelSnapshot weights, Tensor inputs, Tensor targets)
    {
        Throw.IfNull(weights).CopyTo(_model);
        Tensor[] results = Gradients(inputs, targets);
        return new(results[0].ToDouble(), results[1..], [.. ModelSnapshot.StateOf(_model).Select(variable => variable.Value)]);
    }

    /// <summary>Loss and share of right answers on a batch, without training. Errors: as <see cref="Compute"/>.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="inputs">Inputs of the batch.</param>
    /// <param name="targets">Targets of the batch.</param>
    public (double Loss, double Accuracy) Evaluate(ModelSnapshot weights, Tensor inputs, Tensor targets)
    {
        Throw.IfNull(weights).CopyTo(_model);
        Tensor[] results = Scores(inputs, targets);
        return (results[0].ToDouble(), results[1].ToDouble());
    }

    /// <summary>The loss, then the gradient of each trainable variable.</summary>
    [GraphFunction]
    internal Tensor[] Gradients(Tensor inputs, Tensor targets)
    {
        using var tape = new GradientTape();
        Tensor loss = _loss(_model.Call(inputs, training: true), targets);
        var variables = _model.TrainableVariables;
        var gradients = tape.Gradient(loss, variables);
        return [loss, .. variables.Select((variable, i) => gradients[i] ?? Ops.ZerosLike(variable))];
    }

    // Where targets are no labels there is no accuracy.
    [GraphFunction]
    internal Tensor[] Scores(Tensor inputs, Tensor targets)
    {
        Tensor outputs = _model.Call(inputs);
        bool hasLabels = targets.DType == DType.I32 && outputs.Rank == 2 && targets.Rank == 1;
        Tensor accuracy = hasLabels ? Ops.Equal(outputs.ArgMax(), targets).Cast(DType.F32).Mean() : 0f;
        return [_loss(outputs, targets), accuracy];
    }
}

/// <summary>A gradient as it goes to the server.</summary>
/// <param name="Loss">Loss of its batch, on the weights that the worker had.</param>
/// <param name="Gradients">One for each trainable variable.</param>
/// <param name="State">Values of the other variables after the batch.</param>
public sealed record WorkerGradient(double Loss, IReadOnlyList<Tensor> Gradients, IReadOnlyList<Tensor> State);
