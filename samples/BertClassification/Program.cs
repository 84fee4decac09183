using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BertClassification;
using Samples;
using Spectre.Console;
using TensorGraph;
using TextClassification;

var folder = new Option<string?>("--folder") { Description = "Folder of models; a new one otherwise" };
var pretraining = Options.Positive("--pretraining-steps", 150, "Steps of the masked-token pre-training");
var cold = new Option<bool>("--cold") { Description = "Leaves out the pre-training" };
var steps = Options.Positive("--steps", 240, "Steps of the training");
var batch = Options.Positive("--batch", 32, "Texts of a step");
var length = Options.Positive("--length", 20, "Tokens of a text");
var width = Options.Positive("--width", 64, "Numbers of an embedding");
var layers = Options.Positive("--layers", 2, "Encoder blocks");
var rate = Options.Number("--rate", 0.002, "Learning rate");
var seed = Options.Seed();
var json = Options.Json();
var root = new RootCommand("Pre-trains an encoder, trains a classifier of texts from it, evaluates, predicts, exports the best and calls it on the model server.")
{
    folder, pretraining, cold, steps, batch, length, width, layers, rate, seed, json,
};
return SampleCommand.Run(root, args, parsed =>
{
    var data = SectionsData.Load(SectionsData.DefaultPath);
    var encoder = Encoders.Create("wordpiece", data.Train);
    var sizes = new Sizes(encoder.Size, parsed.GetValue(length), parsed.GetValue(width), parsed.GetValue(layers), Heads: 4, Dropout: 0.1);
    string place = parsed.GetValue(folder) ?? Directory.CreateTempSubdirectory("tensorgraph-bert-").FullName;
    var texts = new Texts(data, encoder, sizes.Length, parsed.GetValue(batch), parsed.GetValue(seed));
    string? pretrained = parsed.GetValue(cold) ? null : Pretrain(texts, sizes, Path.Combine(place, "pretraining"), parsed.GetValue(pretraining), parsed.GetValue(seed));

    int last = parsed.GetValue(steps);
    var model = new TextClassifier(sizes, data.Classes.Count, last, parsed.GetValue(rate), new RandomGenerator(parsed.GetValue(seed) + 1));
    // The file calls the encoder by another name, as files of others do.
    var warmStart = pretrained is null ? null : new WarmStartSettings(pretrained) { Variables = ["encoder\\."], Rename = path => path["encoder.".Length..] };
    var estimator = new Estimator<Dictionary<string, Tensor>, Tensor>(model.Describe, Path.Combine(place, "classifier"),
        new() { SaveCheckpointsSteps = Math.Max(1, last / 4), LogStepCountSteps = Math.Max(1, last / 8), Seed = parsed.GetValue(seed) },
        parameters: null, warmStart);
    var receiver = ServingInputReceiver.Raw(new Dictionary<string, TensorSpec> { [TextClassifier.Ids] = TensorSpec.Parse($"i32[batch,{sizes.Length}]") });
    var result = estimator.TrainAndEvaluate(
        new(() => texts.Training().Repeat(), maxSteps: last),
        new(texts.Test, exporters: [new BestExporter(receiver, BestExporter.Larger("accuracy"), name: "best")], startDelaySeconds: 0, throttleSeconds: 0));

    var some = data.Test.Take(3).ToArray();
    int[][] ids = [.. some.Select(example => encoder.Encode(example.Text, sizes.Length))];
    var best = estimator.Predict(() => [new Dictionary<string, Tensor> { [TextClassifier.Ids] = Rows(ids) }])
        .Select(prediction => prediction["classes"].ToArray<int>()).ToArray();
    string[] served = Serve(Path.Combine(estimator.ModelDir, "export", "best"), ids).Select(classes => Names(classes, data)).ToArray();
    var table = Output.Table(3, "text", "section", "three most likely: last checkpoint", "best export, on the server");
    foreach (var (number, example) in some.Index())
        table.AddRow(Markup.Escape(example.Text), data.Classes[example.Label], Names(best[number], data), served[number]);
    AnsiConsole.Write(table);
    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"accuracy {result.Evaluation["accuracy"]:F4}, loss {result.Evaluation.Loss:F4}; models in {place}");
    Output.WriteJson(new
    {
        Accuracy = result.Evaluation["accuracy"], result.Evaluation.Loss, Steps = estimator.GlobalStep, Pretrained = pretrained is not null,
        Predicted = best.Select(classes => Names(classes, data)), Served = served,
    }, parsed.GetValue(json));
});

// Gives the file of the encoder's weights.
static string Pretrain(Texts texts, Sizes sizes, string folder, int steps, int seed)
{
    var model = new MaskedTokens(sizes, steps, new RandomGenerator(seed));
    var config = new RunConfig { SaveCheckpointsSteps = steps, LogStepCountSteps = Math.Max(1, steps / 5), Seed = seed };
    var estimator = new Estimator<Tensor, Tensor>(model.Describe, folder, config);
    estimator.Train(() => texts.Hidden(sizes.Tokens).Repeat(), maxSteps: steps);
    string file = Path.Combine(folder, "bert.safetensors");
    model.Encoder.Save(file);
    return file;
}

// Calls the newest of the exported models over REST.
static int[][] Serve(string folder, int[][] ids) => ServeAsync(folder, ids).GetAwaiter().GetResult();

static async Task<int[][]> ServeAsync(string folder, int[][] ids)
{
    await using var server = await ModelServer.StartAsync(new() { ModelName = "sections", ModelBasePath = folder, GrpcPort = 0, RestPort = 0 });
    using var client = new HttpClient { BaseAddress = server.RestAddress };
    string request = JsonSerializer.Serialize(new { instances = ids.Select(text => new { ids = text }) });
    using var reply = await client.PostAsync("v1/models/sections:predict", new StringContent(request, Encoding.UTF8, "application/json"));
    string text = await reply.Content.ReadAsStringAsync();
    using var answer = JsonDocument.Parse(reply.IsSuccessStatusCode ? text : throw new HttpRequestException(text));
    return [.. answer.RootElement.GetProperty("predictions").EnumerateArray().Select(prediction =>
        prediction.GetProperty("classes").EnumerateArray().Select(number => number.GetInt32()).ToArray())];
}

static string Names(int[] classes, SectionsData data) => string.Join(", ", classes.Select(number => data.Classes[number]));

static Tensor Rows(int[][] ids) => Tensor.From([.. ids.SelectMany(text => text)], ids.Length, ids[0].Length);
