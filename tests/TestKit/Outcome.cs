namespace TensorGraph.Tests;

/// <summary>Outcome of a run: results, or the ID of its error.</summary>
public readonly record struct Outcome(Literal[]? Results, string? Error)
{
    /// <summary>Runs something.</summary>
    public static Outcome Of(Func<Literal[]> run)
    {
        try
        {
            return new(run(), null);
        }
        catch (GraphException error)
        {
            return new(null, error.Id);
        }
    }
}
