using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// Ops in loops carry their own lines in optimised builds too. The compiler may keep a local variable on the evaluation stack, and a statement that
/// starts with something on it has no line when the program runs.
/// </summary>
public sealed partial class LoopLineTests
{
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Function, int[] Lines)> Loops = new()
    {
        ["while"] = (While, [0, 2, 4, 5, 7]),
        ["for"] = (For, [0, 1, 3, 4, 6]),
        ["foreach"] = (Foreach, [0, 2, 4, 5, 7]),
        ["do"] = (Do, [0, 6, 4, 5, 7]),
        ["range"] = (Range, [0, 1, 3, 4, 6]),
        ["break"] = (Break, [0, 1, 5, 6, 8]),
        ["nested"] = (Nested, [0, 1, 5, 6, 9]),
        ["dead"] = (Dead, [0, 2, 4, 5, 9]),
        ["one"] = (One, [0, 1, 3, 4, 6]),
        ["one_for"] = (OneFor, [0, 2, 4, 5, 7]),
        ["one_foreach"] = (OneForeach, [0, 2, 4, 5, 7]),
        ["nothing"] = (Nothing, [0, 2, 4, 5, 7]),
        ["branch"] = (Branch, [0, 2, 4, 5, 12]),
        ["changing"] = (Changing, [0, 3, 5, 6, 8]),
    };

    private static readonly Variable Sum = new(0f);

    private static readonly Variable Vector = new(new[] { 0f, 0 });

    public static TheoryData<string> Names => [.. Loops.Keys];

    /// <summary>Lines of sin before a loop, sqrt in its condition or header, cos and tan in its body, exp behind it, from that of sin on.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void An_op_has_the_line_that_it_is_on(string name)
    {
        var (function, lines) = Loops[name];
        var nodes = GraphFunction.Of(function).GetConcreteFunction((Tensor)new[] { 1f, 2 }).Graph.Entry.AllNodes().ToArray();
        int LineOf(OpDef op) => Assert.Single(nodes, node => node.Op == op).Source.Line;
        int first = LineOf(OpDefs.Sin);
        Assert.Equal(lines, new[] { 0, LineOf(OpDefs.Sqrt) - first, LineOf(OpDefs.Cos) - first, LineOf(OpDefs.Tan) - first, LineOf(OpDefs.Exp) - first });
    }

    [Fact]
    public void An_error_in_a_loop_names_its_line()
    {
        var error = Assert.ThrowsAny<GraphException>(() => Outside(new[] { 1f, 2 }, 5).ToArray<float>());
        var imperative = Modes.Run(() => Assert.ThrowsAny<GraphException>(() => Outside(new[] { 1f, 2 }, 5)), imperatively: true).Result;
        Assert.Equal(imperative.Source!.ToString(), error.Source!.ToString());
    }

    [GraphFunction]
    private static Tensor While(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        Tensor i = 0f;
        while (i < Ops.Sqrt(y).Sum())
        {
            y += Ops.Cos(y);
            y += Ops.Tan(y); i++;
        }
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor For(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        for (Tensor i = 0f; i < Ops.Sqrt(y).Sum(); i++)
        {
            y += Ops.Cos(y);
            y += Ops.Tan(y);
        }
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor Foreach(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        Tensor sum = y.Sum();
        foreach (Tensor entry in Ops.Sqrt(y))
        {
            sum += Ops.Cos(entry);
            sum += Ops.Tan(entry);
        }
        return Ops.Exp(sum * y);
    }

    [GraphFunction]
    private static Tensor Do(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        Tensor i = 0f;
        do
        {
            y += Ops.Cos(y);
            y += Ops.Tan(y); i++;
        } while (i < Ops.Sqrt(y).Sum());
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor Range(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        foreach (Tensor i in Ops.Range(Ops.Sqrt(y).Sum().Cast(DType.I32)))
        {
            y += Ops.Cos(y) * i.Cast(DType.F32);
            y += Ops.Tan(y);
        }
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor Break(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        for (Tensor i = 0f; i < Ops.Sqrt(y).Sum(); i++)
        {
            if (y.Sum() > 3)
                break;
            y += Ops.Cos(y);
            y += Ops.Tan(y);
        }
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor Nested(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        for (Tensor i = 0f; i < Ops.Sqrt(y).Sum(); i++)
        {
            for (Tensor j = 0; j < 2; j++)
            {
                y += Ops.Cos(y);
                y += Ops.Tan(y);
            }
        }
        return Ops.Exp(y);
    }

    // Neither variable is read behind the loop before it gets another value.
    [GraphFunction]
    private static Tensor Dead(Tensor x)
    {
        Tensor y = Ops.Sin(x), z = y, w = y;
        Tensor i = 0f;
        while (i < Ops.Sqrt(y).Sum())
        {
            z = Ops.Cos(y);
            w = Ops.Tan(y); y += w * z; i++;
        }
        z = x;
        w = x;
        return Ops.Exp(y) * z * w;
    }

    // The branches change variables that nothing reads behind them.
    [GraphFunction]
    private static Tensor Branch(Tensor x)
    {
        Tensor y = Ops.Sin(x), z = y, w = y;

        if (Ops.Sqrt(y).Sum() > 1)
        {
            z = Ops.Cos(y);
            w = Ops.Tan(z); y = w * z;
        }
        else
        {
            y = y * z * w;
        }
        (z, w) = (x, x);
        return Ops.Exp(y) * z * w;
    }

    [GraphFunction]
    private static Tensor One(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        while (Ops.Sqrt(y).Sum() < 9)
        {
            y += Ops.Cos(y);
            y += Ops.Tan(y);
        }
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor OneFor(Tensor x)
    {
        Tensor y = Ops.Sin(x);

        for (Tensor i = 0f; i < Ops.Sqrt(y).Sum(); i++)
        {
            Vector.AssignAdd(Ops.Cos(y));
            Vector.AssignAdd(Ops.Tan(y));
        }
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor OneForeach(Tensor x)
    {
        Tensor y = Ops.Sin(x);

        foreach (Tensor entry in Ops.Sqrt(y))
        {
            Sum.AssignAdd(Ops.Cos(entry));
            Sum.AssignAdd(Ops.Tan(entry));
        }
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor Nothing(Tensor x)
    {
        Tensor y = Ops.Sin(x);

        while (Ops.Sqrt(Sum) < 1)
        {
            Sum.AssignAdd(Ops.Sum(Ops.Cos(y)));
            Sum.AssignAdd(Ops.Sum(Ops.Tan(y)));
        }
        return Ops.Exp(y);
    }

    // A condition that changes a variable is a part of the body.
    [GraphFunction]
    private static Tensor Changing(Tensor x)
    {
        Tensor y = Ops.Sin(x);
        Tensor i = 0f;

        while (i++ < Ops.Sqrt(y).Sum())
        {
            y += Ops.Cos(y);
            y += Ops.Tan(y);
        }
        return Ops.Exp(y);
    }

    [GraphFunction]
    private static Tensor Outside(Tensor x, Tensor n)
    {
        Tensor sum = 0f;
        Tensor i = 0;
        while (i < n)
        {
            sum += x[i] * 2;
            i++;
        }
        return sum;
    }
}
