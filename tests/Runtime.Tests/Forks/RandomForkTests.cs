using System.Globalization;
using TensorGraph.Backends;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests.Forks;

/// <summary>Random graphs with forks wherever there can be any: the bits are those of one thread, for integers those of the interpreter.</summary>
public sealed class RandomForkTests
{
    private static readonly ManagedDevice[] Machines = [.. new[] { 1, 2, 4 }.Select(threads => new ManagedDevice { Threads = threads })];

    [Fact]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        int forked = 0;
        foreach (int seed in RandomGraph.Seeds)
        {
            RandomGraph random = RandomGraph.Make(seed, Options);
            string expected = Outcome(random, random.Graph, Machines[0], out _);
            foreach (ManagedDevice device in Machines[1..])
            {
                string found = Outcome(random, random.Graph, device, out bool forks);
                Assert.True(expected == found, $"{random.Describe(random.Graph)}\n{device.Threads} threads: {found}\n1 thread: {expected}");
                forked += forks ? 1 : 0;
            }
        }
        Assert.True(forked > RandomGraph.Seeds.Count() / 4, $"only {forked} programs have forks");
    }

    [Fact]
    public void Integers_are_those_of_the_interpreter()
    {
        foreach (int seed in RandomGraph.Seeds)
        {
            RandomGraph random = RandomGraph.Make(seed, Options with { DTypes = [DType.I32, DType.I64, DType.Bool], SpecialValues = false, Depth = 1 });
            Graph graph = Pipeline.Run(random.Graph).Graph;
            if (graph.Entry.AllNodes().Any(node => node.Types.Any(type => type.DType.IsFloat()))) continue;
            Assert.Equal(random.Outcome(graph), Outcome(random, graph, Machines[2], out _));
        }
    }

    [Fact]
    public void Loops_and_branches_give_what_the_interpreter_gives()
    {
        foreach (int seed in RandomGraph.Seeds.Take(60))
        {
            Graph graph = Pipeline.Run(RandomLoops.Make(seed)).Graph;
            Literal[] expected = new Interpreter().Run(graph, RandomLoops.Arguments);
            ManagedProgram program = Program(graph, RandomLoops.Arguments, Machines[1]);
            TensorData[] found = program.Run(Array.ConvertAll(RandomLoops.Arguments, Machines[1].From));
            for (int i = 0; i < expected.Length; i++) Agree.Same(expected[i], found[i].ToLiteral(), $"seed {seed} result {i}");
        }
    }

    private static RandomGraphOptions Options => new() { Variable = (name, type) => new VariableResource(name, type), Skip = op => op == OpDefs.OnDevice };

    private static string Outcome(RandomGraph random, Graph graph, ManagedDevice device, out bool forks)
    {
        foreach (var (variable, start) in random.Variables)
            ((VariableResource)variable).Value = device.From(start);
        var output = new StringWriter(CultureInfo.InvariantCulture);
        using IDisposable scope = (TensorGraphOptions.Current with { Output = output }).Use();
        string results;
        forks = false;
        try
        {
            ManagedProgram program = Program(graph, random.Arguments, device);
            forks = program.Dump().Contains("fork of", StringComparison.Ordinal);
            results = Values.Text(Array.ConvertAll(program.Run(Array.ConvertAll(random.Arguments, device.From)), result => result.ToLiteral()));
        }
        catch (GraphException error)
        {
            results = $"{error.Id}: {error.Problem}";
        }
        return $"{results}\n{output}{string.Join('\n', random.Variables.Select(entry => $"{entry.Variable} = {Values.Text([entry.Variable.HostValue!])}"))}";
    }

    private static ManagedProgram Program(Graph graph, Literal[] arguments, ManagedDevice device)
    {
        SizeBindings sizes = SizeBindings.Of(graph, Array.ConvertAll(arguments, argument => argument.Type));
        LoweredRegion region = RegionBuilder.Lower(Legalize.Run(graph).Entry, sizes, new ForkOptions(device.Threads) { HandOff = 0 });
        return new ManagedProgram(region, new ConstantPool(device));
    }
}
