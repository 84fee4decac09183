using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>Behaviour 7.6: arguments of equal content are one signature, whichever objects hold it.</summary>
public sealed partial class ContentArgumentTests
{
    internal sealed record Config(int[] Sizes, string Name);

    internal sealed record Outer(Config Inner, List<int> More);

    internal readonly record struct Small(int[] Sizes);

    internal sealed class Plain(int[] sizes)
    {
        public int[] Sizes => sizes;
    }

    private static int[] A(int last = 3) => [2, last];

    private static List<int> L(int last = 3) => [2, last];

    private static readonly Tensor s_x = new[] { 1f, 2f, 3f, 4f, 5f, 6f };

    // Each with the same content twice, then another, then the first again: two traces.
    private static readonly Dictionary<string, (Func<int, Tensor> Call, Delegate Method)> s_forms = new()
    {
        ["int[] read"] = (last => Read(s_x, A(last)), (Func<Tensor, int[], Tensor>)Read),
        ["int[] reshape"] = (last => ReshapeTo(s_x, A(last)), (Func<Tensor, int[], Tensor>)ReshapeTo),
        ["int[] to op"] = (last => SumOver(s_x.Reshape(1, 6), [0, last - 2]), (Func<Tensor, int[], Tensor>)SumOver),
        ["int[] helper"] = (last => ViaHelper(s_x, A(last)), (Func<Tensor, int[], Tensor>)ViaHelper),
        ["int[] linq"] = (last => Linq(s_x, A(last)), (Func<Tensor, int[], Tensor>)Linq),
        ["int[] string.Join"] = (last => Joined(s_x, A(last)), (Func<Tensor, int[], Tensor>)Joined),
        ["int[] lambda"] = (last => InLambda(s_x, A(last)), (Func<Tensor, int[], Tensor>)InLambda),
        ["int[] tensor from"] = (last => FromArray(s_x, A(last)), (Func<Tensor, int[], Tensor>)FromArray),
        ["int[]? null"] = (last => Nullable(s_x, last == 3 ? A() : null), (Func<Tensor, int[]?, Tensor>)Nullable),
        ["params int[]"] = (last => Params(s_x, 2, last), (Func<Tensor, int[], Tensor>)Params),
        ["string[]"] = (last => Strings(s_x, ["a", new string('b', last)]), (Func<Tensor, string[], Tensor>)Strings),
        ["long[,]"] = (last => Matrix(s_x, new long[,] { { 1, last } }), (Func<Tensor, long[,], Tensor>)Matrix),
        ["int[][]"] = (last => Jagged(s_x, [A(last), [1]]), (Func<Tensor, int[][], Tensor>)Jagged),
        ["List"] = (last => List(s_x, L(last)), (Func<Tensor, List<int>, Tensor>)List),
        ["List<int[]>"] = (last => ListOfArrays(s_x, [A(last)]), (Func<Tensor, List<int[]>, Tensor>)ListOfArrays),
        ["IReadOnlyList array"] = (last => ReadOnly(s_x, A(last)), (Func<Tensor, IReadOnlyList<int>, Tensor>)ReadOnly),
        ["IEnumerable list"] = (last => Enumerable_(s_x, L(last)), (Func<Tensor, IEnumerable<int>, Tensor>)Enumerable_),
        ["ImmutableArray"] = (last => Immutable(s_x, [2, last]), (Func<Tensor, ImmutableArray<int>, Tensor>)Immutable),
        ["Dictionary"] = (last => Map(s_x, new() { ["a"] = last }), (Func<Tensor, Dictionary<string, int>, Tensor>)Map),
        ["Dictionary of arrays"] = (last => MapOfArrays(s_x, new() { ["a"] = A(last) }), (Func<Tensor, Dictionary<string, int[]>, Tensor>)MapOfArrays),
        ["HashSet"] = (last => Set(s_x, [2, last]), (Func<Tensor, HashSet<int>, Tensor>)Set),
        ["record"] = (last => OfRecord(s_x, new(A(last), "a")), (Func<Tensor, Config, Tensor>)OfRecord),
        ["record in record"] = (last => OfOuter(s_x, new(new(A(last), "a"), L(last))), (Func<Tensor, Outer, Tensor>)OfOuter),
        ["record struct"] = (last => OfSmall(s_x, new(A(last))), (Func<Tensor, Small, Tensor>)OfSmall),
        ["tuple"] = (last => OfTuple(s_x, (A(last), 1)), (Func<Tensor, (int[], int), Tensor>)OfTuple),
        ["Shape"] = (last => ToShape(s_x, [2, 6 / last, last / 2]), (Func<Tensor, Shape, Tensor>)ToShape),
        ["Dim"] = (last => ToDim(s_x, last), (Func<Tensor, Dim, Tensor>)ToDim),
        ["Dim[]"] = (last => ToDims(s_x, [2, 6 / last, last / 2]), (Func<Tensor, Dim[], Tensor>)ToDims),
        ["TensorType"] = (last => OfType(s_x, new(DType.F32, [2, last])), (Func<Tensor, TensorType, Tensor>)OfType),
        ["generic"] = (last => Generic(s_x, A(last)), (Func<Tensor, int[], Tensor>)Generic<int>),
    };

