using TensorGraph;

namespace Digits;

/// <summary>A model and how it learns. Called imperatively or traced, it is this one source.</summary>
public sealed partial class Classifier(Module model, Optimizer optimizer)
{
    /// <summary>One step on a batch of 8×8 images; the loss before it.</summary>
    [GraphFunction(InputSignature = ["f32[batch,64]", "i32[batch]"])]
    public Tensor TrainStep(Tensor images, Tensor labels) => Step(images, labels);

    /// <summary>The same for 28×28 images.</summary>
    [GraphFunction(InputSignature = ["f32[batch,784]", "i32[batch]"])]
    public Tensor TrainStep28(Tensor images, Tensor labels) => Step(images, labels);

    /// <summary>Share of the images whose most likely label is right.</summary>
    [GraphFunction]
    public Tensor Accuracy(Tensor images, Tensor labels) => Ops.Equal(model.Call(images).ArgMax(), labels).Cast(DType.F32).Mean();

    private Tensor Step(Tensor images, Tensor labels)
    {
        using var tape = new GradientTape();
        Tensor loss = Loss.SparseSoftmaxCrossEntropy(model.Call(images, training: true), labels);
        var variables = model.TrainableVariables;
        optimizer.Apply(tape.Gradient(loss, variables), variables);
        return loss;
    }
}
