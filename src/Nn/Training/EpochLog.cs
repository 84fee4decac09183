using System.Globalization;

namespace TensorGraph;

/// <summary>The numbers of an epoch: <c>loss</c>, metrics by their names, and with <c>val_</c> in front those of the validation.</summary>
/// <param name="Epoch">Number of the epoch, from 1; 0 for an evaluation.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Numbers">Numbers by name.</param>
public sealed record EpochLog(int Epoch, long Step, IReadOnlyDictionary<string, double> Numbers)
{
    /// <summary>A number. Errors: TG1002 null, TG2004 a name that there is not.</summary>
    public double this[string name]
    {
        get
        {
            if (!Numbers.TryGetValue(Check.NotNull(name), out double value))
                Throw.Range("log", $"there is no '{name}'", $"There are {string.Join(", ", Numbers.Keys)}.");
            return value;
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join("  ", Numbers.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value:g4}")));
}