    public static TheoryData<string> Forms => [.. s_forms.Keys];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Equal_content_is_one_trace(string form)
    {
        var (call, method) = s_forms[form];
        Modes.Both(() => new[] { 3, 3, 2, 3, 2, 3 }.Select(call).ToArray());
        Assert.Equal(2, GraphFunction.Of(method).TraceCount);
    }

    [Fact]
    public void Content_that_changes_in_place_is_seen()
    {
        Modes.Both(() =>
        {
            int[] array = A();
            var list = L();
            Config config = new(array, "a");
            Outer outer = new(config, list);
            Small small = new(array);
            Dictionary<string, int[]> map = new() { ["a"] = array };
            var results = new List<Tensor>();
            foreach (int last in new[] { 3, 4, 4, 3 })
            {
                array[1] = list[1] = last;
                results.AddRange([
                    Read(s_x, array), ViaHelper(s_x, array), Linq(s_x, array), InLambda(s_x, array), Jagged(s_x, [array]), ListOfArrays(s_x, [array]), ReadOnly(s_x, list),
                    Immutable(s_x, System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(array)), MapOfArrays(s_x, map), OfRecord(s_x, config),
                    OfOuter(s_x, outer), OfOuter(s_x, outer with { }), OfSmall(s_x, small), OfTuple(s_x, (array, 1)),
                ]);
            }

            return results;
        });
    }

    [Fact]
    public void A_cause_lists_the_members_of_a_set_in_a_fixed_order()
    {
        foreach (var (names, sizes) in new (HashSet<string>, HashSet<int>)[] { (["b", "c", "a"], [10, 2]), (["d", "b"], [3, 10, 2]) })
            Sets(2f, names, [.. sizes]);
        Sets(2f, ["d", "b"], [9]);
        var causes = GraphFunction.Of((Func<Tensor, HashSet<string>, ImmutableHashSet<int>, Tensor>)Sets).Retraces;
        Assert.Equal([("names", "[a, b, c]", "[b, d]"), ("sizes", "[2, 3, 10]", "[9]")], causes.Select(cause => (cause.Argument, cause.Old, cause.New)));
    }

    [Fact]
    public void Sets_by_hash_have_no_order()
    {
        Config first = new([1], "a"), second = new([2], "b");
        object one = new(), other = new();
        foreach (bool isBack in new[] { false, true })
        {
            InAnyOrder(2f, Set([3, 5, 8]), Set(["a", "b"]), Set([first, second]), Set([one, other]));
            InAnyOrder(2f, Set([3, 5, 8]).ToImmutableHashSet(), Set(["a", "b"]), Set([first, second]), Set([one, other]));
            InOrder(2f, new SortedSet<int>([3, 5, 8], Comparer<int>.Create((a, b) => isBack ? b - a : a - b)), [isBack ? 3 : 5, isBack ? 5 : 3]);

            HashSet<T> Set<T>(T[] items) => [.. isBack ? items.Reverse() : items];
        }

        var graphs = GraphFunction.Of((Func<Tensor, IReadOnlySet<int>, HashSet<string>, HashSet<Config>, HashSet<object>, Tensor>)InAnyOrder);
        Assert.Equal(2, graphs.TraceCount);
        InAnyOrder(2f, new HashSet<int> { 3, 5, 8 }, ["b", "a"], [new([2], "b"), first], [one, other]);
        Assert.Equal(2, graphs.TraceCount);
        InAnyOrder(2f, new HashSet<int> { 3, 5, 9 }, ["b", "a"], [second, first], [one, other]);
        InAnyOrder(2f, new HashSet<int> { 3, 5, 8 }, ["b", "a"], [second, first], [one, new()]);
        Assert.Equal(4, graphs.TraceCount);
        Assert.Equal(2, GraphFunction.Of((Func<Tensor, SortedSet<int>, List<int>, Tensor>)InOrder).TraceCount);
    }

