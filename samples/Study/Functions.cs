using TensorGraph;

namespace Study;

/// <summary>The graph functions of the study, as the guide to tf.function has them.</summary>
public static partial class Functions
{
    /// <summary>Pairs of C# numbers: the loop is C#, so each iteration is recorded.</summary>
    [GraphFunction]
    public static Tensor TrainList(IReadOnlyList<(int X, int Y)> pairs)
    {
        Tensor loss = 0;
        foreach (var (x, y) in pairs)
            loss += Ops.Abs((Tensor)(y - x));
        return loss;
    }

    /// <summary>Pairs of tensors from a dataset: one loop of the graph.</summary>
    [GraphFunction]
    public static Tensor TrainDataset(Dataset<(Tensor X, Tensor Y)> pairs)
    {
        Tensor loss = 0;
        foreach (var (x, y) in pairs)
            loss += Ops.Abs(y - x);
        return loss;
    }

    /// <summary>Writes once for each trace, and once for each call.</summary>
    [GraphFunction]
    public static Tensor Double(Tensor x, TextWriter traces)
    {
#pragma warning disable TG7101 // It runs while tracing only: that is what it shows.
        traces.WriteLine($"tracing with {x.DType} {x.Shape}");
#pragma warning restore TG7101
        Ops.Print("running with", x);
        return x + x;
    }

    /// <summary>The flag is a C# value: a graph for each.</summary>
    [GraphFunction]
    public static Tensor DropoutByFlag(Tensor x, Tensor mask, bool training)
    {
        if (training)
            x = x * mask * 2;
        return x;
    }

    /// <summary>The flag is a tensor: one graph with a branch.</summary>
    [GraphFunction]
    public static Tensor DropoutByTensor(Tensor x, Tensor mask, Tensor training)
    {
        if (training)
            x = x * mask * 2;
        return x;
    }

    [GraphFunction]
    public static Tensor ForOverNumber(Tensor x, int count)
    {
        for (int i = 0; i < count; i++)
            x = x + i;
        return x;
    }

    [GraphFunction]
    public static Tensor ForeachOverList(Tensor x, IReadOnlyList<float> terms)
    {
        foreach (float term in terms)
            x = x + term;
        return x;
    }

    [GraphFunction]
    public static Tensor ForeachOverRange(Tensor x, Tensor count)
    {
        foreach (var i in Ops.Range(count))
            x = x + i.Cast(DType.F32);
        return x;
    }

    [GraphFunction]
    public static Tensor ForeachOverTensor(Tensor x, Tensor rows)
    {
        foreach (Tensor row in rows)
            x = x + row;
        return x;
    }

    [GraphFunction]
    public static Tensor ForeachOverDataset(Tensor x, Dataset<Tensor> rows)
    {
        foreach (Tensor row in rows)
            x = x + row;
        return x;
    }

    [GraphFunction]
    public static Tensor WhileOverTensor(Tensor x)
    {
        while (x < 100)
            x = x * 2;
        return x;
    }

    [GraphFunction]
    public static Tensor AddOne(Tensor x) => x + 1;

    [GraphFunction]
    public static Tensor AddOneRepeatedly(Tensor x, Tensor times)
    {
        foreach (var _ in Ops.Range(times))
            x = x + 1;
        return x;
    }
}
