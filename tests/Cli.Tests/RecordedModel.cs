namespace TensorGraph.Tests;

/// <summary>A recording of a small model, made once for the tests that read it.</summary>
public sealed partial class RecordedModel : IDisposable
{
    public RecordedModel()
    {
        Folder = Directory.CreateTempSubdirectory("tensorgraph-cli-").FullName;
        Record(Folder, calls: 4);
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Records a model that is made anew.</summary>
    public static void Record(string folder, int calls, bool keepInputs = true)
    {
        using var recorder = GraphRecorder.Start(folder, keepInputs);
        var model = new Model();
        for (int i = 0; i < calls; i++)
            model.Step(Ops.Ones(3, 4));
        model.Scale(Ops.Ones(5), 2);
        model.Scale(Ops.Ones(5), 3);
        GraphFunctions.Synchronize();
    }

    /// <summary>A layer with a bias, and a function that a C# number retraces.</summary>
    public sealed partial class Model
    {
        private readonly Variable _weights = new(Ops.Ones(4, 2), name: "weights");
        private readonly Variable _bias = new(Ops.Zeros(2), name: "bias");

        [GraphFunction]
        public Tensor Step(Tensor x)
        {
            Tensor y = Ops.MatMul(x, _weights.Value) + _bias.Value;
            Tensor mean = (y * 1).Mean();
            _bias.AssignAdd(Ops.Ones(2));
            // More iterations than are unrolled.
            for (Tensor i = 0; i < 9; i += 1)
                mean = mean * 0.5f + 1;
            return Ops.Exp(mean - y) * 2;
        }

        [GraphFunction]
        public Tensor Scale(Tensor x, int factor) => x * factor;
    }
}
