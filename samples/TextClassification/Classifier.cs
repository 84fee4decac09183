using TensorGraph;

namespace TextClassification;

/// <summary>A model and how it learns. Called imperatively or traced, it is this one source.</summary>
public sealed partial class Classifier(Module model, Optimizer optimizer)
{
    /// <summary>One step on a batch of texts; the loss before it.</summary>
    [GraphFunction(InputSignature = ["i32[batch,length]", "i32[batch]"])]
    public Tensor TrainStep(Tensor texts, Tensor labels)
    {
        using var tape = new GradientTape();
        Tensor loss = Loss.SparseSoftmaxCrossEntropy(model.Call(texts, training: true), labels);
        var variables = model.TrainableVariables;
        optimizer.Apply(tape.Gradient(loss, variables), variables);
        return loss;
    }

    /// <summary>Number of texts whose most likely class is right.</summary>
    [GraphFunction(InputSignature = ["i32[batch,length]", "i32[batch]"])]
    public Tensor Correct(Tensor texts, Tensor labels) => Ops.Equal(model.Call(texts).ArgMax(), labels).Cast(DType.I32).Sum();
}
