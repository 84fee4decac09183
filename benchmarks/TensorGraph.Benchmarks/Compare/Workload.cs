namespace TensorGraph.Benchmarks.Compare;

/// <summary>A piece of work that this library and its peers do alike. The names are those of the peers' workloads.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Make">Makes its data and gives the step that is measured: imperative or traced, as the settings say.</param>
/// <param name="Flops">Floating-point operations of one step that no implementation avoids; 0 where memory decides.</param>
/// <param name="Bytes">Bytes that one step must read and write; 0 where operations decide.</param>
/// <param name="Model">What is exported for ONNX Runtime; null for what trains, or ends when the data say so.</param>
internal sealed record Workload(string Name, Func<Action> Make, double Flops = 0, double Bytes = 0, Func<ConcreteFunction>? Model = null);

/// <summary>A function of tensors as a graph function.</summary>
internal sealed partial class Work(Func<Tensor, Tensor, Tensor> function)
{
    [GraphFunction]
    public Tensor Run(Tensor a, Tensor b) => function(a, b);
}

/// <summary>The forward pass of a module.</summary>
internal sealed partial class Inference(Module model)
{
    [GraphFunction]
    public Tensor Run(Tensor x) => model.Call(x);
}

/// <summary>One step of training.</summary>
internal sealed partial class Training(Module model, Optimizer optimizer, Func<Tensor, Tensor, Tensor> loss)
{
    [GraphFunction]
    public Tensor Run(Tensor x, Tensor y)
    {
        using var tape = new GradientTape();
        Tensor value = loss(model.Call(x, training: true), y);
        optimizer.Apply(tape.Gradient(value, model.TrainableVariables), model.TrainableVariables);
        return value;
    }
}

/// <summary>Steps of an optimiser with gradients that are there.</summary>
internal sealed partial class Updates(Optimizer optimizer, Variable[] variables, Tensor[] gradients)
{
    [GraphFunction]
    public void Run() => optimizer.Apply(gradients, variables);
}

/// <summary>Loops whose length the data decide.</summary>
internal static partial class Loops
{
    /// <summary>Square roots by Newton's method, until they no longer change.</summary>
    [GraphFunction]
    public static Tensor Newton(Tensor x)
    {
        Tensor root = x, before = x + 1;
        while (Ops.ReduceMax(Ops.Abs(root - before)) > 1e-6f)
        {
            before = root;
            root = (root + x / root) * 0.5f;
        }

        return root;
    }

    /// <summary>Iterations until points leave the circle of radius 2, 50 at most.</summary>
    [GraphFunction]
    public static Tensor Mandelbrot(Tensor re, Tensor im)
    {
        Tensor x = Ops.ZerosLike(re), y = Ops.ZerosLike(im), count = Ops.ZerosLike(re);
        foreach (Tensor _ in Ops.Range(50))
        {
            Tensor x2 = x * x, y2 = y * y, isInside = x2 + y2 < 4f;
            Tensor next = x2 - y2 + re;
            y = Ops.Where(isInside, 2f * x * y + im, y);
            x = Ops.Where(isInside, next, x);
            count = count + Ops.Cast(isInside, DType.F32);
        }

        return count;
    }
}
