using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Records what is computed from watched tensors and from trainable variables, and differentiates it in reverse mode. Works the same
/// imperatively and inside a graph function. Tapes nest, for higher derivatives. A closed tape records no more and still gives its gradient:
/// <c>using (var tape = new GradientTape()) { loss = … } tape.Gradient(loss, weight)</c>.
/// </summary>
/// <example>
/// <code>
/// var x = new Variable(3f);
/// using var tape = new GradientTape();
/// Tensor y = x * x;
/// Console.WriteLine(tape.Gradient(y, x)); // 6
/// </code>
/// </example>
public sealed class GradientTape : IDisposable
{
    private readonly TapeRecord _record;

    /// <summary>Starts recording.</summary>
    /// <param name="persistent">Allows several gradients from one tape; keeps its values alive as long as the program keeps the tape.</param>
    /// <param name="watchVariables">False watches only what <see cref="Watch(Tensor)"/> and <see cref="Watch(Variable)"/> name.</param>
    public GradientTape(bool persistent = false, bool watchVariables = true) => _record = new(persistent, watchVariables, watches: null);

    /// <summary>
    /// A tape for one call, whose gradient another library asks for: as often as it likes, until <see cref="Free"/>, and after the tape was closed.
    /// </summary>
    /// <param name="watches">The variables that it watches.</param>
    internal GradientTape(Func<Resource, bool> watches) => _record = new(persistent: false, watchVariables: false, watches);

#pragma warning disable MA0055 // This is how a lost tape is noticed.
    /// <summary>Closes the record of a tape that the program has lost.</summary>
    ~GradientTape() => _record?.Lose();
#pragma warning restore MA0055

    /// <summary>From here on records what is computed from a tensor.</summary>
    /// <exception cref="GraphException">TG4002 when the tensor is not of a float dtype, or the tape is closed.</exception>
    public void Watch(Tensor tensor)
    {
        _record.Watch(tensor);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// From here on records what is computed from a variable; only needed with <c>watchVariables: false</c> or for untrainable ones.
    /// </summary>
    /// <exception cref="GraphException">TG4002 when the tape is closed.</exception>
    public void Watch(Variable variable)
    {
        _record.Watch(variable);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// ∂target/∂source; null when the target does not depend on the source: a watched tensor, or one that was computed from such while the tape
    /// recorded.
    /// </summary>
    /// <exception cref="GraphException">
    /// TG4001 when an op on the path has no gradient, TG4002 for a target that is not of a float dtype or a used-up tape, TG4003 for a source that
    /// was never watched.
    /// </exception>
    public Tensor? Gradient(Tensor target, Tensor source) => Pull([(target, null)], [Check.NotNull(source)], []).Sources[0];

    /// <summary>∂target/∂variable; null when the target does not depend on it.</summary>
    public Tensor? Gradient(Tensor target, Variable variable) => Pull([(target, null)], [], [Check.NotNull(variable)]).Variables[0];

    /// <summary>∂target/∂source for several sources; an entry is null when the target does not depend on that source.</summary>
    public Tensor?[] Gradient(Tensor target, IReadOnlyList<Tensor> sources, Tensor? outputGradient = null) =>
        Pull([(target, outputGradient)], Check.NotNull(sources), []).Sources;

    /// <summary>∂target/∂variable for several variables; an entry is null when the target does not depend on that variable.</summary>
    public Tensor?[] Gradient(Tensor target, IReadOnlyList<Variable> variables, Tensor? outputGradient = null) =>
        Pull([(target, outputGradient)], [], Check.NotNull(variables)).Variables;

    /// <summary>Gradients of several targets together, each with the gradient of what was computed from it.</summary>
    internal (Tensor?[] Sources, Tensor?[] Variables) Gradients(
        IReadOnlyList<(Tensor Target, Tensor? Gradient)> targets, IReadOnlyList<Tensor> sources, IReadOnlyList<Variable> variables) =>
        Pull(targets, sources, variables);

    /// <summary>Stops recording. The gradient of what was recorded can still be taken.</summary>
    public void Dispose() => _record.Close();

    /// <summary>Variables that what was recorded reads, as far as the tape watches them.</summary>
    internal IReadOnlyCollection<Resource> VariablesRead => _record.VariablesRead;

    /// <summary>True while it records what is made of a tensor.</summary>
    internal bool Tracks(Tensor tensor) => _record.Tracks(tensor);

    /// <summary>Gives up what the gradient needs.</summary>
    internal void Free() => _record.Free();

    private (Tensor?[] Sources, Tensor?[] Variables) Pull(
        IReadOnlyList<(Tensor Target, Tensor? Gradient)> targets, IReadOnlyList<Tensor> sources, IReadOnlyList<Variable> variables)
    {
        var gradients = _record.Pull(targets, sources, variables);
        GC.KeepAlive(this);
        return gradients;
    }
}
