namespace TensorGraph.Staleness;

/// <summary>A gradient that a server applies.</summary>
/// <param name="Worker">The worker that sent it.</param>
/// <param name="Staleness">Updates since the weights that it was computed on.</param>
/// <param name="Gradients">One for each variable of the server.</param>
/// <param name="Read">The weights that it was computed on; needed by <see cref="UpdateRule.Compensation"/> only.</param>
/// <param name="State">Values of the state after the batch, or none.</param>
public sealed record ServerUpdate(
    int Worker, long Staleness, IReadOnlyList<Tensor> Gradients, IReadOnlyList<Tensor> Read, IReadOnlyList<Tensor> State);

/// <summary>
/// The weights of a model, or a shard of them, with their optimiser: momentum, Adam's means and weight decay live here, at the server. When gradients
/// are applied is up to a <see cref="ServerPolicy"/>. Not for several threads at once.
/// </summary>
public sealed partial class ParameterServer
{
    private readonly Variable[] _variables;
    private readonly Variable[] _state;
    private readonly Optimizer _optimizer;
    private readonly UpdateRule _rule;
    private readonly double _rate;
    private readonly Dictionary<int, Tensor[]> _squares = [];
    private readonly (Variable Variable, Tensor Start)[] _starts;

    /// <summary>Makes a server that starts with some values. Errors: TG1002 null, TG2004 no weights.</summary>
    /// <param name="start">Weights and state.</param>
    /// <param name="optimizer">One of its own: it keeps what belongs to these weights.</param>
    /// <param name="rule">What is done about staleness.</param>
    public ParameterServer(ModelSnapshot start, Optimizer optimizer, UpdateRule rule)
    {
        Check.AtLeast(1, Throw.IfNull(start).Weights.Count, "server", "number of weights");
        (_optimizer, _rule) = (Throw.IfNull(optimizer), Throw.IfNull(rule));
        _variables = [.. start.Weights.Select((value, i) => new Variable(value, $"server.{i}"))];
        _state = [.. start.State.Select((value, i) => new Variable(value, $"server.state.{i}", trainable: false))];
        _rate = optimizer.LearningRate.Value.ToDouble();
        optimizer.Build(_variables);
        _starts = [.. optimizer.Variables.Select(variable => (variable, variable.Value))];
    }

    /// <summary>Updates so far.</summary>
    public long Version { get; private set; }

    /// <summary>The values as they are now.</summary>
    public ModelSnapshot Pull() => new([.. _variables.Select(variable => variable.Value)], [.. _state.Select(variable => variable.Value)]);

    /// <summary>
    /// One update by the mean of some gradients, each with the factor of the rule. Errors: TG1002 null, TG2001 gradients of another model, TG2004
    /// none.
    /// </summary>
    /// <param name="updates">At least one.</param>
    public void Apply(IReadOnlyList<ServerUpdate> updates)
    {
        Check.AtLeast(1, Throw.IfNull(updates).Count, "server", "number of gradients");
        foreach (var update in updates)
        {
            if (update.Gradients.Count != _variables.Length)
                Throw.Shape("server", $"there are {update.Gradients.Count} gradients for {_variables.Length} variables", "Push gradients of the same model.");
        }

        double[] factors = [.. updates.Select(update => _rule.RateFactor(update.Staleness))];
        if (_rule.DividesRate)
            _optimizer.LearningRate.Assign((Scalar)(_rate * factors.Average()));
        var compensation = _rule.Compensation;
        var squares = new List<Tensor>();
        // One after the other: a worker may be in a group twice, and its mean takes in both gradients.
        foreach (var update in updates.Where(_ => compensation?.Memory is not null))
            squares.AddRange(_squares[update.Worker] = NewSquares([.. update.Gradients], SquaresOf(update.Worker)));
        Step(
            [.. updates.SelectMany(update => update.Gradients)],
            compensation is null ? [] : [.. updates.SelectMany(update => update.Read)],
            [.. squares],
            factors.Select(factor => (float)(factor / factors.Sum())).ToArray());
        if (_state.Length > 0 && updates.All(update => update.State.Count == _state.Length))
            ModelSnapshot.Assign(_state, ModelSnapshot.MeanOf([.. updates.Select(update => update.State)]));
        Version++;
    }

    /// <summary>
    /// Moves the weights towards others: w ← w + mixing·(others − w). Errors: TG1002 null, TG2001 weights of another model, TG2004 mixing outside
    /// of (0, 1].
    /// </summary>
    /// <param name="weights">The others.</param>
    /// <param name="mixing">Share of the others.</param>
    public void Mix(ModelSnapshot weights, double mixing)
    {
        Check.Range(mixing is > 0 and <= 1, mixing, "in (0, 1]", "server");
        ModelSnapshot.Assign(_variables, [.. _variables.Zip(Throw.IfNull(weights).Weights, (variable, other) => variable
            + (mixing * (other - variable)))]);
        ModelSnapshot.Assign(_state, weights.State);
        Version++;
    }

    /// <summary>Sets the weights; the optimiser keeps its state. Errors: TG1002 null, TG2001 weights of another model.</summary>
    /// <param name="weights">The values.</param>
    public void Set(ModelSnapshot weights)
    {
        ModelSnapshot.Assign(_variables, Throw.IfNull(weights).Weights);
        ModelSnapshot.Assign(_state, weights.State);
    }

    /// <summary>Forgets what the optimiser and the rule have gathered; the weights stay. So does a worker that comes back after a failure.</summary>
    public void Reset()
    {
        foreach (var (variable, start) in _starts)
            variable.Assign(start);
        _squares.Clear();
    }

    /// <summary>The means of squares of a worker, with one more gradient.</summary>
    [GraphFunction]
    internal Tensor[] NewSquares(Tensor[] gradients, Tensor[] squares) =>
        [.. gradients.Select((gradient, i) => _rule.Compensation!.NewSquares(gradient, squares[i]))];

    /// <summary>The lists hold the variables of the first gradient, then those of the second, and so on.</summary>
    [GraphFunction]
    internal void Step(Tensor[] gradients, Tensor[] read, Tensor[] squares, Tensor shares)
    {
        int count = gradients.Length / _variables.Length;
        var sums = new Tensor[_variables.Length];
        for (int i = 0; i < gradients.Length; i++)
        {
            int variable = i % _variables.Length;
            Tensor gradient = gradients[i];
            if (_rule.Compensation is { } compensation)
                gradient = compensation.Apply(gradient, _variables[variable].Value, read[i], squares.Length == 0 ? null : squares[i]);

            // A single gradient stays as it is, bit for bit.
            if (count > 1)
                gradient = gradient * shares[i / _variables.Length].Cast(gradient.DType);
            sums[variable] = i < _variables.Length ? gradient : sums[variable] + gradient;
        }

        _optimizer.Apply(sums, _variables);
    }

    private Tensor[] SquaresOf(int worker)
    {
        if (!_squares.TryGetValue(worker, out var squares))
            _squares[worker] = squares = [.. _variables.Select(variable => Ops.ZerosLike(variable))];
        return squares;
    }
}
