using System.Text;

namespace TensorGraph.Tests;

/// <summary>The console of a flow of control: what a test's own code prints can be read while other tests run.</summary>
public sealed class FlowConsole : TextWriter
{
    private static readonly AsyncLocal<TextWriter?> s_current = new();

    private static readonly TextWriter s_process = Console.Out;

    static FlowConsole() => Console.SetOut(new FlowConsole());

    private FlowConsole()
    {
    }

    /// <inheritdoc/>
    public override Encoding Encoding => s_process.Encoding;

    private TextWriter Target => s_current.Value ?? s_process;

    /// <summary>Sends what this flow of control prints to a writer, until the result is disposed.</summary>
    public static IDisposable To(TextWriter writer)
    {
        var scope = new Scope(s_current.Value);
        s_current.Value = Synchronized(writer);
        return scope;
    }

    /// <inheritdoc/>
    public override void Write(char value) => Target.Write(value);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Target.Write(buffer, index, count);

    /// <inheritdoc/>
    public override void Write(string? value) => Target.Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Target.WriteLine(value);

    private sealed class Scope(TextWriter? outer) : IDisposable
    {
        public void Dispose() => s_current.Value = outer;
    }
}
