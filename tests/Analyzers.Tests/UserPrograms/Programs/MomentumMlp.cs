public sealed class Parameter(string name, Tensor initial)
{
    public string Name => name;
    public Variable Value { get; } = new(initial, name);
    public Variable Velocity { get; } = new(Ops.ZerosLike(initial), name + "/velocity", trainable: false);
}

public sealed partial class Mlp
{
    private readonly Dictionary<string, Parameter> _parameters = new();
    private readonly int _layers;

    public Mlp(params int[] sizes)
    {
        _layers = sizes.Length - 1;
        for (int i = 0; i < _layers; i++)
        {
            Tensor w = Ops.Reshape((float[])[.. Enumerable.Range(0, sizes[i] * sizes[i + 1]).Select(k => MathF.Sin(k * 1.7f + i))], sizes[i], sizes[i + 1]);
            Add($"w{i}", w * 0.5f);
            Add($"b{i}", Ops.Zeros(sizes[i + 1]));
        }
    }

    public IEnumerable<Parameter> Parameters => _parameters.Values;

    private void Add(string name, Tensor initial) => _parameters.Add(name, new(name, initial));

    private Tensor Forward(Tensor x)
    {
        for (int i = 0; i < _layers; i++)
        {
            x = x.MatMul(_parameters[$"w{i}"].Value) + _parameters[$"b{i}"].Value;
            if (i < _layers - 1)
                x = Ops.Relu(x);
        }
        return x;
    }

    [GraphFunction]
    public Tensor Train(Tensor x, Tensor labels, double momentum = 0.9, double rate = 0.05)
    {
        using var tape = new GradientTape();
        Tensor loss = Loss.SparseSoftmaxCrossEntropy(Forward(x), labels);
        Variable[] variables = [.. Parameters.Select(p => p.Value)];
        Tensor?[] gradients = tape.Gradient(loss, variables);
        foreach (var (parameter, gradient) in Parameters.Zip(gradients))
        {
            if (gradient is null)
                continue;
            parameter.Velocity.Assign(momentum * parameter.Velocity.Value - rate * gradient);
            parameter.Value.AssignAdd(parameter.Velocity);
        }
        return loss;
    }

    [GraphFunction(InputSignature = ["f32[batch, 3]"])]
    public Tensor Predict(Tensor x) => Ops.ArgMax(Forward(x), -1);
}

public class Scenario
{
    private readonly Mlp _mlp = new(3, 5, 4);

    private static Tensor Inputs(Random random, int n) =>
        Ops.Reshape((float[])[.. Enumerable.Range(0, n * 3).Select(_ => (float)random.NextDouble())], n, 3);

    public object? Train(Random random)
    {
        int n = random.Next(1, 5);
        int[] labels = [.. Enumerable.Range(0, n).Select(_ => random.Next(4))];
        return _mlp.Train(Inputs(random, n), labels);
    }

    public object? Predict(Random random) => _mlp.Predict(Inputs(random, random.Next(1, 5)));

    public object? WrongWidth(Random random) => _mlp.Train(Ops.Ones(2, 4), new[] { 0, 1 });

    public object? State() => _mlp.Parameters.Select(p => (p.Name, p.Value, p.Velocity)).ToList();

    public (int, int) Traces() => (GraphFunction.Of(_mlp.Predict).TraceCount, 1);
}
