using Digits;
using TensorGraph;
using TensorGraph.Staleness;

namespace TestBed;

/// <summary>Images, their sides and channels, and a convolutional network with batch norm for them.</summary>
public sealed record ImageSet(string Name, Examples Train, Examples Test, int Channels)
{
    private const int CifarSide = 32, CifarChannels = 3;

    public int Side => (int)Math.Sqrt(Train.Pixels / Channels);

    /// <summary><c>digits</c>, <c>fashion-mnist</c>, <c>fashion-mnist:FOLDER</c> or <c>cifar10:FOLDER</c>.</summary>
    public static ImageSet Load(string data)
    {
        if (data.Split(':', 2) is ["cifar10", var folder])
        {
            return new("CIFAR-10", LoadCifar([.. Enumerable.Range(1, 5).Select(i => Path.Combine(folder, $"data_batch_{i}.bin"))]),
                LoadCifar([Path.Combine(folder, "test_batch.bin")]), CifarChannels);
        }

        if (data != "digits" && data.Split(':')[0] != "fashion-mnist")
        {
            throw new GraphException(DiagnosticIds.BadData, $"data: there is no '{data}'",
                "Pass digits, fashion-mnist, fashion-mnist:FOLDER or cifar10:FOLDER.");
        }

        var (train, test) = Examples.Load(data);
        return new(data.Split(':')[0], train, test, Channels: 1);
    }

    /// <summary>The task that is learnt, with so many of the test examples.</summary>
    public TrainingTask Task(int batch, int testExamples = 1000)
    {
        int count = Math.Min(testExamples, Test.Count);
        return new()
        {
            CreateModel = Network, Inputs = Train.Images, Targets = Train.Labels, TestInputs = Test.Images[..count],
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

    // Each example is a byte of its label, then a plane of bytes for each colour (Krizhevsky 2009).
    private static Examples LoadCifar(string[] paths)
    {
        const int Pixels = CifarChannels * CifarSide * CifarSide, Bytes = Pixels + 1;
        var images = new List<float>();
        var labels = new List<int>();
        foreach (string path in paths)
        {
            if (!File.Exists(path))
                throw Bad(path, "it does not exist");
            byte[] content = File.ReadAllBytes(path);
            if (content.Length == 0 || content.Length % Bytes != 0)
                throw Bad(path, $"its {content.Length} bytes are no multiple of {Bytes}");
            for (int start = 0; start < content.Length; start += Bytes)
            {
                labels.Add(content[start] < 10 ? content[start] : throw Bad(path, $"a label is {content[start]}"));
                for (int i = 1; i < Bytes; i++)
                    images.Add(content[start + i] / 255f);
            }
        }

        return new(Tensor.From(images.ToArray(), labels.Count, Pixels), labels.ToArray());
    }

    private static GraphException Bad(string path, string problem) => new(DiagnosticIds.BadData, $"data: '{path}' can't be used: {problem}",
        "Unpack the binary version of CIFAR-10 and pass the folder with data_batch_1.bin.");
}
