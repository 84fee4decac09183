using TensorGraph;

namespace ParallelDevices;

/// <summary>The graph functions that are measured. Each runs where its arguments are.</summary>
public static partial class Work
{
    /// <summary>xⁿ, scaled so that it stays finite.</summary>
    [GraphFunction]
    public static Tensor Power(Tensor x, Tensor exponent)
    {
        Tensor power = x;
        for (Tensor i = 1L; i < exponent; i += 1L)
            power = Ops.MatMul(power, x);
        return power;
    }

    /// <summary>A batch's features.</summary>
    [GraphFunction]
    public static Tensor Features(Tensor x, Tensor weights) => Ops.Tanh(Ops.MatMul(Ops.Tanh(Ops.MatMul(x, weights)), weights));

    /// <summary>The loss of a network with one hidden layer on a batch, and its gradients.</summary>
    [GraphFunction]
    public static (Tensor Loss, Tensor Hidden, Tensor Output) Gradients(Tensor hidden, Tensor output, Tensor x, Tensor y)
    {
        using var tape = new GradientTape();
        tape.Watch(hidden);
        tape.Watch(output);
        Tensor difference = Ops.MatMul(Ops.Tanh(Ops.MatMul(x, hidden)), output) - y;
        Tensor loss = (difference * difference).Mean();
        Tensor?[] gradients = tape.Gradient(loss, [hidden, output]);
        return (loss, gradients[0]!, gradients[1]!);
    }
}
