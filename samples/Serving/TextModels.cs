using TensorGraph;
using TextClassification;

namespace ServingSample;

/// <summary>Scores of the classes of texts, as a signature has them.</summary>
public sealed partial class Scorer(Module model)
{
    [GraphFunction]
    public Tensor Predict(Tensor texts) => Ops.Softmax(model.Call(texts));
}

/// <summary>Trains small text models and saves them as versions.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Encode">Numbers of a text.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Texts">Texts that it has not seen.</param>
public sealed record TextModel(string Name, Func<string, int[]> Encode, IReadOnlyList<string> Classes, IReadOnlyList<string> Texts)
{
    private const int Length = 32, Batch = 64;

    /// <summary>Trains a model, and saves it after each of the numbers of steps as the next version.</summary>
    public static TextModel Train(string name, string basePath, IReadOnlyList<int> steps)
    {
        var data = SectionsData.Load(SectionsData.DefaultPath);
        var encoder = Encoders.Create(Models.EncoderOf(name), data.Train);
        int[] Encode(string text) => encoder.Encode(text, Length);
        var model = Models.Create(name, encoder.Size, Length, data.Classes.Count, new() { Width = 32, Units = 32 }, new RandomGenerator(1));
        var learner = new Classifier(model, new Adam(0.003));
        var batches = Dataset.FromEnumerable(data.Train).Map(text => ((Tensor)Encode(text.Text), (Tensor)text.Label)).Cache()
            .Shuffle(data.Train.Count, seed: 1).Batch(Batch).Repeat().Take(steps.Sum());
        int step = 0, version = 0;
        foreach (var (texts, labels) in batches)
        {
            learner.TrainStep(texts, labels);
            if (++step == steps.Take(version + 1).Sum())
                Save(model, basePath, ++version);
        }

        return new(name, Encode, data.Classes, [.. data.Test.Take(100).Select(text => text.Text)]);
    }

    private static void Save(Module model, string basePath, int version)
    {
        var predict = GraphFunction.Of(new Scorer(model).Predict).GetConcreteFunction(TensorSpec.Parse($"i32[batch, {Length}]"));
        SavedModel.Save(Path.Combine(basePath, $"{version}"), [new("serving_default", predict) { Outputs = ["scores"] }], model.NamedVariables);
    }
}
