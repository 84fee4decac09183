using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Random graphs have results near the interpreter's, and the same errors.</summary>
public sealed class RandomGraphTests
{
    private const int Graphs = 40;

    // What two devices round differently may take another branch. A graph counts where the managed device is very near the interpreter.
    private const double VeryNear = 1e-6;
    private const double Near = 1e-3;

    private static readonly RandomGraphOptions Options = new()
    {
        Nodes = 12, Depth = 1, SpecialValues = false, Skip = op => op == OpDefs.OnDevice, Variable = (name, type) => new VariableResource(name, type),
    };

    [GpuFact]
    public void Graphs_have_the_results_and_variables_of_the_interpreter()
    {
        int compared = 0;
        foreach (int seed in RandomGraph.Seeds.Take(Graphs))
        {
            RandomGraph random = RandomGraph.Make(seed, Options);
            Literal[] expected = Results(random, Devices.Interpreter);
            if (Distance(expected, Results(random, Devices.Managed)) > VeryNear) continue;
            compared++;
            double distance = Distance(expected, Results(random, Device.OpenCl()));
            Assert.True(distance <= Near, $"{distance} off: {random.Describe(random.Graph)}");
        }
        Assert.True(compared > Graphs / 2, $"only {compared} graphs count");
    }

    [GpuFact]
    public void Loops_have_the_results_of_the_interpreter()
    {
        foreach (int seed in RandomGraph.Seeds.Take(Graphs / 2))
        {
            Graph graph = RandomLoops.Make(seed);
            TensorData[] found = Device.OpenCl().Compile(graph).Run(Array.ConvertAll(RandomLoops.Arguments, Device.OpenCl().From));
            double distance = Distance(new Interpreter().Run(graph, RandomLoops.Arguments), Array.ConvertAll(found, result => result.ToLiteral()));
            Assert.True(distance <= Near, $"seed {seed}: {distance} off");
        }
    }

    // Results, then variables; for an error its text.
    private static Literal[] Results(RandomGraph random, Device device)
    {
        using IDisposable use = Device.Use(device);
        foreach ((Resource variable, Literal start) in random.Variables) ((VariableResource)variable).Value = device.From(start);
        using IDisposable options = (TensorGraphOptions.Current with { Output = TextWriter.Null }).Use();
        try
        {
            TensorData[] found = device.Compile(random.Graph).Run(Array.ConvertAll(random.Arguments, device.From));
            return [.. found.Select(result => result.ToLiteral()), .. random.Variables.Select(entry => entry.Variable.HostValue!)];
        }
        catch (GraphException error)
        {
            Literal text = Literal.Zeros(new TensorType(DType.String, []));
            ((string[])text.Data)[0] = error.Problem;
            return [text];
        }
    }

    // The largest difference of elements, relative to those above 1.
    private static double Distance(Literal[] expected, Literal[] found)
    {
        if (expected.Length != found.Length) return double.PositiveInfinity;
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i].Type != found[i].Type) return double.PositiveInfinity;
            for (long k = 0; k < expected[i].Count; k++) largest = Math.Max(largest, Distance(expected[i], found[i], k));
        }
        return largest;
    }

    private static double Distance(Literal expected, Literal found, long k)
    {
        if (expected.Type.DType == DType.String) return expected.GetString(k) == found.GetString(k) ? 0 : double.PositiveInfinity;
        (double a, double b) = (expected.GetDouble(k), found.GetDouble(k));
        if (a.Equals(b)) return 0;
        double difference = Math.Abs(a - b) / Math.Max(1, Math.Abs(a));
        return double.IsNaN(difference) ? double.PositiveInfinity : difference;
    }
}
