namespace TensorGraph.Tests.Behaviours;

/// <summary>Code of the user that TensorGraph calls, and that throws; and what is kept of many traces.</summary>
[Collection(ProcessState.Name)]
public sealed partial class UserCallbackTests
{
    [Fact]
    public void A_handler_of_warnings_that_throws_does_not_make_the_call_fail()
    {
        var output = new StringWriter();
        var seen = new List<GraphWarning>();
        void Throws(GraphWarning warning) => throw new InvalidOperationException("the handler");
        using var options = (TensorGraphOptions.Current with { Warnings = output }).Use();
        GraphFunctions.Warning += Throws;
        GraphFunctions.Warning += seen.Add;
        try
        {
            for (int step = 0; step < 20; step++)
                Assert.Equal(2f + step, Plus(2f, step).Item<float>());
        }
        finally
        {
            GraphFunctions.Warning -= Throws;
            GraphFunctions.Warning -= seen.Add;
        }

        Assert.Contains(seen, warning => warning.Id == DiagnosticIds.TracesOften && warning.Function.EndsWith("Plus", StringComparison.Ordinal));
        Assert.Contains("threw System.InvalidOperationException: the handler", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_of_warnings_that_throws_does_not_make_the_call_fail()
    {
        using var options = (TensorGraphOptions.Current with { Warnings = new BrokenWriter() }).Use();
        for (int step = 0; step < 20; step++)
            Assert.Equal(2f - step, Minus(2f, step).Item<float>());
    }

    [Fact]
    public void Of_very_many_traces_the_last_are_kept()
    {
        var function = GraphFunction.Of((Func<Tensor, int, Tensor>)Times);
        for (int step = 0; step < 300; step++)
            Times(2f, step);
        Assert.Equal((300, 256, 43), (function.TraceCount, function.Retraces.Count, function.DroppedRetraces));
        Assert.Equal(("298", "299"), (function.Retraces[^1].Old, function.Retraces[^1].New));
        Assert.Equal(("43", "44"), (function.Retraces[0].Old, function.Retraces[0].New));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void An_exception_of_a_host_call_stays_what_it_is_and_names_the_call(bool traced)
    {
        var thrown = new InvalidTimeZoneException("mine");
        Func<Tensor, Tensor> run = traced ? x => Calls(x, thrown) : x => Host(x, thrown);
        var caught = Assert.Throws<InvalidTimeZoneException>(() => run(1f));
        Assert.Same(thrown, caught);
        string note = Assert.IsType<string>(caught.Data["TensorGraph"]);
        Assert.StartsWith("host_call of ", note, StringComparison.Ordinal);
        Assert.Matches($@", at UserCallbackTests\.cs:{LineOf("Ops.HostCall(_ => throw fault, x);")} in Host$", note);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void An_error_of_what_a_host_call_returns_has_the_line_of_the_call(bool traced)
    {
        Func<Tensor, Tensor> run = traced ? Returns : OneOf;
        var error = Assert.Throws<GraphException>(() => run(1f).Item<float>());
        Assert.Contains($"at UserCallbackTests.cs:{LineOf("Ops.HostCall(given => [given[0] > 0]")}", error.Message, StringComparison.Ordinal);
    }

    private static int LineOf(string text, [System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Array.FindLastIndex(File.ReadAllLines(path), line => line.Contains(text, StringComparison.Ordinal)) + 1;

    [Fact]
    public void An_exception_of_the_writer_of_prints_stays_what_it_is()
    {
        using var options = (TensorGraphOptions.Current with { Output = new BrokenWriter() }).Use();
        Assert.Matches("print, at UserCallbackTests", Assert.IsType<string>(Assert.Throws<IOException>(() => Ops.Print("a")).Data["TensorGraph"]));
        Assert.Matches("print, at UserCallbackTests", Assert.IsType<string>(Assert.Throws<IOException>(() => Prints(1f)).Data["TensorGraph"]));
    }

    [GraphFunction]
    private static Tensor Plus(Tensor x, int n) => x + n;

    [GraphFunction]
    private static Tensor Minus(Tensor x, int n) => x - n;

    [GraphFunction]
    private static Tensor Times(Tensor x, int n) => x * n;

    [GraphFunction]
    private static Tensor Calls(Tensor x, Exception fault) => Host(x, fault);

    private static Tensor Host(Tensor x, Exception fault)
    {
        Ops.HostCall(_ => throw fault, x);
        return x + 1;
    }

    [GraphFunction]
    private static Tensor Returns(Tensor x) => OneOf(x);

    private static Tensor OneOf(Tensor x) => Ops.HostCall(given => [given[0] > 0], [x.Type], x)[0];

    [GraphFunction]
    private static Tensor Prints(Tensor x)
    {
        Ops.Print("x", x);
        return x + 1;
    }

    private sealed class BrokenWriter : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("the disk is full");
    }
}
