using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests.Hostile;

/// <summary>Properties of every text that anybody may give to the parser.</summary>
internal static class TextProperties
{
    /// <summary>The allocation of reading a text: a message takes a fixed amount, the rest is in proportion.</summary>
    public static long MostBytes(string text) => 4_000_000 + (2_000L * text.Length);

    /// <summary>The graph, or null for a text that is refused as TG2007 with a place.</summary>
    public static Graph? Parses(string text)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Graph? graph = null;
        try
        {
            graph = Parser.Parse(text, "f.tg");
        }
        catch (GraphException error) when (error.Id == DiagnosticIds.BadText)
        {
            Assert.Contains(" | ", error.Message, StringComparison.Ordinal);
            Assert.Matches("^f.tg:[0-9]+:[0-9]+: ", error.Problem);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= MostBytes(text), $"{allocated} bytes for a text of {text.Length}");
        return graph;
    }

    /// <summary>A text that parses and fulfils the invariants reads back as itself, and goes through the passes.</summary>
    public static void Hold(string text)
    {
        if (Parses(text) is not { } graph || Verifier.Check(graph).Count > 0)
            return;
        string printed = Printer.Print(graph);
        var back = Parser.Parse(printed);
        Assert.Null(GraphComparer.Difference(graph, back));
        Assert.Equal(printed, Printer.Print(back));
        Pipeline.Run(graph, Pipeline.Default, verify: 2);
    }
}
