using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// Says whether a module trains: a C# <c>bool</c>, or a tensor of one bool. A bool is part of the signature, so a function has one graph for training
/// and one for evaluation. A tensor is an input: one graph does both, with the module in both branches of one <c>if</c>, and runs one of them.
/// Source: the argument <c>training</c> of Keras; PyTorch keeps the same as a mode of the module, <c>train()</c> and <c>eval()</c>.
/// </summary>
public readonly struct TrainingFlag
{
    private readonly Tensor? _tensor;
    private readonly bool _value;

    private TrainingFlag(bool value) => _value = value;

    private TrainingFlag(Tensor tensor) => _tensor = Check.NotNull(tensor);

    /// <summary>A flag that is known while tracing.</summary>
    public static implicit operator TrainingFlag(bool training) => new(training);

    /// <summary>A flag that the graph decides by. Errors: TG1002 null.</summary>
    public static implicit operator TrainingFlag(Tensor training) => new(training);

    /// <summary>
    /// The result of a function for the flag: called with it, or for a tensor with true and with false, in the branches of one <c>if</c>. For methods
    /// of modules with several inputs. Errors: TG1002 null; TG2001, TG2002 a tensor that is not one bool; TG3001 results of different types.
    /// </summary>
    /// <param name="function">Gets true while training.</param>
    public Tensor Choose(Func<bool, Tensor> function) => Choose(Check.NotNull(function), static (function, training) => function(training));

    /// <summary>The same, with what the function needs.</summary>
    internal Tensor Choose<T>(T state, Func<T, bool, Tensor> function) =>
        _tensor is null ? function(state, _value) : Choose(_tensor, state, function);

    // By itself, so that a call with a bool makes no closures.
    private static Tensor Choose<T>(Tensor tensor, T state, Func<T, bool, Tensor> function) =>
        GraphControl.Select(tensor, () => function(state, true), () => function(state, false));

    /// <summary>The bool, or that it is a tensor.</summary>
    public override string ToString() => _tensor is null ? _value.ToString() : $"TrainingFlag({_tensor.Type})";
}
