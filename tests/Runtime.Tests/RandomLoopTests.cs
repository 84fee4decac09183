using TensorGraph.Backends;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests;

/// <summary>
/// Plans write over what a loop carries and share memory where they can. On random loops nobody sees it: results, variables and arguments are
/// those of the interpreter, and gradients those of small differences.
/// </summary>
public sealed class RandomLoopTests
{
    private const int Programs = 60;

    private static IEnumerable<int> Seeds => RandomGraph.Seeds.Take(Programs);

    [Fact]
    public void A_plan_gives_what_the_interpreter_gives()
    {
        using IDisposable device = Device.Use(Devices.Managed);
        int overwriting = 0;
        foreach (int seed in Seeds)
        {
            var variable = new VariableResource("v", RandomLoops.VariableType);
            Graph graph = RandomLoops.Make(seed, seed % 2 == 0 ? variable : null);
            foreach (Graph form in new[] { graph, Pipeline.Run(graph).Graph })
                overwriting += Agrees(form, variable, $"seed {seed}") ? 1 : 0;
        }
        Assert.True(overwriting > Seeds.Count() / 10, $"only {overwriting} plans write over what they carry");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_are_slopes(bool higher)
    {
        foreach (int seed in Seeds.Take(Programs / 2))
        {
            Graph graph = RandomLoops.Make(seed);
            ForwardBackwardPair split = ForwardBackwardPair.Of(graph, higher);
            Literal[] arguments = RandomLoops.Arguments;
            Literal[] values = new Interpreter().Run(graph, arguments);
            TensorData[] forward = Device.Current.Compile(Pipeline.Run(split.Forward).Graph).Run(Array.ConvertAll(arguments, TensorData.From));
            Literal[] kept = new Interpreter().Run(split.Forward, arguments);
            for (int i = 0; i < values.Length; i++) Agree.Same(values[i], forward[i].ToLiteral(), $"seed {seed}, forward {i}");

            Literal[] seeds = [.. split.FloatResults.Select(i => i < values.Length ? Literal.FromDoubles(values[i].Type, k => Weight(i, k)) : Literal.Zeros(kept[i].Type))];
            if (split.FloatResults.Any(i => split.Forward.Entry.Results[i].Type.IsList)) continue; // A list is no argument from outside.
            TensorData[] gradients = Device.Current.Compile(Pipeline.Run(split.Backward).Graph).Run([.. forward.AsSpan(values.Length), .. seeds.Select(TensorData.From)]);
            foreach ((int parameter, int order) in split.Parameters.Select((parameter, order) => (parameter, order)))
            {
                foreach (int element in new[] { 0, 2, 80 })
                {
                    double slope = Slope(graph, parameter, element), found = gradients[order].ToLiteral().GetDouble(element);
                    Assert.True(Math.Abs(slope) > 1e4 || Math.Abs(slope - found) <= 1e-3 * (1 + Math.Abs(slope)), $"seed {seed}: gradient of {parameter}[{element}] is {found}, the slope {slope}");
                }
            }
        }
    }

    private static bool Agrees(Graph graph, VariableResource variable, string what)
    {
        Literal start = Literal.FromDoubles(RandomLoops.VariableType, i => 1 - 0.01 * i);
        Literal[] arguments = RandomLoops.Arguments;
        TensorData[] given = Array.ConvertAll(arguments, TensorData.From);
        Executable plan = Device.Current.Compile(graph);
        variable.HostValue = start;
        Literal[] expected = new Interpreter().Run(graph, arguments);
        Literal expectedVariable = variable.HostValue!;
        for (int run = 0; run < 2; run++)
        {
            variable.HostValue = start;
            TensorData[] found = plan.Run(given);
            for (int i = 0; i < found.Length; i++) Agree.Same(expected[i], found[i].ToLiteral(), $"{what}, run {run}, result {i}");
            for (int i = 0; i < given.Length; i++) Assert.Equal(arguments[i], given[i].ToLiteral());
            Agree.Same(expectedVariable, variable.HostValue!, $"{what}, run {run}, variable");
        }
        return plan.Dump().Contains("start from", StringComparison.Ordinal);
    }

    private static double Slope(Graph graph, int parameter, int element)
    {
        const double step = 1e-5;
        return (Target(step) - Target(-step)) / (2 * step);

        double Target(double moved)
        {
            Literal[] arguments = RandomLoops.Arguments;
            Literal before = arguments[parameter];
            arguments[parameter] = Literal.FromDoubles(before.Type, k => before.GetDouble(k) + (k == element ? moved : 0));
            Literal[] results = new Interpreter().Run(graph, arguments);
            return results.Select((result, i) => Enumerable.Range(0, (int)result.Count).Sum(k => Weight(i, k) * result.GetDouble(k))).Sum();
        }
    }

    private static double Weight(int result, long element) => 0.3 + 0.01 * (element % 10) + 0.05 * result;
}
