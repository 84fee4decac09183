namespace TensorGraph.Tests;

/// <summary>Runs something imperatively and traced.</summary>
internal static class Both
{
    public static T Imperatively<T>(Func<T> run)
    {
        using (new TensorGraphOptions { RunImperatively = true }.Use())
            return run();
    }

    /// <summary>The two results agree; returns the traced one.</summary>
    public static float[] Agree(Func<float[]> run, double relative = 1e-6, double absolute = 1e-7)
    {
        float[] imperative = Imperatively(run), traced = run();
        Close.Within(imperative, traced, relative, absolute);
        return traced;
    }
}

/// <summary>A layer as a graph function.</summary>
internal sealed partial class Forward(Module layer)
{
    [GraphFunction]
    public Tensor Run(Tensor x) => layer.Call(x);

    /// <summary>∂(Σ y·weights)/∂x.</summary>
    [GraphFunction]
    public Tensor Gradient(Tensor x, Tensor weights)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient((layer.Call(x) * weights).Sum(), x)!;
    }
}

/// <summary>A module of a user's own, with control flow that a tensor decides.</summary>
internal sealed partial class ClippedLayer(float limit) : Module
{
    protected override Tensor Forward(Tensor x, bool training)
    {
        while (x.Sum() > limit)
            x = x / 2;
        return training && x.Sum() > 0 ? -x : x;
    }
}

/// <summary>A loss as a graph function.</summary>
internal sealed partial class LossOf(Func<Tensor, Tensor, Tensor> loss)
{
    [GraphFunction]
    public Tensor Run(Tensor a, Tensor b) => loss(a, b);

    [GraphFunction]
    public Tensor Gradient(Tensor a, Tensor b)
    {
        using var tape = new GradientTape();
        tape.Watch(a);
        return tape.Gradient(loss(a, b), a)!;
    }

    [GraphFunction(InputSignature = ["f32[batch,classes]", "i32[batch]"])]
    public Tensor RunAnyBatch(Tensor a, Tensor b) => loss(a, b);
}

/// <summary>Optimiser steps on one variable under a given gradient, as a graph function.</summary>
internal sealed partial class Steps(Optimizer optimizer, Variable variable)
{
    [GraphFunction]
    public Tensor Step(Tensor gradient)
    {
        optimizer.Apply([gradient], [variable]);
        return variable.Value;
    }
}
