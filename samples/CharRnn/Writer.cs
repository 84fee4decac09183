using TensorGraph;

namespace CharRnn;

/// <summary>A model, how it learns and how it writes. Called imperatively or traced, it is this one source.</summary>
public sealed partial class Writer(Model model, Optimizer optimizer, RandomGenerator random)
{
    /// <summary>One step on a batch of pieces of text; the loss before it.</summary>
    [GraphFunction(InputSignature = ["i32[batch,length]", "i32[batch,length]"])]
    public Tensor TrainStep(Tensor letters, Tensor next)
    {
        using var tape = new GradientTape();
        Tensor loss = Loss.SparseSoftmaxCrossEntropy(model.Call(letters, training: true), next);
        var variables = model.TrainableVariables;
        optimizer.Apply(tape.Gradient(loss, variables), variables);
        return loss;
    }

    /// <summary>
    /// Writes on after some letters: one loop of the graph. At temperature 0 each letter is the likeliest one, at 1 as likely as the model says,
    /// above that more by chance.
    /// </summary>
    [GraphFunction]
    public Tensor Write(Tensor prompt, Tensor count, Tensor temperature)
    {
        var state = model.Start;
        Tensor letter = prompt[0];
        var written = new TensorArray(DType.I32, Shape.Scalar);
        Tensor length = Ops.Size(prompt).Cast(DType.I32);
        for (Tensor i = 1; i < length + count; i += 1)
        {
            var (scores, after) = model.Next(letter, state);
            state = after;
            // The largest of scores with Gumbel noise is a draw from their softmax.
            Tensor noise = -Ops.Log(-Ops.Log(random.Uniform(scores.Shape, 1e-9, 1 - 1e-7)));
            Tensor drawn = Ops.ArgMax(scores + (temperature * noise));
            letter = i < length ? prompt[Ops.Min(i, length - 1)] : drawn;
            if (i >= length)
                written.Add(letter);
        }

        return written.Stack();
    }
}
