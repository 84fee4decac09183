using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Random graphs of integers have the very results of the interpreter, prints and variables too.</summary>
public sealed class RandomGraphTests
{
    private const int Graphs = 24;

    private static readonly RandomGraphOptions Options = new()
    {
        SpecialValues = false, Depth = 1, DTypes = [DType.I32, DType.I64, DType.Bool], Skip = op => op == OpDefs.OnDevice,
        Variable = (name, type) => new VariableResource(name, type),
    };

    [GpuFact]
    public void Integers_are_those_of_the_interpreter()
    {
        using IDisposable use = Device.Use(Device.OpenCl());
        IEnumerable<RandomGraph> graphs = RandomGraph.Seeds.Select(seed => RandomGraph.Make(seed, Options)).Where(HasNoFloats);
        foreach (RandomGraph random in graphs.Take(Graphs))
        {
            string expected = random.Outcome(random.Graph), found = Outcome(random);
            Assert.True(expected == found, $"expected {expected}\nfound {found}\n{random.Describe(random.Graph)}");
        }
    }

    [GpuFact]
    public void Loops_are_near_those_of_the_interpreter()
    {
        using IDisposable use = Device.Use(Device.OpenCl());
        foreach (int seed in RandomGraph.Seeds.Take(Graphs / 2))
        {
            Graph graph = RandomLoops.Make(seed);
            Literal[] expected = new Interpreter().Run(graph, RandomLoops.Arguments);
            TensorData[] found = Device.Current.Compile(graph).Run(Array.ConvertAll(RandomLoops.Arguments, Device.Current.From));
            for (int i = 0; i < expected.Length; i++)
            {
                Literal value = found[i].ToLiteral();
                for (long k = 0; k < value.Count; k++)
                    Assert.True(IsNear(expected[i].GetDouble(k), value.GetDouble(k)), $"seed {seed}, result {i}[{k}]: {expected[i].Print(k)}, {value.Print(k)}");
            }
        }
    }

    // Floats are rounded on the way.
    private static bool HasNoFloats(RandomGraph random) => !random.Graph.Entry.AllNodes().Any(node => node.Types.Any(type => type.DType.IsFloat()));

    private static string Outcome(RandomGraph random)
    {
        foreach ((Resource variable, Literal start) in random.Variables) variable.HostValue = start;
        var output = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        string results;
        try
        {
            using IDisposable options = (TensorGraphOptions.Current with { Output = output }).Use();
            TensorData[] found = Device.Current.Compile(random.Graph).Run(Array.ConvertAll(random.Arguments, Device.Current.From));
            results = Values.Text(found.Select(result => result.ToLiteral()));
        }
        catch (GraphException error)
        {
            results = $"{error.Id}: {error.Problem}";
        }
        return $"{results}\n{output}{string.Join('\n', random.Variables.Select(entry => $"{entry.Variable} = {Values.Text([entry.Variable.HostValue!])}"))}";
    }

    private static bool IsNear(double expected, double found) =>
        expected.Equals(found) || Math.Abs(expected - found) <= 1e-4 * Math.Max(1, Math.Abs(expected));
}
