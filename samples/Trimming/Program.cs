using TensorGraph;

// The same program as it is, trimmed, and compiled ahead of time: docs/trimming.md.
Console.WriteLine(Model.Shrink(new[] { 8f, 4 }));
Console.WriteLine(Ops.Softmax(Ops.MatMul(Ops.Ones(2, 3), Ops.Ones(3, 2))));

var line = new Line();
Tensor loss = 0f;
for (int step = 0; step < 100; step++)
    loss = line.Step(new[] { 0f, 1, 2, 3 }, new[] { 1f, 3, 5, 7 });
Console.WriteLine($"slope {(float)line.Slope.Value:f2}, offset {(float)line.Offset.Value:f2}, loss below 0.01: {(float)loss < 0.01f}");
var network = new Network();
Console.WriteLine($"{network.Call(Ops.Ones(1, 2))} from {string.Join(", ", network.NamedVariables.Keys)}");
Console.WriteLine($"runs on {Device.Current}, traced: {!GraphFunctions.RunImperatively}");

internal static partial class Model
{
    [GraphFunction]
    public static Tensor Shrink(Tensor x)
    {
        while (x.Sum() > 1)
            x = x / 2;
        return x;
    }
}

internal sealed partial class Line
{
    public Variable Slope { get; } = new(0f);

    public Variable Offset { get; } = new(0f);

    [GraphFunction]
    public Tensor Step(Tensor x, Tensor y)
    {
        using var tape = new GradientTape();
        Tensor error = Slope * x + Offset - y;
        Tensor loss = (error * error).Mean();
        Tensor?[] gradients = tape.Gradient(loss, [Slope, Offset]);
        Slope.AssignSub(0.1f * gradients[0]!);
        Offset.AssignSub(0.1f * gradients[1]!);
        return loss;
    }
}

internal sealed class Network : TensorGraph.Module
{
    private readonly Variable _scale = new(2f);
    private readonly Sequential _body = new(new Dense(2, 1, initializer: Initializers.Ones), new Activation(Ops.Relu));

    protected override Tensor Forward(Tensor x, bool training) => _body.Call(x, training) * _scale;
}
