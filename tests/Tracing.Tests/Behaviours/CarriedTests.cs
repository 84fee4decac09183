using TensorGraph.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>Each kind of carried value: its tensors in order with their names, and the same value over other tensors.</summary>
public sealed class CarriedTests
{
    private sealed record Line(Tensor From, Tensor To);

    private static readonly Carried<Line> s_line = Carried.Of<Line>(["p.From", "p.To"], static v => [v.From, v.To], static t => new Line(t[0], t[1]));

    public static TheoryData<string, string> Kinds => new()
    {
        { nameof(OneTensor), "x" },
        { nameof(Record), "p.From p.To" },
        { nameof(ArrayOfTensors), "a[0] a[1]" },
        { nameof(NestedLists), "a[0][0] a[1][0] a[1][1]" },
        { nameof(Dictionary), "a[\"k\"] a[\"l\"]" },
        { nameof(Nothing), "" },
        { nameof(Pair), "p.From p.To x" },
        { nameof(OfEight), "x1 x2 x3 x4 x5 x6 x7 x8" },
        { nameof(OfSixteen), "x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Leaves_come_back_in_order(string kind, string names) => ((Action<string>)(kind switch
    {
        nameof(OneTensor) => OneTensor,
        nameof(Record) => Record,
        nameof(ArrayOfTensors) => ArrayOfTensors,
        nameof(NestedLists) => NestedLists,
        nameof(Dictionary) => Dictionary,
        nameof(Nothing) => Nothing,
        nameof(Pair) => Pair,
        nameof(OfEight) => OfEight,
        _ => OfSixteen,
    }))(names);

    private static void OneTensor(string names) => Check(1, Carried.Tensor("x"), names);

    private static void Record(string names) => Check(new Line(1, 2), s_line, names);

    private static void ArrayOfTensors(string names) => Check([1, 2], Carried.Elements<Tensor[]>("a"), names);

    private static void NestedLists(string names) => Check([[1], [2, 3]], Carried.Elements<List<Tensor[]>>("a"), names);

    private static void Dictionary(string names) => Check(new() { ["k"] = 1, ["l"] = 2 }, Carried.Elements<Dictionary<string, Tensor>>("a"), names);

    private static void Nothing(string names) => Check(default, Carried.Nothing, names);

    private static void Pair(string names) => Check((new Line(1, 2), (Tensor)3), Carried.All(s_line, Carried.Tensor("x")), names);

    private static void OfEight(string names)
    {
        Tensor t = 1;
        Check((t, t, t, t, t, t, t, (Tensor)8), Carried.All(X(1), X(2), X(3), X(4), X(5), X(6), X(7), Carried.All(X(8))), names);
    }

    private static void OfSixteen(string names)
    {
        Tensor t = 1;
        Check(
            (t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, (Tensor)16),
            Carried.All(
                X(1), X(2), X(3), X(4), X(5), X(6), X(7),
                Carried.All(X(8), X(9), X(10), X(11), X(12), X(13), X(14), Carried.All(X(15), X(16)))),
            names);
    }

    private static Carried<Tensor> X(int index) => Carried.Tensor($"x{index}");

    private static void Check<T>(T value, Carried<T> carried, string names)
    {
        Tensor?[] own = carried.Leaves(value, default), other = [.. own.Select((_, i) => (Tensor)(i + 100))];
        Assert.Equal(names, string.Join(" ", carried.Names));
        Assert.Equal(carried.Names.Length, own.Length);
        Assert.Equal(other, carried.Leaves(carried.Assign(value, other), default));
        Assert.Equal(own, carried.Leaves(carried.Assign(value, own), default));
        Assert.Equal(own, carried.Merge(own));
    }

    [Fact]
    public void A_collection_stays_the_same_object()
    {
        Tensor[] items = [1, 2];
        var carried = Carried.Elements<Tensor[]>("a");
        carried.Leaves(items, default);
        Assert.Same(items, carried.Assign(items, [(Tensor)3, (Tensor)4]));
        Assert.Equal("3 4", string.Join(" ", items.Select(item => (int)item)));
    }

    /// <summary>A key that the first branch of an <c>if</c> adds has no value ahead of it, and is not there when the other branch starts.</summary>
    [Fact]
    public void Merge_gives_an_added_key_no_value_before()
    {
        Dictionary<string, Tensor> items = new() { ["k"] = 1 };
        Tensor last = 7;
        var carried = Carried.All(Carried.Elements<Dictionary<string, Tensor>>("a"), Carried.Tensor("x"));
        Tensor?[] before = carried.Leaves((items, last), default);
        items["l"] = 2;
        Tensor?[] merged = carried.Merge(before);
        Assert.Equal([before[0], GraphControl.Undefined, last], merged);
        Assert.Equal(3, carried.Leaves((items, last), default).Length);
        carried.Assign((items, last), merged);
        Assert.Equal(["k"], items.Keys);
    }

    [Fact]
    public void A_collection_of_another_size_is_TG3001()
    {
        List<Tensor> items = [1];
        var carried = Carried.Elements<List<Tensor>>("a");
        carried.Leaves(items, default);
        items.Add(2);
        Expect.Error("TG3001", () => carried.Leaves(items, default), "'a'", "1 elements", "2");
    }
}
