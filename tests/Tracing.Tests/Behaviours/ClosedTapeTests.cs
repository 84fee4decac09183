using System.Runtime.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>Rows 8.1 and 8.2: the gradient is taken after the tape is closed.</summary>
public sealed partial class ClosedTapeTests
{
    private static readonly Tensor s_left = new[] { 1f, 2f };
    private static readonly Tensor s_right = new[] { 1f, 2f };

    private readonly Variable _weight = new(new[] { 2f, 3f }, "weight");

    [Fact]
    public void Row_8_1_a_closed_tape_gives_its_gradient()
    {
        Assert.Equal("[4, 6]", Modes.Both(() => After(Square)).Result.ToString());
        Assert.Equal("[4, 6]", Modes.Both(() => AfterInGraph(_weight)).Result.ToString());
        Assert.Equal("[4, 6]", Modes.Both(() => After(static weight => weight.Value * weight.Value)).Result.ToString());
    }

    [Fact]
    public void Row_8_1_closed_tapes_nest()
    {
        Assert.Equal("[2, 2]", Modes.Both(() => Second()).Result.ToString());
        Assert.Equal("[2, 2]", Modes.Both(() => SecondInGraph(_weight)).Result.ToString());
        Assert.Equal("[2, 2]", Modes.Both(() => SecondAroundGraph()).Result.ToString());
    }

    [Fact]
    public void Row_8_1_in_branches_and_loops()
    {
        Assert.Equal("[12, 18]", Modes.Both(() => InLoop(_weight, 3)).Result.ToString());
        Assert.Equal("[4, 6]", Modes.Both(() => InBranch(_weight, 1)).Result.ToString());
        Assert.Equal("[0, 0]", Modes.Both(() => InBranch(_weight, -1)).Result.ToString());
    }

    [Fact]
    public void A_closed_tape_gives_one_gradient_unless_persistent()
    {
        Tensor loss, x = 3f;
        GradientTape once, often;
        using (once = new GradientTape())
        using (often = new GradientTape(persistent: true))
        {
            once.Watch(x);
            often.Watch(x);
            loss = x * x;
        }

        Assert.Equal(6f, once.Gradient(loss, x)!.Item<float>());
        Assert.Contains("persistent: true", Assert.Throws<GraphException>(() => once.Gradient(loss, x)).Message, StringComparison.Ordinal);
        Assert.Equal(6f, often.Gradient(loss, x)!.Item<float>());
        Assert.Equal(6f, often.Gradient(loss, x)!.Item<float>());
    }

    [Fact]
    public void A_closed_tape_records_and_watches_no_more()
    {
        Tensor x = 3f;
        GradientTape tape;
        Tensor y;
        using (tape = new GradientTape(persistent: true))
        {
            tape.Watch(x);
            y = x * x;
        }

        Tensor later = y * x;
        Assert.Null(tape.Gradient(later, x));
        Assert.Equal(6f, tape.Gradient(y, x)!.Item<float>());
        Assert.Equal("TG4002", Assert.Throws<GraphException>(() => tape.Watch(y)).Id);
        Assert.Equal("TG4002", Assert.Throws<GraphException>(() => tape.Watch(_weight)).Id);
    }

    [Fact]
    public void A_tape_opened_later_does_not_record_the_gradient_of_a_closed_one() => Modes.Fails("TG4002", () => Overlapping(3f), "open the outer tape first");

    [Fact]
    public void An_exception_in_the_block_leaves_no_tape_open()
    {
        var (result, _) = Modes.Both(() =>
        {
            Tensor x = 3f;
            GradientTape? broken = null;
            try
            {
                using (broken = new GradientTape())
                {
                    broken.Watch(x);
                    throw new InvalidOperationException();
                }
            }
            catch (InvalidOperationException)
            {
            }

            GradientTape tape;
            Tensor y;
            using (tape = new GradientTape())
            {
                tape.Watch(x);
                y = x * x;
            }

            return tape.Gradient(y, x)!;
        });
        Assert.Equal("6", result.ToString());
    }

    [Fact]
    public void Equal_tensors_that_are_watched_are_two()
    {
        Assert.Equal("[2, 2] | [3, 3]", Modes.Both(() => Two()).Result);
        Assert.Equal("[8, 8]", Modes.Both(() => OutsideOfLoop(3)).Result.ToString());
    }

    [Fact]
    public void A_watched_tensor_that_a_trace_took_as_a_constant()
    {
        Assert.Equal("[1, 2] | [4, 5] | [1, 2] | [4, 5] | [4, 5]", Modes.Both(() =>
        {
            Tensor x = new[] { 4f, 5f };
            return $"{ByLeft(x, s_left)} | {ByLeft(x, null)} | {ByLeft(x, s_left)} | {ByLeft(x, null)} | {InOuter(x)}";
        }).Result);
        Assert.InRange(GraphFunction.Of(Scaled).TraceCount, 1, 2);
    }