    [Fact]
    public void What_compares_the_members_is_a_part_of_a_set()
    {
        Modes.Both(() =>
        {
            HashSet<string> exact = ["A"], any = new(["A"], StringComparer.OrdinalIgnoreCase);
            Dictionary<string, int> map = new() { ["A"] = 3 }, anyMap = new(map, StringComparer.OrdinalIgnoreCase);
            return new[] { Compared(2f, exact, map), Compared(2f, any, map), Compared(2f, exact, anyMap), Compared(2f, exact, map) };
        });
        var graphs = GraphFunction.Of((Func<Tensor, HashSet<string>, Dictionary<string, int>, Tensor>)Compared);
        Assert.Equal(3, graphs.TraceCount);
        Assert.Contains("[A] by OrdinalIgnoreCaseComparer", graphs.Retraces[0].New, StringComparison.Ordinal);
    }

    [Fact]
    public void Comparers_made_for_each_call_are_the_same_if_they_compare_alike()
    {
        var graphs = GraphFunction.Of((Func<Tensor, IReadOnlyCollection<string>, Tensor>)Sorted);
        for (int i = 0; i < 3; i++)
            Sorted(2f, new SortedSet<string>(["b", "a"], Comparer<string>.Create((a, b) => string.CompareOrdinal(a, b))));
        Assert.Equal(1, graphs.TraceCount);
        for (int i = 0; i < 3; i++)
            Sorted(2f, new SortedSet<string>(["b", "a"], Comparer<string>.Create((a, b) => string.CompareOrdinal(b, a))));
        Assert.Equal(2, graphs.TraceCount);
        for (int i = 0; i < 3; i++)
            Sorted(2f, new SortedSet<string>(["b", "a"], StringComparer.CurrentCulture));
        Assert.Equal(3, graphs.TraceCount);
        Sorted(2f, new HashSet<string>(["a"], null));
        Sorted(2f, new HashSet<string>(["a"]));
        Assert.Equal(4, graphs.TraceCount);
        Sorted(2f, new HashSet<string>(["a"], StringComparer.Ordinal));
        Sorted(2f, new HashSet<string>(["a"], StringComparer.Ordinal));
        Assert.Equal(5, graphs.TraceCount);
        Sorted(2f, new SortedSet<string>(["a"], new ByLength(1)));
        Sorted(2f, new SortedSet<string>(["a"], new ByLength(1)));
        Assert.Equal(6, graphs.TraceCount);
        Sorted(2f, new SortedSet<string>(["a"], new ByLength(-1)));
        Assert.Equal(7, graphs.TraceCount);
    }

    [Fact]
    public void What_a_comparer_holds_is_not_kept()
    {
        var graphs = GraphFunction.Of((Func<Tensor, IReadOnlyCollection<string>, int, Tensor>)SortedFor);
        WeakReference[] held = [.. Enumerable.Range(0, 3).Select(_ => Call())];
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.All(held, one => Assert.False(one.IsAlive));
        Assert.Equal(3, graphs.TraceCount);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Call()
        {
            int[] order = [1];
            SortedFor(2f, new SortedSet<string>(["b", "a"], Comparer<string>.Create((a, b) => order[0] * string.CompareOrdinal(a, b))), 1);
            return new(order);
        }
    }

    [Fact]
    public void Members_of_any_type_are_found_again()
    {
        var objects = Enumerable.Range(0, 500).Select(_ => new object()).ToArray();
        var graphs = GraphFunction.Of((Func<Tensor, IReadOnlyCollection<object>, Tensor>)Counted);
        object[] all = [.. Enumerable.Range(0, 500).SelectMany(n => new object[]
        {
            new Guid(n, 0, 0, new byte[8]), n * 1.10m, (n, $"{n}"), (DayOfWeek)n, objects[n], $"{n}", new Small([n]), new Config([n], "a"), new[] { n },
        })];
        Counted(2f, new HashSet<object>(all));
        Counted(2f, new HashSet<object>(all.Reverse()));
        Assert.Equal(1, graphs.TraceCount);
        foreach (int at in new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8 })
        {
            object[] other = [.. all];
            other[at] = new object();
            Counted(2f, new HashSet<object>(other.Reverse()));
        }

