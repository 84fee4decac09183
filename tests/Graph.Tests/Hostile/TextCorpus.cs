using TensorGraph.Ir;

namespace TensorGraph.Tests.Hostile;

/// <summary>Good texts that mutations start from: the cases of the tests, and random graphs.</summary>
internal static class TextCorpus
{
    public static IReadOnlyList<string> Cases { get; } =
        [.. Directory.GetFiles(Repository.PathOf("tests/Graph.Tests/Cases"), "*.tg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    public static string Pick(Random random) => random.Next(2) == 0
        ? Cases[random.Next(Cases.Count)]
        : Printer.Print(RandomGraph.Make(random.Next(1, 1000), new RandomGraphOptions { Nodes = random.Next(1, 16) }).Graph);
}
