namespace TensorGraph.Tests;

/// <summary>Graph functions of control flow, lists, captured tensors, variables and sizes.</summary>
public sealed partial class Programs
{
    private readonly Tensor _offset = new float[] { 1, 2, 3 };
    private readonly Variable _scale = new(new float[] { 2, 3, 4 }, "scale");

    [GraphFunction]
    public static Tensor Replaced(Tensor x)
    {
        var list = new TensorArray(DType.F32, [2]);
        foreach (Tensor row in x)
            list.Add(row * 2);
        for (Tensor i = 0L; i < list.Count; i += 2)
            list[i] = list[i] - 1;
        return list.Stack();
    }

    [GraphFunction]
    public static Tensor Products(Tensor x) => Ops.CumProd(x, 0) + Ops.CumProd(x, 0, reverse: true);

    [GraphFunction]
    public static Tensor Recurrence(Tensor x) => Ops.AssociativeScan(x, (a, b) => a * 0.5f + b, 0);

    [GraphFunction]
    public static (Tensor Sum, Tensor Rows) Running(Tensor x)
    {
        Tensor sum = Ops.Zeros(3);
        var rows = new TensorArray(DType.F32, [3]);
        foreach (Tensor row in x)
        {
            sum = Ops.Tanh(sum + row);
            rows.Add(sum);
        }

        return (sum, rows.Stack());
    }

    [GraphFunction]
    public static Tensor Nested(Tensor x, Tensor n)
    {
        for (Tensor i = 0; i < n; i += 1)
        {
            for (Tensor j = i; j < n; j += 1)
            {
                if (x.Sum() > 10)
                    x = x * 0.5f;
                else if (x.Sum() > 5)
                    x = x - 1;
                else
                    x = x + j.Cast(DType.F32) + 1;
            }
        }

        return x;
    }

    [GraphFunction]
    public static Tensor Sizes(Tensor x) => Ops.Reshape(Ops.Concat([x, x], 0), x.Shape[0], 2 * x.Shape[1])
        * Ops.Size(x).Cast(DType.F32) + Ops.CumSum(Ops.OnesLike(x), 1)[0, 0];

    [GraphFunction]
    public Tensor Captured(Tensor x)
    {
        Tensor offset = _offset;
        return (x + offset) * _scale;
    }

    [GraphFunction]
    public static Tensor Same(Tensor x) => x;

    [GraphFunction]
    public static (Tensor A, Tensor B, Tensor C) Shared(Tensor x)
    {
        Tensor y = x * 2;
        return (y, y, x);
    }

    [GraphFunction]
    public static Tensor Printed(Tensor x)
    {
        Ops.Print(x);
        return x;
    }

    [GraphFunction]
    public static Tensor Inverted(Tensor x) => Ops.Inverse(x);

    [GraphFunction]
    public Tensor Assigned(Tensor x)
    {
        _scale.Assign(x);
        return x;
    }

    [GraphFunction]
    public static Tensor Text(Tensor x) => Ops.Where(Ops.Equal(x, "a"), Ops.Add(x, (Tensor)"b"), (Tensor)"c");
}
