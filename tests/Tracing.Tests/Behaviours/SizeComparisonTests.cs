namespace TensorGraph.Tests;

/// <summary>Behaviours 7.1 and 7.2: what C# code asks of a symbolic size is a constraint of the trace, so the order of calls never matters.</summary>
public sealed partial class SizeComparisonTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> s_functions = new()
    {
        [nameof(Square)] = Square,
        [nameof(SquareDeclared)] = SquareDeclared,
        [nameof(Different)] = Different,
        [nameof(Number)] = Number,
        [nameof(Less)] = Less,
        [nameof(AtLeast)] = AtLeast,
        [nameof(Sum)] = Sum,
        [nameof(Products)] = Products,
        [nameof(Halves)] = Halves,
        [nameof(WholeShape)] = WholeShape,
        [nameof(WholeType)] = WholeType,
        [nameof(BoxedEquals)] = BoxedEquals,
        [nameof(Text)] = Text,
        [nameof(Lookup)] = Lookup,
        [nameof(Known)] = Known,
        [nameof(OrElse)] = OrElse,
        [nameof(Pattern)] = Pattern,
        [nameof(Switch)] = Switch,
        [nameof(CountedLoop)] = CountedLoop,
        [nameof(DimLoop)] = DimLoop,
        [nameof(Smaller)] = Smaller,
        [nameof(Sorted)] = Sorted,
        [nameof(Numbers)] = Numbers,
        [nameof(InHelper)] = InHelper,
        [nameof(Nested)] = Nested,
        [nameof(InBranch)] = InBranch,
        [nameof(InLoop)] = InLoop,
        [nameof(UnderTape)] = UnderTape,
        [nameof(OfResult)] = OfResult,
        [nameof(Squeezed)] = Squeezed,
        [nameof(Each)] = Each,
    };

    public static TheoryData<string> Names => [.. s_functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_order_of_calls_gives_what_the_method_gives(string name)
    {
        (int, int)[] sizes = [(2, 2), (2, 3), (2, 4), (2, 2), (3, 3), (4, 2), (1, 3), (3, 1), (2, 3), (6, 6), (1, 1), (5, 7)];
        // A call through a delegate is not rerouted to the graph function by itself.
        var function = GraphFunction.Compile(s_functions[name]);
        var random = new Random(name.Length);
        for (int round = 0; round < 4; round++)
        {
            Modes.Both(() => sizes.Select(size => function(Ops.Iota(size.Item1 * size.Item2, DType.F32).Reshape(size.Item1, size.Item2))).ToArray());
            random.Shuffle(sizes);
        }

        Assert.InRange(GraphFunction.Of(s_functions[name]).TraceCount, 2, sizes.Distinct().Count() + 1);
    }

    [Fact]
    public void An_answer_is_asked_for_once_for_all_sizes_that_give_it()
    {
        Assert.Equal("[2, 2]", $"{Choice(Ops.Ones(2, 2)).Shape}");
        foreach (int n in new[] { 3, 4, 5, 6 })
            Choice(Ops.Ones(2, n));
        var function = GraphFunction.Of((Func<Tensor, Tensor>)Choice);
        Assert.Equal(2, function.TraceCount);
        Choice(Ops.Ones(2, 2));
        Assert.Equal(2, function.TraceCount);
        Choice(Ops.Ones(3, 3));
        Choice(Ops.Ones(4, 4));
        Assert.Equal(3, function.TraceCount);
        Choice(Ops.Ones(5, 4));
        Choice(Ops.Ones(4, 5));
        Assert.Equal(4, function.TraceCount);
        var retrace = function.Retraces[^1];
        Assert.Equal(("x.Shape[0] == x.Shape[1]", "true", "false"), (retrace.Argument, retrace.Old, retrace.New));
    }

    [Fact]
    public void Sizes_of_two_arguments_with_names_of_their_own()
    {
        Modes.Both(() => new[] { (2, 3), (2, 2), (3, 3), (3, 4), (4, 4), (2, 3) }.Select(size => Pair(Ops.Ones(size.Item1), Ops.Ones(size.Item2))).ToArray());
        Assert.Equal(2, GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Pair).TraceCount);
        Assert.Equal("x.Shape[0] != y.Shape[0]", GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Pair).Retraces[0].Argument);
    }

    [Fact]
    public void A_size_that_is_read_is_the_cause()
    {
        foreach (int n in new[] { 2, 3, 4 })
            Read(Ops.Ones(n, n + 1));
        var causes = GraphFunction.Of((Func<Tensor, Tensor>)Read).Retraces;
        Assert.Equal(("x.Shape[1]", "4", "5"), (causes[^1].Argument, causes[^1].Old, causes[^1].New));
    }

    [GraphFunction]
    private static Tensor Square(Tensor x) => x.Shape[0] == x.Shape[1] ? Ops.MatMul(x, x) : x;

    [GraphFunction(InputSignature = ["f32[n, m]"])]
    private static Tensor SquareDeclared(Tensor x) => x.Shape[0] == x.Shape[1] ? Ops.MatMul(x, x) : x;

    [GraphFunction]
    private static Tensor Choice(Tensor x) => x.Shape[0] == x.Shape[1] ? Ops.MatMul(x, x) : x;

    [GraphFunction(InputSignature = ["f32[n]", "f32[m]"])]
    private static Tensor Pair(Tensor x, Tensor y)
    {
        if (x.Shape[0] == y.Shape[0])
            return x + y;
        return x.Sum() - y.Sum();
    }

    [GraphFunction]
    private static Tensor Read(Tensor x) => x * x.Shape[1].Value;

    [GraphFunction]
    private static Tensor Different(Tensor x) => x.Shape[0] != x.Shape[1] ? x.Transpose() : x + 1;

    [GraphFunction]
    private static Tensor Number(Tensor x) => x.Shape[1] == 3 ? x * 3 : x.Shape[0].Is(2) ? x * 2 : -x;

    [GraphFunction]
    private static Tensor Less(Tensor x) => x.Shape[0] < x.Shape[1] ? x + 1 : x.Shape[0] > 4 ? x + 2 : x;

    [GraphFunction]
    private static Tensor AtLeast(Tensor x) => x.Shape[0] >= 3 ? (x.Shape[1] <= 3 ? x + 1 : x + 2) : x;

    [GraphFunction]
    private static Tensor Sum(Tensor x) => x.Shape[0] + x.Shape[1] == 4 ? x : -x;

    [GraphFunction]
    private static Tensor Products(Tensor x) => x.Shape.ElementCount == 6 ? x : x.Shape.ElementCount == 2 * x.Shape[0] ? x + 1 : -x;

    [GraphFunction]
    private static Tensor Halves(Tensor x) => Dim.FloorDiv(x.Shape[1], 2) * 2 == x.Shape[1] ? x : Dim.Max(x.Shape[0], x.Shape[1]) == 3 ? x * 5 : x + 1;

    [GraphFunction]
    private static Tensor WholeShape(Tensor x) => x.Shape == x.Transpose().Shape ? x : x.Shape == new Shape(2, 3) ? x * 2 : x.Shape != [3, 1] ? -x : x + 7;

    [GraphFunction]
    private static Tensor WholeType(Tensor x) => x.Type == new TensorType(DType.F32, [2, 3]) ? x : x.Type == x.Transpose().Type ? x + 1 : -x;

    [GraphFunction]
    private static Tensor BoxedEquals(Tensor x)
    {
        object boxed = x.Shape[0];
        return boxed.Equals(x.Shape[1]) ? x : Equals(x.Shape, new Shape(2, 4)) ? x + 4 : EqualityComparer<Dim>.Default.Equals(x.Shape[0], 3) ? x + 3 : -x;
    }

    [GraphFunction]
    private static Tensor Text(Tensor x) => x.Shape.ToString() == "[2, 3]" ? x : $"{x.Shape[0]}x{x.Shape[1]}" == "3x1" ? x + 1 : x.Type.ToString() == "f32[2, 2]" ? x + 2 : -x;

    private static readonly Dictionary<Shape, float> s_byShape = new() { [[2, 3]] = 10, [[3, 3]] = 20 };
    private static readonly HashSet<Dim> s_sizes = [3, 6];

    [GraphFunction]
    private static Tensor Lookup(Tensor x) => s_byShape.TryGetValue(x.Shape, out float found) ? x * found : s_sizes.Contains(x.Shape[0]) ? x + 1 : -x;

    [GraphFunction]
    private static Tensor Known(Tensor x) => x.Shape[0].IsConstant ? x * x.Shape[0].Value : x.Shape.IsConstant ? -x : x * 1000;

    [GraphFunction]
    private static Tensor OrElse(Tensor x) => x * x.Shape[1].ValueOr(-1);

    [GraphFunction]
    private static Tensor Pattern(Tensor x) => x.Shape is { Rank: 2 } shape && shape[0] is { IsConstant: true, Value: 2 } ? x : x.Shape.Dims is [var rows, var columns] && rows == columns ? x + 1 : -x;

    [GraphFunction]
    private static Tensor Switch(Tensor x) => x.Shape[1].Value switch { 2 => x, 3 => x + 1, > 4 => x + 2, _ => -x };

    [GraphFunction]
    private static Tensor CountedLoop(Tensor x)
    {
        Tensor sum = x[0] * 0;
        for (int i = 0; i < x.Shape[0].Value; i++)
            sum += x[i] * (i + 1);
        return sum;
    }

    [GraphFunction]
    private static Tensor DimLoop(Tensor x)
    {
        Tensor sum = x;
        for (Dim i = 0; i < x.Shape[0]; i += 1)
            sum += 1;
        return sum;
    }

    [GraphFunction]
    private static Tensor Smaller(Tensor x) => x * Math.Min(x.Shape[0].Value, x.Shape[1].Value);

    [GraphFunction]
    private static Tensor Sorted(Tensor x) => x * x.Shape.Order().First().Value + x.Shape.Max().Value;

    [GraphFunction]
    private static Tensor Numbers(Tensor x) => x * x.Shape.ToArray().Sum() + x.Shape.Count(size => size == 3);

    [GraphFunction]
    private static Tensor InHelper(Tensor x) => IsWide(x.Shape) ? x : IsWide(x.Transpose().Shape) ? x + 1 : -x;

    private static bool IsWide(Shape shape) => shape[1] > shape[0];

    [GraphFunction]
    private static Tensor Nested(Tensor x) => Square(x) + Square(x.Transpose()).Sum();

    [GraphFunction]
    private static Tensor InBranch(Tensor x)
    {
        Tensor y = x;
        if (x.Sum() > 4)
            y = x.Shape[0] == x.Shape[1] ? x + 1 : x + 2;
        else
            y = x.Shape[1] < 3 ? x - 1 : x - 2;
        return y;
    }

    [GraphFunction]
    private static Tensor InLoop(Tensor x)
    {
        Tensor y = x;
        for (Tensor i = 0; i < 3; i += 1)
        {
            if (y.Shape[0] == 2)
                y += 1;
            else
                y += y.Shape[1] == y.Shape[0] ? 2 : 3;
        }

        return y;
    }

    [GraphFunction]
    private static Tensor UnderTape(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor loss = x.Shape[0] == x.Shape[1] ? Ops.MatMul(x, x).Sum() : (x * x).Sum();
        Tensor gradient = tape.Gradient(loss, x)!;
        return gradient.Shape[1] == 3 ? gradient : -gradient;
    }

    [GraphFunction]
    private static Tensor OfResult(Tensor x)
    {
        Tensor joined = Ops.Concat([x, x], 0);
        return joined.Shape[0] == joined.Shape[1] ? joined : joined.Shape[0] == 4 ? joined + 1 : -joined;
    }

    [GraphFunction]
    private static Tensor Squeezed(Tensor x) => Ops.Squeeze(x);

    [GraphFunction]
    private static Tensor Each(Tensor x)
    {
        Tensor sum = 0f;
        foreach (Tensor row in x.Shape[0] == 3 ? x.Transpose() : x)
            sum = sum * 2 + row.Sum();
        return sum;
    }
}
