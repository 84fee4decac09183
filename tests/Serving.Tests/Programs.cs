namespace TensorGraph.Tests;

/// <summary>The functions of the models that are served.</summary>
public static partial class Programs
{
    private static readonly Variable s_calls = new(0f, "calls");

    [GraphFunction]
    public static Tensor HalfPlusTwo(Tensor x) => (x * 0.5f) + 2;

    private static readonly Variable s_scale = new(2f, "scale");

    [GraphFunction]
    public static Tensor Scaled(Tensor x) => x * s_scale;

    [GraphFunction]
    public static Tensor HalfPlusThree(Tensor x) => (x * 0.5f) + 3;

    [GraphFunction]
    public static (Tensor Scaled, Tensor Counts) Two(Tensor a, Tensor b) => (a * Ops.ExpandDims(b.Cast(DType.F32), -1), b + 1);

    [GraphFunction]
    public static Tensor Scores(Tensor x) => Ops.Concat([x, x * 2], 1);

    [GraphFunction]
    public static Tensor Echo(Tensor text) => text;

    [GraphFunction]
    public static Tensor Rows(Tensor table, Tensor ids) => table[ids];

    /// <summary>More elements than memory holds, for some thousands of x.</summary>
    [GraphFunction]
    public static Tensor Fourth(Tensor x)
    {
        Tensor square = Ops.ExpandDims(x, 1) * x;
        return Ops.ExpandDims(Ops.ExpandDims(square, 2), 3) * square;
    }

    [GraphFunction]
    public static Tensor Positive(Tensor x)
    {
        Ops.Assert(Ops.ReduceMin(x, [0]) > 0, "x is {0}", x);
        return x;
    }

    /// <summary>Never ends for 0.</summary>
    [GraphFunction]
    public static Tensor Collatz(Tensor x)
    {
        Tensor steps = 0L;
        while (x != 1L)
        {
            x = Ops.Where(x % 2L == 0L, x / 2L, 3L * x + 1L);
            steps += 1L;
        }

        return steps;
    }

    [GraphFunction]
    public static Tensor Count(Tensor x)
    {
        s_calls.AssignAdd(Ops.Sum(x));
        return x + s_calls;
    }

    /// <summary>Runs as long as x is not negative.</summary>
    [GraphFunction]
    public static Tensor Endless(Tensor x)
    {
        Tensor y = x;
        while (Ops.ReduceMax(y, [0]) >= 0)
            y = (y * 0.5f) + 1;
        return y;
    }
}
