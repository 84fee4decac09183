namespace TensorGraph.Backends;

/// <summary>Where <c>print</c> and warnings write: the console, unless set.</summary>
public static class HostOutput
{
    private static TextWriter? _writer;
    private static TextWriter? _warnings;

#pragma warning disable RS0030 // This is the one place that may name the console.

    /// <summary>The writer of <c>print</c>; null restores the console.</summary>
    public static TextWriter Writer
    {
        get => _writer ?? Console.Out;
        set => _writer = value;
    }

    /// <summary>The writer of warnings that nobody listens to; null restores the standard error stream.</summary>
    public static TextWriter Warnings
    {
        get => _warnings ?? Console.Error;
        set => _warnings = value;
    }
}
