namespace TensorGraph.Tests;

/// <summary>Row 8.4: a variable that is assigned and read again inside a branch or loop, differentiated.</summary>
public sealed partial class AssignedVariableGradientTests
{
    private static readonly Dictionary<string, Func<Variable, Variable, Tensor, Tensor>> s_programs = new()
    {
        ["branch"] = InBranch, ["nested"] = Nested, ["loop"] = InLoop, ["loop in branch"] = LoopInBranch, ["branch in loop"] = BranchInLoop,
        ["two"] = Two, ["both branches"] = BothBranches, ["after"] = ReadAfter, ["call"] = Called,
    };

    private static readonly Tensor s_none = 0.0;

    public static TheoryData<string> Programs => [.. s_programs.Keys];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Row_8_4_as_imperative(string program)
    {
        foreach (double at in new[] { 2.0, -2.0 })
        {
            Modes.Both(() => First(s_programs[program], at));
            Modes.Both(() => InGraph(program, at));
            Modes.Both(() => Second(s_programs[program], at));
        }
    }

    [Fact]
    public void Row_8_4_by_hand()
    {
        // w = x · w = 6 and y = w · w: both reads give 6, and the assignment is no path from x to y.
        Assert.Equal("12 | 0 | 0 | 6 | 0.5", Modes.Both(() => First(InBranch, 2.0)).Result);
    }

    private static (Variable W, Variable V) Variables() => (new(Ops.Cast(3.0, DType.F64), "w"), new(Ops.Cast(0.5, DType.F64), "v"));

    private static string First(Func<Variable, Variable, Tensor, Tensor> program, Tensor x)
    {
        var (w, v) = Variables();
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        Tensor y = program(w, v, x);
        return $"{tape.Gradient(y, w) ?? Ops.Zeros()} | {tape.Gradient(y, x) ?? Ops.Zeros()} | {tape.Gradient(y, v) ?? Ops.Zeros()} | {w.Value} | {v.Value}";
    }

    private static string InGraph(string program, Tensor x)
    {
        var (w, v) = Variables();
        var (first, second, third) = Inside(program, w, v, x);
        return $"{first} | {second} | {third} | {w.Value} | {v.Value}";
    }

    private static string Second(Func<Variable, Variable, Tensor, Tensor> program, Tensor x)
    {
        var (w, v) = Variables();
        using var outer = new GradientTape(persistent: true);
        outer.Watch(x);
        Tensor first;
        using (var inner = new GradientTape())
        {
            inner.Watch(x);
            Tensor y = program(w, v, x);
            var all = inner.Gradient(y, [w, v]);
            first = (all[0] ?? s_none) + (all[1] ?? s_none) * 2;
        }

        return $"{first} | {outer.Gradient(first, x)?.ToString() ?? "0"} | {outer.Gradient(first, w)?.ToString() ?? "0"} | {outer.Gradient(first, v)?.ToString() ?? "0"}";
    }

    [GraphFunction]
    private static (Tensor, Tensor, Tensor) Inside(string program, Variable w, Variable v, Tensor x)
    {
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        Tensor y = program switch
        {
            "branch" => InBranch(w, v, x),
            "nested" => Nested(w, v, x),
            "loop" => InLoop(w, v, x),
            "loop in branch" => LoopInBranch(w, v, x),
            "branch in loop" => BranchInLoop(w, v, x),
            "two" => Two(w, v, x),
            "both branches" => BothBranches(w, v, x),
            "after" => ReadAfter(w, v, x),
            _ => Called(w, v, x),
        };
        return (tape.Gradient(y, w) ?? s_none, tape.Gradient(y, v) ?? s_none, tape.Gradient(y, x) ?? s_none);
    }

    [GraphFunction]
    private static Tensor InBranch(Variable w, Variable v, Tensor x)
    {
        Tensor y = x * 0;
        if (x > 0)
        {
            w.Assign(x * w);
            y = w.Value * w.Value;
        }

        return y;
    }

    [GraphFunction]
    private static Tensor Nested(Variable w, Variable v, Tensor x)
    {
        Tensor y = x * v;
        if (x > 0)
        {
            y = y + w.Value * x;
            w.AssignAdd(x);
            if (x > 1)
            {
                y = y * w.Value;
                w.Assign(y * 2);
                v.Assign(w.Value * x);
            }

            y = y + w.Value * v.Value;
        }

        return y * w.Value;
    }

    [GraphFunction]
    private static Tensor InLoop(Variable w, Variable v, Tensor x)
    {
        Tensor y = x;
        foreach (Tensor i in Ops.Range(3))
        {
            w.Assign(w.Value * x + v);
            y = y * w.Value;
            v.AssignAdd(w.Value);
        }

        return y + w.Value;
    }

    [GraphFunction]
    private static Tensor LoopInBranch(Variable w, Variable v, Tensor x)
    {
        Tensor y = x;
        if (x > 0)
        {
            w.Assign(w.Value * v);
            Tensor i = 0;
            while (i < 3)
            {
                y = y * w.Value + v.Value;
                w.Assign(w.Value + x * v.Value);
                i = i + 1;
            }

            y = y + w.Value * x;
        }

        return y;
    }

    [GraphFunction]
    private static Tensor BranchInLoop(Variable w, Variable v, Tensor x)
    {
        Tensor y = x;
        Tensor i = 0;
        while (i < 4)
        {
            if (y > 1)
            {
                w.Assign(w.Value * 0.5);
                y = y * w.Value;
            }
            else
            {
                v.Assign(v.Value + 1.0);
                y = y + v.Value * w.Value;
            }

            i = i + 1;
        }

        return y;
    }

    [GraphFunction]
    private static Tensor Two(Variable w, Variable v, Tensor x)
    {
        Tensor y = x;
        if (x > 0)
        {
            w.Assign(v.Value * x);
            v.Assign(w.Value * w.Value);
            y = w.Value * v.Value * x;
        }

        return y;
    }

    [GraphFunction]
    private static Tensor BothBranches(Variable w, Variable v, Tensor x)
    {
        Tensor y;
        if (x > 0)
        {
            w.Assign(x);
            y = w.Value * x;
        }
        else
        {
            w.Assign(v.Value);
            y = w.Value * w.Value * v;
        }

        return y * w.Value;
    }

    [GraphFunction]
    private static Tensor ReadAfter(Variable w, Variable v, Tensor x)
    {
        if (x > 0)
            w.Assign(w.Value * v.Value);
        Tensor y = w.Value * x;
        if (x > 1)
            y = y * w.Value;
        return y;
    }

    [GraphFunction]
    private static Tensor Called(Variable w, Variable v, Tensor x)
    {
        Tensor y = x;
        if (x > 0)
        {
            w.Assign(w.Value * v);
            y = Two(w, v, x) + w.Value;
            y = y * v.Value;
        }

        return y;
    }
}
