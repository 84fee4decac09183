using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>The error a user gets: its ID, its facts, and the grammar that all messages share.</summary>
public static partial class Expect
{
    /// <summary>
    /// Runs <paramref name="action"/>, which must raise <paramref name="id"/> with every one of <paramref name="facts"/> in the message, and returns
    /// it.
    /// </summary>
    public static GraphException Error(string id, Action action, params string[] facts)
    {
        // Not Assert.Throws: derived exception types are welcome.
        GraphException error = Assert.ThrowsAny<GraphException>(action);
        Assert.True(error.Id == id, $"expected {id}, got {error.Message}");
        Assert.True(Grammar().IsMatch(error.Message), $"not of the form 'ID: op: problem: facts, at file:line. Remedy.': {error.Message}");
        Assert.All(facts, fact => Assert.Contains(fact, error.Message, StringComparison.Ordinal));
        return error;
    }

    /// <summary>The same, and the message must point into the file of the caller.</summary>
    public static GraphException ErrorHere(string id, Action action, string[] facts,
        [System.Runtime.CompilerServices.CallerFilePath] string here = "")
    {
        GraphException error = Error(id, action, facts);
        Assert.True(error.Source.ToString().Contains(Path.GetFileName(here), StringComparison.Ordinal),
            $"points to {error.Source}, not into {Path.GetFileName(here)}");
        return error;
    }

    [GeneratedRegex(@"^TG\d{4}: .+\. [A-Z`].*\.$", RegexOptions.Singleline)]
    private static partial Regex Grammar();
}
