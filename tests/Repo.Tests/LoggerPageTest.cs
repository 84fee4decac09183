namespace TensorGraph.Tests;

/// <summary>The listener of docs/signatures.md hands retraces on to a logger, with function and cause.</summary>
public sealed class LoggerPageTest
{
    private const string Program = """
        using Microsoft.Extensions.Logging;

        using var logs = new GraphLogs(new ConsoleLogger());
        Model.Step(1f, 2);
        Model.Step(1f, 3);

        public static partial class Model
        {
            [GraphFunction]
            public static Tensor Step(Tensor x, int n) => x * n;
        }

        public sealed class ConsoleLogger : ILogger
        {
            public IDisposable BeginScope<T>(T state) => throw new NotSupportedException();

            public bool IsEnabled(LogLevel level) => true;

            public void Log<T>(LogLevel level, EventId id, T state, Exception? error, Func<T, Exception?, string> format)
            {
                if (format(state, error).Contains("Model.Step"))
                    Console.WriteLine($"{level} {format(state, error)}");
            }
        }
        """;

    [Fact]
    public void The_logger_gets_a_line_for_a_retrace()
    {
        DocBlock listener = Assert.Single(DocBlock.In("docs/signatures.md"), block => block.Section == "Send retraces to a logger");
        var program = DocProgram.Compile(("GraphLogs.cs", listener.Code), ("Program.cs", Program));
        Assert.Empty(program.Errors);
        Assert.StartsWith("Warning Retraced: Model.Step: 'n' was 2, is 3", program.Run(), StringComparison.Ordinal);
    }
}
