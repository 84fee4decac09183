namespace TensorGraph.Tests;

/// <summary>Graph functions that call each other and themselves: values, effects in their order, and gradients.</summary>
public sealed partial class NestedFunctionTests
{
    [Fact]
    public void A_function_that_calls_itself_on_a_CSharp_number()
    {
        Modes.Both(() => new[] { Factorial(2f, 5), Even(2f, 5), Even(2f, 6), Odd(2f, 5), Odd(-2f, 6), ByHelper(2f, 4) });
        Assert.Equal(120f, Slope(x => Factorial(x, 5), 1f));
        Assert.Equal(240f, Slope(x => Even(x, 6), 3f));
    }

    [Fact]
    public void Gradients_through_several_levels_with_the_tape_at_each()
    {
        var shift = new Variable(1f);
        Modes.Both(() => new[]
        {
            Slope(x => Outer(x, shift), 5f), InnerSlope(5f, shift).Item<float>(), OuterSlope(5f, shift).Item<float>(), OutermostSlope(5f, shift).Item<float>(), Slope(x => InnerSlope(x, shift), 5f),
        });
        shift.Assign(3f);
        Assert.Equal(13f, Slope(x => Outer(x, shift), 5f));
        Assert.Equal(13f, OutermostSlope(5f, shift).Item<float>());
    }

    [Fact]
    public void Derivatives_of_every_order_of_traced_and_plain_functions_in_each_other()
    {
        Func<Tensor, Tensor> plain = x => Sine(x), traced = x => Sine(x);
        float[] expected = [MathF.Sin(1), MathF.Cos(1), -MathF.Sin(1), -MathF.Cos(1), MathF.Sin(1)];
        foreach (float value in expected)
        {
            Assert.Equal(value, plain(1f).Item<float>(), 1e-5f);
            Assert.Equal(value, traced(1f).Item<float>(), 1e-5f);
            Func<Tensor, Tensor> inner = plain, compiled = traced;
            plain = x => Derivative(x, inner);
            traced = x => TracedDerivative(x, compiled);
        }
    }

    [Fact]
    public void One_tensor_as_both_arguments_has_the_sum_of_both_gradients()
    {
        Modes.Both(() =>
        {
            Tensor x = 3f;
            using var tape = new GradientTape();
            tape.Watch(x);
            return (tape.Gradient(Product(x, x), x), BothSlopes(x, 4f));
        });
    }

    [Fact]
    public void The_gradient_by_what_the_gradient_is_multiplied_with()
    {
        Modes.Both(() =>
        {
            Tensor x = 1f, factor = 2f;
            using var inner = new GradientTape();
            inner.Watch(x);
            Tensor y = Sine(x);
            using var outer = new GradientTape();
            outer.Watch(factor);
            Tensor slope = inner.Gradient(y, [x], factor)[0]!;
            return (slope, outer.Gradient(slope, factor));
        });
    }

    [Fact]
    public void Results_that_are_missing_have_no_part_in_gradients()
    {
        Modes.Both(() =>
        {
            Tensor x = 5f;
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var (missing, first, second) = PassesOn(x);
            return $"{missing is null} {first} {second} {tape.Gradient(first, x)} {tape.Gradient(second, x)}";
        });
    }

    [Fact]
    public void What_an_inner_function_read_does_not_change_when_the_outer_one_writes()
    {
        var state = new Variable(1f);
        Modes.Both(() =>
        {
            state.Assign(1f);
            return (ReadsThenWrites(1f, state), state.Value, WritesTwice(state, state), state.Value);
        });
    }

    [Fact]
    public void Effects_of_inner_functions_happen_although_nobody_uses_their_results()
    {
        var left = new Variable(1f);
        var right = new Variable(1f);
        Modes.Both(() =>
        {
            left.Assign(1f);
            right.Assign(1f);
            return (Counts(left, right), left.Value, right.Value);
        });
    }

    private static float Slope(Func<Tensor, Tensor> function, Tensor x) => Derivative(x, function).Item<float>();

    private static Tensor Derivative(Tensor x, Func<Tensor, Tensor> function)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(function(x), x)!;
    }

    [GraphFunction]
    private static Tensor TracedDerivative(Tensor x, Func<Tensor, Tensor> function) => Derivative(x, function);

    [GraphFunction]
    private static Tensor Sine(Tensor x) => Ops.Sin(x);

    [GraphFunction]
    private static Tensor Factorial(Tensor x, int n) => n <= 1 ? x : n * Factorial(x, n - 1);

    [GraphFunction]
    private static Tensor Even(Tensor x, int n)
    {
        if (n > 1)
            return n * Odd(x, n - 1);
        if (x > 1)
            return x;
        return -x;
    }

    [GraphFunction]
    private static Tensor Odd(Tensor x, int n) => n <= 1 ? x / 3 : n * Even(x, n - 1);

    [GraphFunction]
    private static Tensor ByHelper(Tensor x, int n) => Climb(x, n);

    private static Tensor Climb(Tensor x, int n)
    {
        if (n == 0)
            return x;
        if (x > 5)
            x = x - 4;
        else
            x = x * 3;
        return Climb(x, n - 1);
    }

    [GraphFunction]
    private static Tensor Innermost(Tensor a, Tensor b) => a + b;

    [GraphFunction]
    private static Tensor Inner(Tensor a, Tensor b) => a * Innermost(a, b);

    [GraphFunction]
    private static Tensor Outer(Tensor x, Variable shift) => Inner(x, shift);

    [GraphFunction]
    private static Tensor InnerSlope(Tensor x, Variable shift)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Outer(x, shift), x)!;
    }

    [GraphFunction]
    private static Tensor OuterSlope(Tensor x, Variable shift) => InnerSlope(x, shift);

    [GraphFunction]
    private static Tensor OutermostSlope(Tensor x, Variable shift) => OuterSlope(x, shift);

    [GraphFunction]
    private static Tensor Product(Tensor a, Tensor b) => a * b;

    [GraphFunction]
    private static Tensor BothSlopes(Tensor a, Tensor b)
    {
        using var tape = new GradientTape();
        tape.Watch(a);
        tape.Watch(b);
        var slopes = tape.Gradient(Product(a, b), new[] { a, b });
        return (slopes[0]! * 10) + slopes[1]!;
    }

    [GraphFunction]
    private static (Tensor? Missing, Tensor First, Tensor Second) Partly(Tensor a, Tensor b) => (null, a * (a + b), 2 * a);

    [GraphFunction]
    private static (Tensor? Missing, Tensor First, Tensor Second) PassesOn(Tensor x) => Partly(x, 1f);

    [GraphFunction]
    private static Tensor Reads(Tensor x, Variable state) => state + x;

    [GraphFunction]
    private static Tensor ReadsThenWrites(Tensor x, Variable state)
    {
        Tensor before = Reads(x, state);
        state.AssignAdd(2f);
        return before;
    }

    [GraphFunction]
    private static Tensor WritesTwice(Variable one, Variable other)
    {
        one.AssignAdd(1f);
        Tensor between = other * 10;
        other.AssignAdd(1f);
        return between + one;
    }

    [GraphFunction]
    private static Tensor AddsOne(Variable state)
    {
        state.AssignAdd(1f);
        return state * 100;
    }

    [GraphFunction]
    private static Tensor Counts(Variable left, Variable right)
    {
        AddsOne(left);
        AddsOne(right);
        AddsOne(left);
        return left + right;
    }
}
