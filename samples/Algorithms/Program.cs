using System.CommandLine;
using Algorithms;
using Samples;
using Spectre.Console;

var steps = Options.Positive("--steps", 20, "Calls that are timed each way");
var seed = Options.Seed();
var json = Options.Json();
var root = new RootCommand("Algorithms with loops that the data ends, imperatively and as graphs.") { steps, seed, json };
return SampleCommand.Run(root, args, parsed =>
{
    Figure[] figures = [.. new Measurements(parsed.GetValue(steps), parsed.GetValue(seed)).All()];
    var table = Output.Table(textColumns: 1, "algorithm", "iterations", "difference", "imperative ms", "traced ms", "speed-up", "graph nodes");
    foreach (var figure in figures)
    {
        table.AddRow(figure.Algorithm, Output.Number("D", figure.Iterations), Output.Number("E1", figure.Difference),
            Output.Number("F3", figure.ImperativeMs), Output.Number("F3", figure.TracedMs), Output.Number("F1", figure.Speedup),
            Output.Number("D", figure.GraphNodes));
    }

    AnsiConsole.Write(table);
    Output.WriteJson(figures, parsed.GetValue(json));
});
