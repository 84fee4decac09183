using System.Globalization;

namespace TensorGraph;

/// <summary>The numbers of an evaluation: <c>loss</c>, <c>global_step</c>, and the metrics of the spec.</summary>
public sealed class EvaluationResult
{
    internal EvaluationResult(
        string? name, IReadOnlyDictionary<string, double> numbers, IReadOnlyDictionary<string, Tensor> tables, long globalStep,
        string? checkpointPath) =>
        (Name, Numbers, Tables, GlobalStep, CheckpointPath) = (name, numbers, tables, globalStep, checkpointPath);

    /// <summary>Name of the evaluation, which tells evaluations on different data apart; null when it has none.</summary>
    public string? Name { get; }

    /// <summary>Numbers by name.</summary>
    public IReadOnlyDictionary<string, double> Numbers { get; }

    /// <summary>Metrics with axes by name, such as a confusion matrix.</summary>
    public IReadOnlyDictionary<string, Tensor> Tables { get; }

    /// <summary>Training steps of the variables.</summary>
    public long GlobalStep { get; }

    /// <summary>Mean loss of all examples.</summary>
    public double Loss => Numbers["loss"];

    /// <summary>The file that the variables come from; null for variables that are in no file.</summary>
    public string? CheckpointPath { get; }

    /// <summary>A number. Errors: TG1002 null, TG1017 a name that there is not.</summary>
    public double this[string name]
    {
        get
        {
            if (!Numbers.TryGetValue(Throw.IfNull(name), out double value))
                Misuse.Raise("evaluate", $"there is no '{name}'", $"There are {string.Join(", ", Numbers.Keys)}.");
            return value;
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join("  ", Numbers.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value:g6}")));
}