    // By the argument, or by the field with a tape around the function.
    private static Tensor ByLeft(Tensor x, Tensor? source)
    {
        Scaled(x);
        using var tape = new GradientTape();
        tape.Watch(source is null ? s_left : x);
        return tape.Gradient(Scaled(x), source is null ? s_left : x)!;
    }

    [GraphFunction]
    private static Tensor InOuter(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(s_left);
        return tape.Gradient(Scaled(x), s_left)!;
    }

    [GraphFunction]
    private static Tensor Scaled(Tensor x) => x * s_left;

    [Fact]
    public void A_closed_tape_that_is_never_asked_is_collected()
    {
        var tapes = Enumerable.Range(0, 100).Select(_ => Abandoned()).ToArray();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(tapes.Count(tape => tape.IsAlive), 0, 1);
    }

    [Fact]
    public void A_tape_that_another_thread_closed_gives_its_gradient_on_its_own()
    {
        Tensor x = 3f;
        var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x * x;
        var other = new Thread(tape.Dispose);
        other.Start();
        other.Join();
        Assert.Equal(6f, tape.Gradient(y, x)!.Item<float>());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Abandoned()
    {
        GradientTape tape;
        using (tape = new GradientTape())
            _ = _weight * _weight;
        return new(tape);
    }

    private Tensor After(Func<Variable, Tensor> function)
    {
        Tensor loss;
        GradientTape tape;
        using (tape = new GradientTape())
            loss = function(_weight).Sum();
        return tape.Gradient(loss, _weight)!;
    }

    private Tensor Second()
    {
        Tensor first;
        GradientTape outer, inner;
        using (outer = new GradientTape())
        {
            Tensor loss;
            using (inner = new GradientTape())
                loss = Square(_weight).Sum();
            first = inner.Gradient(loss, _weight)!.Sum();
        }

        return outer.Gradient(first, _weight)!;
    }

    private Tensor SecondAroundGraph()
    {
        Tensor first;
        GradientTape outer;
        using (outer = new GradientTape())
            first = AfterInGraph(_weight).Sum();
        return outer.Gradient(first, _weight)!;
    }

    [GraphFunction]
    private static Tensor Square(Variable x) => x.Value * x.Value;

    [GraphFunction]
    private static Tensor AfterInGraph(Variable x)
    {
        Tensor loss;
        GradientTape tape;
        using (tape = new GradientTape())
            loss = (x.Value * x.Value).Sum();
        return tape.Gradient(loss, x)!;
    }

    [GraphFunction]
    private static Tensor SecondInGraph(Variable x)
    {
        Tensor first;
        GradientTape outer, inner;
        using (outer = new GradientTape())
        {
            Tensor loss;
            using (inner = new GradientTape())
                loss = (x.Value * x.Value).Sum();
            first = inner.Gradient(loss, x)!.Sum();
        }

        return outer.Gradient(first, x)!;
    }

    [GraphFunction]
    private static Tensor InLoop(Variable x, Tensor n)
    {
        Tensor sum = x.Value * 0;
        foreach (Tensor i in Ops.Range(n))
        {
            Tensor loss;
            GradientTape tape;
            using (tape = new GradientTape())
                loss = (x.Value * x.Value).Sum();
            sum += tape.Gradient(loss, x)!;
        }

        return sum;
    }

    [GraphFunction]
    private static Tensor InBranch(Variable x, Tensor c)
    {
        Tensor gradient = x.Value * 0;
        if (c > 0)
        {
            Tensor loss;
            GradientTape tape;
            using (tape = new GradientTape())
                loss = (x.Value * x.Value).Sum();
            gradient = tape.Gradient(loss, x)!;
        }

        return gradient;
    }

    [GraphFunction]
    private static Tensor Overlapping(Tensor x)
    {
        Tensor y;
        GradientTape first;
        using (first = new GradientTape())
        {
            first.Watch(x);
            y = x * x * x;
        }

        using var second = new GradientTape();
        second.Watch(x);
        return second.Gradient(first.Gradient(y, x)!, x)!;
    }

    [GraphFunction]
    private static (Tensor Left, Tensor Right) TwoInGraph()
    {
        using var tape = new GradientTape();
        tape.Watch(s_left);
        tape.Watch(s_right);
        var gradients = tape.Gradient((s_left * 2 + s_right * 3).Sum(), [s_left, s_right]);
        return (gradients[0]!, gradients[1]!);
    }

    private static string Two()
    {
        var (left, right) = TwoInGraph();
        return $"{left} | {right}";
    }

    [GraphFunction]
    private static Tensor OutsideOfLoop(Tensor n)
    {
        using var tape = new GradientTape();
        tape.Watch(s_left);
        Tensor sum = s_left * 2;
        foreach (Tensor i in Ops.Range(n))
            sum += s_left * 2;
        return tape.Gradient(sum.Sum(), s_left)!;
    }
}
