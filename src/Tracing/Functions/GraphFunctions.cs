namespace TensorGraph;

/// <summary>Settings for all graph functions.</summary>
public static class GraphFunctions
{
    /// <summary>
    /// Runs every graph function as plain C#, op by op: breakpoints hit, nothing is traced. Sets <see cref="TensorGraphOptions.RunImperatively"/>
    /// in the innermost scope of options, else for the process.
    /// </summary>
    public static bool RunImperatively
    {
        get => TensorGraphOptions.Current.RunImperatively;
        set => TensorGraphOptions.Change(options => options with { RunImperatively = value });
    }

    /// <summary>Sets <see cref="TensorGraphOptions.ConcreteFunctionLimit"/> in the innermost scope of options, else for the process.</summary>
    public static int ConcreteFunctionLimit
    {
        get => TensorGraphOptions.Current.ConcreteFunctionLimit;
        set => TensorGraphOptions.Change(options => options with { ConcreteFunctionLimit = value });
    }

    /// <summary>
    /// Waits until all queued calls on a device, on any of its streams, are finished; on the device of this flow of control when none is given.
    /// </summary>
    /// <exception cref="GraphException">A call failed, and nothing has told the program.</exception>
    public static void Synchronize(Device? device = null) => (device ?? Device.Current).Synchronize();

    /// <summary>Waits without blocking a thread; else as <see cref="Synchronize"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first; the calls go on.</exception>
    public static Task SynchronizeAsync(Device? device = null, CancellationToken cancellation = default) =>
        (device ?? Device.Current).SynchronizeAsync(cancellation);

    /// <summary>
    /// Stops the graph functions that are called in this flow of control until the result is disposed, when the token is cancelled: at the next loop
    /// head or between two kernels, with <see cref="OperationCanceledException"/>. Variables keep the values of the last finished statement. A graph
    /// function may have a parameter of type <see cref="CancellationToken"/> instead.
    /// </summary>
    public static IDisposable WithCancellation(CancellationToken cancellation) => new CancellationScope(cancellation);

    /// <summary>
    /// Gets each warning (TG6xxx) once for a loop or function, on the thread that traces. While nobody listens, warnings go to the standard error
    /// stream. They are events of the <c>EventSource</c> named TensorGraph as well. A handler that throws does not make the call fail: the other
    /// handlers get the warning, and what was thrown is an event too and goes to the standard error stream.
    /// </summary>
    public static event Action<GraphWarning>? Warning;

    internal static void Warn(GraphWarning warning)
    {
        GraphEvents.Warning(warning.Id, warning.ToString());
        if (Warning is not { } handlers)
        {
            Say(warning.ToString());
            return;
        }

        foreach (var handler in handlers.GetInvocationList().Cast<Action<GraphWarning>>())
        {
            try
            {
                handler(warning);
            }
            catch (Exception fault)
            {
                string message = $"{warning}\nA handler of GraphFunctions.Warning threw {fault}";
                GraphEvents.Warning(warning.Id, message);
                Say(message);
            }
        }
    }

    // A warning must not make the call fail, whatever is wrong with the stream.
    internal static void Say(string message)
    {
        try
        {
            TensorGraphOptions.Current.Warnings.WriteLine(message);
        }
        catch (Exception fault)
        {
            GraphEvents.Warning(DiagnosticIds.BadData, $"A warning could not be written: {fault}");
        }
    }
}
