using System.CommandLine;
using System.Diagnostics;
using Digits;
using Spectre.Console;
using TensorGraph;

var model = new Option<string>("--model") { Description = "mlp or cnn", DefaultValueFactory = _ => "mlp" };
model.AcceptOnlyFromAmong([.. Models.Names]);
var data = new Option<string>("--data") { Description = "digits, or fashion-mnist[:FOLDER]", DefaultValueFactory = _ => "digits" };
var epochs = Positive("--epochs", 20, "Times through the training data");
var batch = Positive("--batch", 64, "Examples of a step");
var seed = new Option<int>("--seed") { Description = "Start of the random numbers", DefaultValueFactory = _ => 1 };
var json = new Option<string?>("--json") { Description = "Also writes the figures to this file" };
var root = new RootCommand("Trains a classifier of images twice from one source: imperatively and as a graph.") { model, data, epochs, batch, seed,
    json };
root.SetAction(parsed =>
{
    try
    {
        var clock = Stopwatch.StartNew();
        var (train, test) = Load(parsed.GetValue(data)!);
        var comparison = new Comparison(train, test, parsed.GetValue(model)!, parsed.GetValue(batch), parsed.GetValue(seed));
        var result = Train(comparison, parsed.GetValue(epochs));
        Report.Show(result, clock.Elapsed);
        if (parsed.GetValue(json) is { } path)
            Report.WriteJson(result, path);
        return 0;
    }
    catch (GraphException error)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
});
return root.Parse(args).Invoke();

static Option<int> Positive(string name, int otherwise, string description)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
            result.AddError($"{name} must be at least 1.");
    });
    return option;
}

static (Examples Train, Examples Test) Load(string data)
{
    string[] parts = data.Split(':', 2);
    return parts switch
    {
        ["digits"] => DigitsData.Load(DigitsData.DefaultPath),
        ["fashion-mnist"] => FashionMnist.Load(FashionMnist.DefaultFolder),
        ["fashion-mnist", var folder] => FashionMnist.Load(folder),
        _ => throw new GraphException(DiagnosticIds.BadData, $"data: there is no '{data}'", "Pass digits, fashion-mnist or fashion-mnist:FOLDER."),
    };
}

static Result Train(Comparison comparison, int epochs) => AnsiConsole.Progress().Columns(
    new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).Start(progress =>
{
    var bar = progress.AddTask("training", maxValue: epochs * comparison.StepsPerEpoch);
    return comparison.Run(epochs, loss =>
    {
        bar.Increment(1);
        bar.Description = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"loss {loss:F4}");
    });
});
