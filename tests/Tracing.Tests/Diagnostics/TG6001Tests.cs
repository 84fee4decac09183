using System.Diagnostics.Tracing;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG6001, a C# loop that records very many nodes. Behaviour 4.13.</summary>
[Collection(ProcessState.Name)]
public sealed partial class TG6001Tests
{
    [Fact]
    public void Is_reported_once_with_the_line_of_the_loop_and_the_count()
    {
        var warning = Assert.Single(Warnings.Of(() =>
        {
            Assert.Equal(1201f, Sum(1f, 1200).Item<float>());
            Assert.Equal(1301f, Sum(1f, 1300).Item<float>());
        }));
        Assert.Equal(DiagnosticIds.LoopUnrolls, warning.Id);
        Assert.EndsWith("TG6001Tests.Sum", warning.Function, StringComparison.Ordinal);
        Assert.Matches(@"unrolled into 1,20\d nodes", warning.Problem);
        Assert.Contains("for (int i = 0; i < times; i++) // The loop.", File.ReadLines(warning.Source.File).ElementAt(warning.Source.Line - 1), StringComparison.Ordinal);
        Assert.Matches(@"^TG6001: .*, at TG6001Tests\.cs:\d+\. Make it a loop of the graph: .*TENSORGRAPH_UNROLL.*\.$", warning.ToString());
    }

    [Fact]
    public void The_flag_sets_the_limit()
    {
        using (Flags.Set("UNROLL", "50"))
            Assert.Single(Warnings.Of(() => SumForFlag(1f, 60)));
        using (Flags.Set("UNROLL", "0"))
            Assert.Empty(Warnings.Of(() => SumForZero(1f, 2000)));
    }

    [Theory]
    [InlineData("while")]
    [InlineData("do")]
    [InlineData("foreach")]
    [InlineData("nested")]
    [InlineData("staged")]
    [InlineData("in if")]
    [InlineData("in helper")]
    public void Every_kind_of_loop_is_counted(string kind)
    {
        using var limit = Flags.Set("UNROLL", "50");
        var warning = Assert.Single(Warnings.Of(() => Loops(1f, kind)), w => w.Id == DiagnosticIds.LoopUnrolls);
        Assert.Contains($"// {kind}", File.ReadLines(warning.Source.File).ElementAt(warning.Source.Line - 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_of_the_graph_and_a_short_one_are_fine() => Assert.Empty(Warnings.Of(() =>
    {
        Assert.Equal(2001f, GraphLoop(1f, 2000f).Item<float>());
        SumForShort(1f, 20);
    }));

    [Fact]
    public void A_loop_that_goes_on_is_reported_before_it_ends()
    {
        using var limit = Flags.Set("UNROLL", "50");
        var ended = false;
        var warning = Assert.Single(Warnings.Of(() =>
        {
            GraphFunctions.Warning += Stop;
            try
            {
                Assert.InRange(UntilWarned(1f).Item<float>(), 500f, 700f);
            }
            finally
            {
                GraphFunctions.Warning -= Stop;
            }

            ended = true;
        }));
        Assert.True(ended);
        Assert.Contains("has been unrolled into 500 nodes while tracing, and goes on", warning.Problem, StringComparison.Ordinal);

        static void Stop(GraphWarning warning) => s_warned = true;
    }

    [Fact]
    public void Without_a_listener_it_goes_to_the_warnings_writer()
    {
        var writer = new StringWriter();
        using (new TensorGraphOptions { Warnings = writer, UnrollLimit = 5 }.Use())
            SumForWriter(1f, 60);

        Assert.StartsWith("TG6001: ", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_an_event_too()
    {
        using var listener = new Listener();
        using (Flags.Set("UNROLL", "5"))
            Warnings.Of(() => SumForEvent(1f, 60));
        var (name, id) = Assert.Single(listener.Seen);
        Assert.Equal(("Warning", "TG6001"), (name, id));
    }

    [GraphFunction]
    private static Tensor Sum(Tensor x, int times)
    {
        for (int i = 0; i < times; i++) // The loop.
            x += 1;
        return x;
    }

    private static bool s_warned;

    [GraphFunction]
    private static Tensor UntilWarned(Tensor x)
    {
        int more = 100;
        while (!s_warned || more-- > 0)
            x += 1;
        return x;
    }

    [GraphFunction]
    private static Tensor SumForFlag(Tensor x, int times)
    {
        for (int i = 0; i < times; i++)
            x += 1;
        return x;
    }

    [GraphFunction]
    private static Tensor SumForZero(Tensor x, int times)
    {
        for (int i = 0; i < times; i++)
            x += 1;
        return x;
    }

    [GraphFunction]
    private static Tensor SumForShort(Tensor x, int times)
    {
        for (int i = 0; i < times; i++)
            x += 1;
        return x;
    }

    [GraphFunction]
    private static Tensor SumForWriter(Tensor x, int times)
    {
        for (int i = 0; i < times; i++)
            x += 1;
        return x;
    }

    [GraphFunction]
    private static Tensor SumForEvent(Tensor x, int times)
    {
        for (int i = 0; i < times; i++)
            x += 1;
        return x;
    }

    [GraphFunction]
    private static Tensor GraphLoop(Tensor x, Tensor times)
    {
        for (Tensor i = 0f; i < times; i += 1)
            x += 1;
        return x;
    }

    [GraphFunction]
    private static Tensor Loops(Tensor x, string kind)
    {
        int n = 0;
        switch (kind)
        {
            case "while":
                while (n++ < 60) // while
                    x += 1;
                break;
            case "do":
                do // do
                    x += 1;
                while (n++ < 60);
                break;
            case "foreach":
                foreach (int i in Enumerable.Range(0, 60)) // foreach
                    x += i;
                break;
            case "nested":
                for (int i = 0; i < 10; i++) // nested
                {
                    for (int j = 0; j < 10; j++)
                        x += j;
                }

                break;
            case "staged":
                for (int i = 0; i < 30; i++) // staged
                {
                    if (x > 100)
                        break;
                    x += i;
                }

                break;
            case "in helper":
                x = Helper(x);
                break;
            default:
                if (n == 0)
                {
                    for (int i = 0; i < 60; i++) // in if
                        x += i;
                }

                break;
        }

        return x;
    }

    private static Tensor Helper(Tensor x)
    {
        for (int i = 0; i < 60; i++) // in helper
            x += i;
        return x;
    }

    private sealed class Listener : EventListener
    {
        public List<(string? Name, object? Id)> Seen { get; } = [];

        protected override void OnEventSourceCreated(EventSource source)
        {
            if (source.Name == "TensorGraph")
                EnableEvents(source, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs written) => Seen.Add((written.EventName, written.Payload?[0]));
    }
}

/// <summary>Collects warnings.</summary>
internal static class Warnings
{
    public static IReadOnlyList<GraphWarning> Of(Action run)
    {
        var found = new List<GraphWarning>();
        GraphFunctions.Warning += found.Add;
        try
        {
            run();
            return found;
        }
        finally
        {
            GraphFunctions.Warning -= found.Add;
        }
    }
}
