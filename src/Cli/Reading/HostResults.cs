namespace TensorGraph.Cli;

/// <summary>The results of C# code in a recorded call, which a replay gives again.</summary>
internal sealed class HostResults(Dictionary<string, Literal[][]> results)
{
    private readonly string[] _functions = [.. results.Keys];
    private int[] _calls = new int[results.Count];

    /// <summary>The calls of each function so far; another number goes back to that moment.</summary>
    public int[] Calls
    {
        get => [.. _calls];
        set => _calls = [.. value];
    }

    /// <summary>The results of the next call of a function.</summary>
    /// <exception cref="UsageException">The recording has no further ones.</exception>
    public Literal[] Next(string function)
    {
        int index = Array.IndexOf(_functions, function);
        int call = index < 0 ? 0 : _calls[index]++;
        return index >= 0 && call < results[function].Length
            ? results[function][call]
            : throw new UsageException($"the recording has the results of {call} calls of the C# code @{function}, and the graph calls it once more.");
    }
}
