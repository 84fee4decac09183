using System.CommandLine;
using CharRnn;
using Samples;
using Spectre.Console;

Settings usual = new();
var file = new Option<string?>("--file") { Description = "The text to learn from; the README of this repository otherwise" };
var steps = Options.Positive("--steps", usual.Steps, "Training steps");
var length = Options.Positive("--length", usual.Length, "Letters of a piece of text");
var batch = Options.Positive("--batch", usual.Batch, "Pieces of a step");
var units = Options.Positive("--units", usual.Units, "Units of the LSTM layer");
var count = Options.Positive("--letters", usual.Count, "Letters to write");
var temperature = Options.Number("--temperature", usual.Temperature, "0 writes the likeliest letter each time");
var prompt = new Option<string?>("--prompt") { Description = "What to write on after" };
var seed = Options.Seed(usual.Seed);
var traced = new Option<bool>("--traced") { Description = "Runs as a graph only" };
var json = Options.Json();
var root = new RootCommand("Learns to write text letter by letter, imperatively and as a graph.")
{
    file, steps, length, batch, units, count, temperature, prompt, seed, traced, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    var settings = usual with
    {
        Path = parsed.GetValue(file) ?? usual.Path,
        Steps = parsed.GetValue(steps),
        Length = parsed.GetValue(length),
        Batch = parsed.GetValue(batch),
        Units = parsed.GetValue(units),
        Count = parsed.GetValue(count),
        Temperature = parsed.GetValue(temperature),
        Prompt = parsed.GetValue(prompt),
        Seed = parsed.GetValue(seed),
        OnlyTraced = parsed.GetValue(traced),
    };
    var runs = Output.Training(settings.Steps * (settings.OnlyTraced ? 1 : 2), new Session(settings).Go);
    Show(runs.Imperative, runs.Traced);
    Output.WriteJson(Figures(runs.Imperative, runs.Traced), parsed.GetValue(json));
});

static void Show(Run? imperative, Run traced)
{
    var table = Output.Table(textColumns: 1, "", "imperative", "traced");
    table.AddRow("ms per step (median)", Output.Number("F2", imperative?.MsPerStep), Output.Number("F2", traced.MsPerStep));
    table.AddRow("ms per letter", Output.Number("F3", imperative?.MsPerLetter), Output.Number("F3", traced.MsPerLetter));
    table.AddRow("first loss", Output.Number("F6", imperative?.Losses[0]), Output.Number("F6", traced.Losses[0]));
    table.AddRow("final loss", Output.Number("F6", imperative?.Losses[^1]), Output.Number("F6", traced.Losses[^1]));
    AnsiConsole.Write(table);
    AnsiConsole.WriteLine(traced.Text);
}

static object Figures(Run? imperative, Run traced) => new
{
    ImperativeMsPerStep = imperative?.MsPerStep,
    TracedMsPerStep = traced.MsPerStep,
    ImperativeMsPerLetter = imperative?.MsPerLetter,
    TracedMsPerLetter = traced.MsPerLetter,
    ImperativeFinalLoss = imperative?.Losses[^1],
    TracedFinalLoss = traced.Losses[^1],
    traced.Text,
};