        Assert.Equal(10, graphs.TraceCount);
    }

    private sealed record ByLength(int Sign) : IComparer<string>
    {
        public int Compare(string? x, string? y) => Sign * (x!.Length - y!.Length);
    }

    [GraphFunction]
    private static Tensor Sorted(Tensor x, IReadOnlyCollection<string> names) => x * (names.First() == "a" ? 2 : 3);

    [GraphFunction]
    private static Tensor SortedFor(Tensor x, IReadOnlyCollection<string> names, int n) => x * (names.First() == "a" ? 2 : 3) * n;

    [GraphFunction]
    private static Tensor Counted(Tensor x, IReadOnlyCollection<object> items) => x * items.Count;

    [Fact]
    public void A_set_that_is_state_has_no_order_either()
    {
        var holder = new Holder();
        Assert.Equal([4, 4, 6, 4], Modes.Both(() =>
        {
            var results = new List<float>();
            foreach (string[] names in new string[][] { ["a", "b"], ["b", "a"], ["b", "c"], ["a", "b"] })
            {
                holder.Names.Clear();
                holder.Names.UnionWith(names);
                results.Add(holder.Step(2f).Item<float>());
            }

            return results;
        }).Result);
        Assert.Equal(2, GraphFunction.Of((Func<Tensor, Tensor>)holder.Step).TraceCount);
    }

    internal sealed partial class Holder
    {
        public HashSet<string> Names = [];

        [GraphFunction]
        public Tensor Step(Tensor x) => x * (Names.Contains("a") ? 2 : 3);
    }

    [GraphFunction]
    private static Tensor InAnyOrder(Tensor x, IReadOnlySet<int> numbers, HashSet<string> names, HashSet<Config> configs, HashSet<object> objects) =>
        x * numbers.Count * (names.Contains("a") ? 2 : 3) * configs.Count * objects.Count;

    [GraphFunction]
    private static Tensor InOrder(Tensor x, SortedSet<int> numbers, List<int> list) => x * numbers.First() - list[0];

    [GraphFunction]
    private static Tensor Compared(Tensor x, HashSet<string> names, Dictionary<string, int> map) =>
        x * (names.Contains("a") ? 2 : 3) * (map.ContainsKey("a") ? 5 : 7);

    [GraphFunction]
    private static Tensor Sets(Tensor x, HashSet<string> names, ImmutableHashSet<int> sizes) => x * names.Count * sizes.Count;

    [Fact]
    public void A_collection_that_the_graph_keeps_is_the_one_that_it_got()
    {
        Modes.Both(() =>
        {
            List<float> first = [], second = [];
            Log one = new([]), two = new([]);
            foreach (var (list, log) in new[] { (first, one), (second, two), (first, one) })
            {
                Keeps(2f, list);
                KeepsInRecord(3f, log);
            }

            return $"{string.Join(' ', first)}, {string.Join(' ', second)}, {string.Join(' ', one.Seen)}, {string.Join(' ', two.Seen)}";
        });
    }

    [Fact]
    public void A_collection_that_the_method_changes_is_read_again()
    {
        var (result, _) = Modes.Both(() =>
        {
            List<int> list = [];
            Dictionary<string, int> counts = [];
            int[] array = [1, 2];
            return Enumerable.Range(0, 3).Select(_ => new[] { Grows(1f, list), Grows(1f, []), CountsIn(1f, counts), Fills(1f, array) }).SelectMany(all => all).ToArray();
        });
        Assert.Equal("1 1 1 3 2 1 2 4 3 1 3 5", string.Join(' ', result.Select(tensor => tensor.ToString())));
    }

    internal sealed record Log(List<float> Seen);

    [GraphFunction]
    private static Tensor Keeps(Tensor x, List<float> seen)
    {
        Ops.HostCall(value => seen.Add(value.Item<float>()), x);
        return x + seen.Capacity * 0;
    }

    [GraphFunction]
    private static Tensor KeepsInRecord(Tensor x, Log log)
    {
        var seen = log.Seen;
        Ops.HostCall(value => seen.Add(value.Item<float>()), x);
        return x;
    }

#pragma warning disable TG7101 // What it does to the argument is what the test is about.
    [GraphFunction]
    private static Tensor Grows(Tensor x, List<int> items)
    {
        items.Add(7);
        return x * items.Count;
    }

    [GraphFunction]
    private static Tensor CountsIn(Tensor x, Dictionary<string, int> counts)
    {
        counts["a"] = counts.GetValueOrDefault("a") + 1;
        return x * counts["a"];
    }

    [GraphFunction]
    private static Tensor Fills(Tensor x, int[] items)
    {
        items[1]++;
        return x * items[1];
    }
