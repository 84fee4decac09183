namespace TensorGraph.Staleness.Experiments;

/// <summary>Images, their sides and channels, and a convolutional network with batch norm for them.</summary>
public sealed record ImageSet(string Name, Examples Train, Examples Test, int Channels)
{
    // Debian's package puts the files there.
    private const string FashionMnistFolder = "/usr/share/datasets/fashion-mnist";

    public int Side => (int)Math.Sqrt(Train.Pixels / Channels);

    /// <summary>The name of data, without loading it. Errors: TG1006 another word than those of <see cref="Load"/>.</summary>
    public static string NameOf(string data) => data.Split(':', 2) switch
    {
        ["digits"] => "digits",
        ["fashion-mnist", ..] => "fashion-mnist",
        ["cifar10", _] => "CIFAR-10",
        _ => throw new GraphException(DiagnosticIds.BadData, $"data: there is no '{data}'",
            "Pass digits, fashion-mnist, fashion-mnist:FOLDER or cifar10:FOLDER."),
    };

    /// <summary>
    /// <c>digits</c>, <c>fashion-mnist</c>, <c>fashion-mnist:FOLDER</c> or <c>cifar10:FOLDER</c>. Errors: TG1006 another word, or files that can't
    /// be used.
    /// </summary>
    public static ImageSet Load(string data)
    {
        string name = NameOf(data);
        var (train, test) = data.Split(':', 2) switch
        {
            ["digits"] => ImageFiles.Digits(),
            ["fashion-mnist"] => ImageFiles.FashionMnist(FashionMnistFolder),
            ["fashion-mnist", var folder] => ImageFiles.FashionMnist(folder),
            var parts => ImageFiles.Cifar10(parts[1]),
        };
        return new(name, train, test, name == "CIFAR-10" ? 3 : 1);
    }

    /// <summary>The task that is learnt, with so many of the test examples.</summary>
    public TrainingTask Task(int batch, int testExamples = 1000)
    {
        int count = Math.Min(testExamples, Test.Count);
        return new()
        {
            CreateModel = Network,
            Inputs = Train.Images,
            Targets = Train.Labels,
            TestInputs = Test.Images[..count],
            TestTargets = Test.Labels[..count],
            BatchSize = batch,
        };
    }

    /// <summary>Two convolutions, each with batch norm and pooling, then a dense layer.</summary>
    private Module Network(RandomGenerator random)
    {
        const int First = 8, Second = 16, Classes = 10;
        return new Sequential(
            new Reshape(Channels, Side, Side),
            new Conv2D(Channels, First, window: 3, padding: 1, bias: false, initializer: Initializers.HeUniform, random: random),
            new BatchNorm(First),
            new Activation(Ops.Relu),
            new MaxPool2D(2),
            new Conv2D(First, Second, window: 3, padding: 1, bias: false, initializer: Initializers.HeUniform, random: random),
            new BatchNorm(Second),
            new Activation(Ops.Relu),
            new MaxPool2D(2),
            new Flatten(),
            new Dense(Second * (Side / 4) * (Side / 4), Classes, random: random));
    }
}
