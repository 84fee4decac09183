namespace TensorGraph.Tests;

/// <summary>Row 7.3: one tensor given as two arguments.</summary>
public sealed partial class AliasTests
{
    private sealed record Two(Tensor Left, Tensor Right);

    [Fact]
    public void Row_7_3_the_gradient_is_the_sum_of_both()
    {
        Assert.Equal("6", Modes.Both(() => Around(Product)).Result.ToString());
        Assert.Equal("6 6", Modes.Both(() => Text(Gradients(3f, 3f)) is var _ ? Shared(Gradients) : "").Result);
        Assert.Equal("6 6", Modes.Both(() => Shared(GradientsInHelper)).Result);
        Assert.Equal("3 3", Modes.Both(() => Text(Gradients(3f, 3f))).Result);
    }

    [Fact]
    public void An_argument_that_a_field_holds_too_is_one_tensor()
    {
        Tensor x = 3f, y = 5f;
        Assert.Equal(["6", "3", "6", "5", "6", "9"], Modes.Both(() =>
        {
            s_held = x;
            var first = new[] { ThroughField(x), ThroughField(y), ThroughField(x) };
            s_held = y;
            return (Tensor[])[.. first, ThroughField(x), WatchesField(x) + WatchesField(x), Tapeless(x) + s_held - 11];
        }).Result.Select(result => result.ToString()));
    }

    [Fact]
    public void Row_7_3_whatever_the_order_of_calls()
    {
        Tensor x = 3f, y = 3f;
        var (results, _) = Modes.Both(() => new[] { Identity(x, y), Identity(x, x), Identity(y, x), Identity(y, y), Identity(x, y) });
        Assert.Equal(["-1", "1", "-1", "1", "-1"], results.Select(result => result.ToString()));
        var function = GraphFunction.Of(Identity);
        Assert.Equal(["a: f32[], b: f32[]", "a: f32[], b: f32[] = a"], function.ConcreteFunctions.Select(concrete => concrete.SignatureText).Order(StringComparer.Ordinal));
        Assert.Contains("= a", Assert.Single(function.Retraces).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Row_7_3_inside_tuples_records_and_collections()
    {
        Tensor x = 3f, y = 3f;
        Assert.Equal(["1", "-1", "1", "-1", "1", "-1", "1", "-1"], Modes.Both(() => new[]
        {
            OfTuple((x, x), x), OfTuple((x, y), y), OfRecord(new(x, x)), OfRecord(new(x, y)),
            OfArray([x, y, x]), OfArray([x, y, y]), OfList([x, x]), OfList([x, y]),
        }).Result.Select(result => result.ToString()));
    }

    [Fact]
    public void Row_7_3_among_many_arguments()
    {
        Tensor[] many = [.. Enumerable.Range(0, 40).Select(i => (Tensor)(float)i)];
        Tensor[] alias = [.. many[..^1], many[0]];
        Assert.Equal(["-1", "1", "-1"], Modes.Both(() => new[] { OfArray(many), OfArray(alias), OfArray(many) }).Result.Select(result => result.ToString()));
    }

    [Fact]
    public void A_trace_of_one_tensor_takes_no_two()
    {
        Tensor x = 3f, y = 3f;
        Identity2(x, x);
        var concrete = Assert.Single(GraphFunction.Of(Identity2).ConcreteFunctions);
        Assert.Equal("1", concrete.Call(x, x)[0].ToString());
        Assert.Contains("'b' got another tensor than 'a'", Assert.Throws<SignatureMismatchException>(() => concrete.Call(x, y)).Message, StringComparison.Ordinal);
    }

    private static Tensor Around(Func<Tensor, Tensor, Tensor> function)
    {
        Tensor x = 3f;
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(function(x, x), x)!;
    }

    private static string Shared(Func<Tensor, Tensor, (Tensor, Tensor)> function)
    {
        Tensor x = 3f;
        return Text(function(x, x));
    }

    private static string Text((Tensor Left, Tensor Right) pair) => $"{pair.Left} {pair.Right}";

    private static Tensor s_held = 1f;

    [GraphFunction]
    private static Tensor ThroughField(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(x * s_held, x)!;
    }

    [GraphFunction]
    private static Tensor WatchesField(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(s_held);
        return tape.Gradient(x * s_held, s_held)!;
    }

    [GraphFunction]
    private static Tensor Tapeless(Tensor x) => x * s_held;

    [GraphFunction]
    private static Tensor Product(Tensor a, Tensor b) => a * b;

    [GraphFunction]
    private static (Tensor, Tensor) Gradients(Tensor a, Tensor b)
    {
        using var tape = new GradientTape();
        tape.Watch(a);
        tape.Watch(b);
        var gradients = tape.Gradient(a * b, [a, b]);
        return (gradients[0]!, gradients[1]!);
    }

    [GraphFunction]
    private static (Tensor, Tensor) GradientsInHelper(Tensor a, Tensor b) => Gradients(a, b);

    [GraphFunction]
    private static Tensor Identity(Tensor a, Tensor b) => ReferenceEquals(a, b) ? Ops.Ones() : -Ops.Ones();

    [GraphFunction]
    private static Tensor Identity2(Tensor a, Tensor b) => ReferenceEquals(a, b) ? Ops.Ones() : -Ops.Ones();

    [GraphFunction]
    private static Tensor OfTuple((Tensor A, Tensor B) pair, Tensor c) => ReferenceEquals(pair.A, c) ? Ops.Ones() : -Ops.Ones();

    [GraphFunction]
    private static Tensor OfRecord(Two two) => ReferenceEquals(two.Left, two.Right) ? Ops.Ones() : -Ops.Ones();

    [GraphFunction]
    private static Tensor OfArray(Tensor[] items) => ReferenceEquals(items[0], items[^1]) ? Ops.Ones() : -Ops.Ones();

    [GraphFunction]
    private static Tensor OfList(List<Tensor> items) => ReferenceEquals(items[0], items[^1]) ? Ops.Ones() : -Ops.Ones();
}