#pragma warning restore TG7101

    [GraphFunction]
    private static Tensor Read(Tensor x, int[] sizes) => x * sizes[1] + sizes.Length;

    [GraphFunction]
    private static Tensor ReshapeTo(Tensor x, int[] sizes) => x[..(sizes[0] * sizes[1])].Reshape([.. sizes.Select(size => (Dim)size)]);

    [GraphFunction]
    private static Tensor SumOver(Tensor x, int[] axes) => x.Sum(axes[^1]) + Ops.Transpose(x, axes[1] == 1 ? axes : [0, 1]).Sum();

    [GraphFunction]
    private static Tensor ViaHelper(Tensor x, int[] sizes) => x * Product(sizes);

    private static int Product(int[] sizes) => sizes[0] * sizes[1];

    [GraphFunction]
    private static Tensor Linq(Tensor x, int[] sizes) => x * sizes.Sum() + sizes.Where(size => size > 2).Count();

    [GraphFunction]
    private static Tensor Joined(Tensor x, int[] sizes) => x * string.Join(',', sizes).Length + (string.Join(',', sizes) == "2,3" ? 1 : 2);

    [GraphFunction]
    private static Tensor InLambda(Tensor x, int[] sizes)
    {
        Func<int, int> size = i => sizes[i];
        return x * size(1);
    }

    [GraphFunction]
    private static Tensor FromArray(Tensor x, int[] sizes) => x[0] + ((Tensor)sizes).Cast(DType.F32);

    [GraphFunction]
    private static Tensor Nullable(Tensor x, int[]? sizes) => sizes is null ? x : x * sizes[1];

    [GraphFunction]
    private static Tensor Params(Tensor x, params int[] sizes) => x * sizes[1];

    [GraphFunction]
    private static Tensor Strings(Tensor x, string[] names) => x * names[1].Length;

    [GraphFunction]
    private static Tensor Matrix(Tensor x, long[,] sizes) => x * sizes[0, 1];

    [GraphFunction]
    private static Tensor Jagged(Tensor x, int[][] sizes) => x * sizes[0][1];

    [GraphFunction]
    private static Tensor List(Tensor x, List<int> sizes) => x * sizes[1] + sizes.Count;

    [GraphFunction]
    private static Tensor ListOfArrays(Tensor x, List<int[]> sizes) => x * sizes[0][1];

    [GraphFunction]
    private static Tensor ReadOnly(Tensor x, IReadOnlyList<int> sizes) => x * sizes[1] + sizes.Count;

    [GraphFunction]
    private static Tensor Enumerable_(Tensor x, IEnumerable<int> sizes) => x * sizes.Last();

    [GraphFunction]
    private static Tensor Immutable(Tensor x, ImmutableArray<int> sizes) => x * sizes[1];

    [GraphFunction]
    private static Tensor Map(Tensor x, Dictionary<string, int> sizes) => x * sizes["a"];

    [GraphFunction]
    private static Tensor MapOfArrays(Tensor x, Dictionary<string, int[]> sizes) => x * sizes["a"][1];

    [GraphFunction]
    private static Tensor Set(Tensor x, HashSet<int> sizes) => x * (sizes.Contains(3) ? 3 : 2);

    [GraphFunction]
    private static Tensor OfRecord(Tensor x, Config config) => x * config.Sizes[1] + config.Name.Length;

    [GraphFunction]
    private static Tensor OfOuter(Tensor x, Outer outer) => x * outer.Inner.Sizes[1] + outer.More[1];

    [GraphFunction]
    private static Tensor OfSmall(Tensor x, Small small) => x * small.Sizes[1];

    [GraphFunction]
    private static Tensor OfTuple(Tensor x, (int[] Sizes, int Number) pair) => x * pair.Sizes[1] + pair.Number;

    [GraphFunction]
    private static Tensor ToShape(Tensor x, Shape shape) => x.Reshape(2, -1).Sum() * shape[1].Value;

    [GraphFunction]
    private static Tensor ToDim(Tensor x, Dim size) => x * size.Value;

    [GraphFunction]
    private static Tensor ToDims(Tensor x, Dim[] sizes) => x * sizes[1].Value;

    [GraphFunction]
    private static Tensor OfType(Tensor x, TensorType type) => x * type.Shape[1].Value;

    [GraphFunction]
    private static Tensor Generic<T>(Tensor x, T[] items) => x * (items[1]!.ToString() == "3" ? 3 : 2);
}
