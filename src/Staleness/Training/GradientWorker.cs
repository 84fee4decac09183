using System.Globalization;

namespace TensorGraph.Staleness;

/// <summary>
/// Computes gradients on weights that it is given: the worker's part of training, in a simulation, in a grain or in a process. Not for several
/// threads at once; several workers may compute at the same time.
/// </summary>
public sealed partial class GradientWorker
{
    private static readonly Lock s_defaultGenerator = new();

    private readonly Module _model;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly RandomGenerator[] _generators;
    private bool _mayUseDefault;

    /// <summary>Makes a worker. Errors: TG1002 null.</summary>
    /// <param name="model">Its variables are set anew for each gradient.</param>
    /// <param name="loss">Of outputs and targets: one number.</param>
    public GradientWorker(Module model, Func<Tensor, Tensor, Tensor> loss)
    {
        (_model, _loss) = (Throw.IfNull(model), Throw.IfNull(loss));
        RandomGenerator[] all = [.. model.Modules.Values.SelectMany(Members.GeneratorsOf).Select(entry => entry.Generator).Distinct()];
        _generators = [.. all.Where(generator => generator != RandomGenerator.Default)];
        // A function in the model may draw from the default generator without a field for it: the first gradient shows.
        _mayUseDefault = true;
    }

    /// <summary>
    /// The gradient of the loss of a batch. Random numbers of the model, as of <see cref="Dropout"/>, are those of the seed and of the gradient, whoever
    /// computes it and whatever was computed before; the default generator is left as it was, and nothing else should draw from it meanwhile.
    /// Errors: TG1002 null, TG2001 weights of another model; those of model and loss.
    /// </summary>
    /// <param name="weights">The weights.</param>
    /// <param name="inputs">Inputs of the batch.</param>
    /// <param name="targets">Targets of the batch.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="gradient">Number of the gradient in its run.</param>
    public WorkerGradient Compute(ModelSnapshot weights, Tensor inputs, Tensor targets, long seed, long gradient)
    {
        Throw.IfNull(weights).CopyTo(_model);
        var random = new SeededStream(seed, string.Create(CultureInfo.InvariantCulture, $"gradient {gradient}"));
        long ofDefault = (long)random.NextBits();
        foreach (var generator in _generators)
            generator.SetSeed((long)random.NextBits());
        Tensor[] results = _mayUseDefault ? WithDefault(ofDefault, () => Gradients(inputs, targets)) : Gradients(inputs, targets);
        return new(results[0].ToDouble(), results[1..], [.. ModelSnapshot.StateOf(_model).Select(variable => variable.Value)]);
    }

    // The default generator belongs to the process: other workers wait, and its user finds it as it was.
    private Tensor[] WithDefault(long seed, Func<Tensor[]> compute)
    {
        lock (s_defaultGenerator)
        {
            var state = RandomGenerator.Default.State;
            Tensor before = state.Value;
            try
            {
                RandomGenerator.Default.SetSeed(seed);
                Tensor[] results = compute();
                _mayUseDefault = state.Value[1].Cast(DType.F64).ToDouble() != 0;
                return results;
            }
            finally
            {
                state.Assign(before);
            }
        }
    }

    /// <summary>Loss and share of right answers on a batch, without training; NaN for the share where targets are no labels. Errors: as <see cref="Compute"/>.</summary>
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

    // A share of 0 would pass for an answer where targets are no labels.
    [GraphFunction]
    internal Tensor[] Scores(Tensor inputs, Tensor targets)
    {
        Tensor outputs = _model.Call(inputs);
        bool hasLabels = targets.DType.IsInteger() && outputs.Rank == 2 && targets.Rank == 1;
        Tensor accuracy = hasLabels ? Ops.Equal(outputs.ArgMax().Cast(DType.I64), targets.Cast(DType.I64)).Cast(DType.F32).Mean() : float.NaN;
        return [_loss(outputs, targets), accuracy];
    }
}

/// <summary>A gradient as it goes to the server.</summary>
/// <param name="Loss">Loss of its batch, on the weights that the worker had.</param>
/// <param name="Gradients">One for each trainable variable.</param>
/// <param name="State">Values of the other variables after the batch.</param>
public sealed record WorkerGradient(double Loss, IReadOnlyList<Tensor> Gradients, IReadOnlyList<Tensor> State);
