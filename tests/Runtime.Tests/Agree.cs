using TensorGraph.Backends;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Comparison of a back end with the interpreter.</summary>
internal static class Agree
{
    // Devices of their own: the number of threads of the default one belongs to the process.
    private static readonly ManagedDevice[] Machines = [.. new[] { 1, 2, 3, 7 }.Select(threads => new ManagedDevice { Threads = threads })];

    /// <summary>How far a dtype's results may be from the interpreter's, which rounds once from float64.</summary>
    private static (double Relative, double Absolute) Tolerance(DType dtype) => dtype switch
    {
        DType.F64 => (1e-13, 1e-13),
        DType.F32 => (2e-6, 2e-6),
        DType.F16 => (3e-3, 3e-3),
        _ => (2e-2, 2e-2),
    };

    public static void Same(Literal expected, Literal actual, string what)
    {
        Assert.True(expected.Type == actual.Type, $"{what}: expected {expected.Type}, got {actual.Type}");
        DType dtype = expected.Type.DType;
        for (long i = 0; i < expected.Count; i++)
        {
            if (dtype == DType.String) Assert.Equal(expected.GetString(i), actual.GetString(i));
            else if (!dtype.IsFloat()) Assert.True(expected.GetLong(i) == actual.GetLong(i), $"{what}: [{i}] expected {expected.GetLong(i)}, got {actual.GetLong(i)}");
            else Assert.True(Near(expected.GetDouble(i), actual.GetDouble(i), Tolerance(dtype)), $"{what}: [{i}] expected {expected.Print(i)}, got {actual.Print(i)}");
        }
    }

    /// <summary>Runs a graph on the interpreter and as a plan; both results or the same error ID.</summary>
    public static void Run(Graph graph, Literal[] values, string what)
    {
        (Literal[]? expected, string? error) = Outcome.Of(() => new Interpreter().Run(graph, values));
        (Literal[]? actual, string? actualError) = Outcome.Of(() =>
            Array.ConvertAll(Device.Current.Compile(graph).Run(Array.ConvertAll(values, TensorData.From)), data => data.ToLiteral()));
        Assert.True(error == actualError, $"{what}: interpreter {error ?? "succeeds"}, plan {actualError ?? "succeeds"}");
        for (int i = 0; i < (expected?.Length ?? 0); i++) Same(expected![i], actual![i], $"{what} result {i}");
    }

    /// <summary>The results of a graph on a device.</summary>
    public static Literal[] On(Device device, Graph graph, params Literal[] values)
    {
        using IDisposable use = Device.Use(device);
        return [.. device.Compile(graph).Run(Array.ConvertAll(values, TensorData.From)).Select(result => result.ToLiteral())];
    }

    /// <summary>Runs a graph with several numbers of threads; the bits are the same.</summary>
    public static void OnAnyThreads(Graph graph, params Literal[] values)
    {
        lock (Machines)
        {
            Literal[][] runs = Array.ConvertAll(Machines, device => On(device, graph, values));
            Assert.NotEmpty(runs[0]);
            foreach (Literal[] run in runs[1..])
            {
                for (int i = 0; i < run.Length; i++) Assert.Equal(runs[0][i].Data, run[i].Data);
            }
        }
    }

    private static bool Near(double expected, double actual, (double Relative, double Absolute) tolerance)
    {
        if (expected == 0 && actual == 0) return double.IsNegative(expected) == double.IsNegative(actual);
        if (expected.Equals(actual)) return true;
        return double.IsFinite(expected) && Math.Abs(expected - actual) <= tolerance.Absolute + tolerance.Relative * Math.Abs(expected);
    }
}
