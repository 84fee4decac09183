using System.Text.RegularExpressions;

namespace TensorGraph.Tests.UserPrograms;

/// <summary>
/// Programs as users write them, one file each: the analyzers report nothing, and each does the same as plain C# and traced, on one thread
/// and on two.
/// </summary>
/// <remarks>
/// A program has a class <c>Scenario</c>: the runner makes one and calls its public methods <c>(Random)</c> in random order.
/// <c>State()</c> is compared after each call. <c>Traces()</c> gives the number of traces and the most that are needed. A first line <c>// says TG1234</c> names expected warnings.
/// A line <c>// file</c> starts another file of the program.
/// </remarks>
public sealed partial class UserProgramTests
{
    private const int Seeds = 2;

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.cs").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Repository.PathOf("tests/Analyzers.Tests/UserPrograms/Programs");

    [Theory]
    [MemberData(nameof(Names))]
    public void Does_the_same_both_ways(string name)
    {
        string[] files = File.ReadAllText(Path.Combine(Folder, name + ".cs")).Split("// file\n");
        string[] said = [.. Roslyn.Diagnostics([.. files.Select(file => Roslyn.Usings + file)]).Select(d => d.ToString())];
        string[] expected = [.. Said().Matches(files[0].Split('\n')[0]).Select(match => match.Value)];
        Assert.True(
            said.Length == expected.Length && said.Zip(expected).All(pair => pair.First.Contains(pair.Second, StringComparison.Ordinal)),
            string.Join("\n", said));

        var runner = new UserProgramRunner(Roslyn.LoadPlain(files), Roslyn.Load(files));
        for (int seed = 1; seed <= Seeds; seed++)
            runner.Compare(seed);
        if (!runner.HasStatics)
            runner.CompareThreads();
    }

    [GeneratedRegex("TG[0-9]{4}")]
    private static partial Regex Said();
}
