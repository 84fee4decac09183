namespace TensorGraph.Tests;

/// <summary>A graph function of a module.</summary>
public sealed partial class Network(Module module)
{
    public Module Module => module;

    [GraphFunction]
    public Tensor Predict(Tensor x) => module.Call(x, training: false);

    public ConcreteFunction For(string spec) => GraphFunction.Of(Predict).GetConcreteFunction(TensorSpec.Parse(spec));
}

/// <summary>Graph functions that the tests of ONNX models use too.</summary>
public sealed partial class Programs
{
    [GraphFunction]
    public static Tensor Collatz(Tensor x)
    {
        Tensor steps = 0;
        while (x != 1)
        {
            if (x % 2 == 0)
                x = x / 2;
            else
                x = (3 * x) + 1;
            steps += 1;
        }

        return steps;
    }

    [GraphFunction]
    public static Tensor Squares(Tensor n)
    {
        var list = new TensorArray(DType.I32, Shape.Scalar);
        for (Tensor i = 0; i < n; i += 1)
            list.Add(i * i);
        return list.Stack();
    }

    [GraphFunction]
    public static Tensor Positive(Tensor x) => x[x > 0];

    [GraphFunction]
    public static Tensor PositiveTwice(Tensor x)
    {
        Tensor positive = Positive(x), negative = Positive(-x);
        return Ops.Concat([positive, negative * 2, positive], 0);
    }
}
