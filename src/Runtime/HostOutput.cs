namespace TensorGraph.Backends;

/// <summary>Where <c>print</c> writes: the console, unless set.</summary>
public static class HostOutput
{
    private static TextWriter? _writer;

    /// <summary>The writer; null restores the console.</summary>
    public static TextWriter Writer
    {
#pragma warning disable RS0030 // This is the one place that may name the console.
        get => _writer ?? Console.Out;
#pragma warning restore RS0030
        set => _writer = value;
    }
}
