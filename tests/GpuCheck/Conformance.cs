using System.Diagnostics;
using TensorGraph.Backends;

namespace TensorGraph.Tests;

/// <summary>Every op on every element type that it takes, on a device, against the interpreter.</summary>
/// <param name="Ops">Ops that were run.</param>
/// <param name="Graphs">Graphs that were compared.</param>
/// <param name="Left">Pairs of op and type for which there was no time.</param>
/// <param name="Seconds">The time that it took.</param>
/// <param name="Failures">What differs.</param>
internal sealed record Conformance(int Ops, int Graphs, int Left, double Seconds, List<string> Failures)
{
    private static readonly long[] Sizes = [0, 1, 5, 37, 260];

    public static Conformance Run(Device device, TimeSpan budget, bool isQuick)
    {
        using IDisposable use = (TensorGraphOptions.Current with { Device = device, Output = TextWriter.Null }).Use();
        var clock = Stopwatch.StartNew();
        var failures = new List<string>();
        var ops = new HashSet<string>(StringComparer.Ordinal);
        int graphs = 0, left = 0;
        foreach (string op in OpSamples.Ops)
        {
            foreach (DType dtype in isQuick ? [DType.F32] : DTypes.All)
            {
                OpSample[] samples = [.. OpSamples.Of(op, Dim.Symbol("n")).Select(sample => sample.IfTaken(dtype)).OfType<OpSample>()];
                if (samples.Length > 0 && clock.Elapsed > budget)
                {
                    left++;
                    continue;
                }
                foreach (OpSample sample in samples)
                {
                    ops.Add(op);
                    foreach (long n in isQuick ? Sizes[..3] : Sizes)
                    {
                        graphs++;
                        if (Difference(sample.Graph(), sample.Values(n)) is { } difference) failures.Add($"{sample} n={n}: {difference}");
                    }
                }
            }
        }
        foreach ((string name, Ir.Graph graph) in LargeGraphs.All(DType.F32).Concat(isQuick ? [] : LargeGraphs.All(DType.F64)))
        {
            graphs++;
            Literal[] values = [.. graph.Entry.Parameters.Select((parameter, at) =>
                Literal.FromDoubles(parameter.Types[0], i => (i * 7919 + at * 31) % 1000 / 500.0 - 1))];
            if (Difference(graph, values) is { } difference) failures.Add($"{name}: {difference}");
        }
        return new(ops.Count, graphs, left, clock.Elapsed.TotalSeconds, failures);
    }

    private static string? Difference(Ir.Graph graph, Literal[] values)
    {
        (Literal[]? expected, string? error) = Outcome.Of(() => new Interpreter().Run(graph, values));
        (Literal[]? found, string? foundError) = Outcome.Of(() =>
            Array.ConvertAll(Device.Current.Compile(graph).Run(Array.ConvertAll(values, TensorData.From)), data => data.ToLiteral()));
        if (error != foundError) return $"interpreter {error ?? "succeeds"}, device {foundError ?? "succeeds"}";
        for (int i = 0; i < (expected?.Length ?? 0); i++)
        {
            if (Difference(expected![i], found![i]) is { } difference) return $"result {i}{difference}";
        }
        return null;
    }

    private static string? Difference(Literal expected, Literal found)
    {
        if (expected.Type != found.Type) return $" is {found.Type}, not {expected.Type}";
        DType dtype = expected.Type.DType;
        for (long i = 0; i < expected.Count; i++)
        {
            bool isSame = dtype == DType.String ? expected.GetString(i) == found.GetString(i)
                : dtype.IsFloat() ? IsNear(expected.GetDouble(i), found.GetDouble(i), dtype) : expected.GetLong(i) == found.GetLong(i);
            if (!isSame) return $"[{i}] is {found.Print(i)}, not {expected.Print(i)}";
        }
        return null;
    }

    private static bool IsNear(double expected, double found, DType dtype)
    {
        double tolerance = dtype switch { DType.F64 => 1e-12, DType.F32 => 4e-6, DType.F16 => 3e-3, _ => 2e-2 };
        return expected.Equals(found) || expected == found || Math.Abs(expected - found) <= tolerance * (1 + Math.Abs(expected));
    }
}
