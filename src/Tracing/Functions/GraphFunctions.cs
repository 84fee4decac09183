namespace TensorGraph;

/// <summary>Settings for all graph functions.</summary>
public static class GraphFunctions
{
    /// <summary>Runs every graph function as plain C#, op by op: breakpoints hit, nothing is traced.</summary>
    public static bool RunImperatively { get; set; }

    /// <summary>Most concrete functions that one function of one instance keeps; the least recently used one goes first.</summary>
    public static int ConcreteFunctionLimit { get; set; } = 64;

    /// <summary>
    /// Gets each warning (TG6xxx) once for a loop or function, on the thread that traces. While nobody listens, warnings go to the standard error
    /// stream. They are events of the <c>EventSource</c> named TensorGraph as well.
    /// </summary>
    public static event Action<GraphWarning>? Warning;

    internal static void Warn(GraphWarning warning)
    {
        GraphEvents.Warning(warning.Id, warning.ToString());
        if (Warning is { } handler)
            handler(warning);
        else
            Backends.HostOutput.Warnings.WriteLine(warning);
    }
}
