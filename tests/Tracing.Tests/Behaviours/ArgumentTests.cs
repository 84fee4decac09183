namespace TensorGraph.Tests;

/// <summary>Behaviour 2.8 and what follows from it: arguments of every structure, and C# collections among them.</summary>
public sealed partial class ArgumentTests
{
    [Fact]
    public void Tensors_behind_an_interface_are_inputs_like_those_of_a_list()
    {
        var items = new List<Tensor> { 1, 2 };
        var map = new Dictionary<string, Tensor> { ["a"] = 1, ["b"] = 2 };
        var (results, _) = Modes.Both(() =>
        {
            items[0] = 1;
            map["a"] = 1;
            Tensor[] before = [OfReadOnlyList(items), OfSequence(items), OfCollection(items), OfMap(map)];
            items[0] = 7;
            map["a"] = 9;
            return (Tensor[])[.. before, OfReadOnlyList(items), OfSequence(items), OfCollection([.. items]), OfMap(map), OfReadOnlyList([7, 2]), OfSequence(items.Select(x => x * 10))];
        });
        Assert.Equal(["102", "102", "102", "-1", "702", "702", "702", "7", "702", "7020"], results.Select(result => result.ToString()));
        Assert.Equal(1, GraphFunction.Of((Func<IReadOnlyList<Tensor>, Tensor>)OfReadOnlyList).TraceCount);
        Assert.Equal(1, GraphFunction.Of((Func<IEnumerable<Tensor>, Tensor>)OfSequence).TraceCount);
        Assert.Equal(1, GraphFunction.Of((Func<IReadOnlyDictionary<string, Tensor>, Tensor>)OfMap).TraceCount);
    }

    [Fact]
    public void A_sequence_that_is_made_on_demand_is_made_once()
    {
        IEnumerable<Tensor> Made()
        {
            Console.WriteLine("made 1");
            yield return 1;
            Console.WriteLine("made 2");
            yield return 2;
        }

        Assert.Equal(["made 1", "made 2"], Modes.Both(() => OfSequence(Made())).Lines);
    }

    [Fact]
    public void Results_behind_an_interface()
    {
        var (results, _) = Modes.Both(() => (Tensor[])[.. Halves(8), .. Lazily(8), Named(8)["half"]]);
        Assert.Equal(["4", "2", "16", "24", "4"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void The_order_of_a_dictionary_is_kept()
    {
        Dictionary<string, Tensor> one = new() { ["b"] = 2, ["a"] = 1 }, other = new() { ["a"] = 1, ["b"] = 2 };
        var (results, lines) = Modes.Both(() => new[] { Folded(one), Folded(other) });
        Assert.Equal(["21", "12"], results.Select(result => result.ToString()));
        Assert.Equal(["b 2", "a 1", "a 1", "b 2"], lines);
    }

    [Fact]
    public void CSharp_collections_are_compared_by_content()
    {
        var results = Modes.Both(() =>
        {
            int[] factors = [2, 3];
            var list = new List<int> { 2 };
            var map = new Dictionary<string, int[]> { ["a"] = [1, 2] };
            int[,] table = { { 1, 2 }, { 3, 4 } };
            double[] rates = [0.0];
            var all = new List<Tensor> { Times(1, factors), Times(1, 2, 3), Sum(1, list), Lookup(1, map), Corner(1, table), Inverse(1.0, rates) };
            factors[0] = 5;
            list.Add(7);
            map["a"][1] = 9;
            table[1, 1] = 40;
            rates[0] = -0.0;
            all.AddRange([Times(1, factors), Sum(1, list), Lookup(1, map), Corner(1, table), Inverse(1.0, rates), Sum(1, null)]);
            return all;
        }).Result;
        Assert.Equal(["6", "6", "3", "3", "4", "Infinity", "15", "10", "10", "40", "-Infinity", "1"], results.Select(result => result.ToString()));

        // A new array of the same content needs no new trace.
        var function = GraphFunction.Of((Func<Tensor, int[], Tensor>)Times);
        Assert.Equal(2, function.TraceCount);
        Assert.Equal(("factors", "[2, 3]", "[5, 3]"), (function.Retraces[0].Argument, function.Retraces[0].Old, function.Retraces[0].New));
    }

    [Fact]
    public void The_cause_of_a_retrace_shows_arrays_in_structs_on_both_sides()
    {
        Scaled(1, new([2, 3], 4));
        Scaled(1, new([5, 3], 4));
        var retrace = Assert.Single(GraphFunction.Of((Func<Tensor, Scales, Tensor>)Scaled).Retraces);
        Assert.Equal(("scales", "Scales { Factors = [2, 3], Last = 4 }", "Scales { Factors = [5, 3], Last = 4 }"), (retrace.Argument, retrace.Old, retrace.New));
    }

    internal readonly record struct Scales(int[] Factors, int Last);

    [GraphFunction]
    private static Tensor Scaled(Tensor x, Scales scales) => x * scales.Factors[0] * scales.Last;

    [Fact]
    public void A_collection_that_the_graph_writes_to_is_compared_by_identity()
    {
        List<float> one = [], other = [];
        var (counts, _) = Modes.Both(() =>
        {
            one.Clear();
            other.Clear();
            foreach (var list in new[] { one, one, other, one })
                Append(list, (float)list.Count);
            return $"{string.Join(' ', one)} | {string.Join(' ', other)}";
        });
        Assert.Equal("0 1 2 | 0", counts);
        Assert.Equal(2, GraphFunction.Of((Action<List<float>, Tensor>)Append).TraceCount);
    }

    [Fact]
    public void A_collection_that_is_read_and_written_to_is_compared_both_ways()
    {
        List<float> one = [1], other = [1];
        var (text, _) = Modes.Both(() =>
        {
            foreach (var list in new[] { one, other })
            {
                list.Clear();
                list.Add(1);
            }

            var results = new[] { AppendTotal(one, 1f), AppendTotal(other, 2f), AppendTotal(one, 3f) };
            return $"{string.Join<Tensor>(' ', results)} | {string.Join(' ', one)} | {string.Join(' ', other)}";
        });
        Assert.Equal("2 3 5 | 1 1 3 | 1 2", text);
    }

    [Fact]
    public void A_change_of_an_argument_is_an_error_and_not_lost()
    {
        Tensor[] array = [1, 2];
        List<Tensor> list = [1, 2];
        var map = new Dictionary<string, Tensor> { ["a"] = 1 };
        Expect.Error(DiagnosticIds.ArrayFromOutside, () => Overwrites(array), nameof(Overwrites), "'items[1]'");
        Expect.Error(DiagnosticIds.ArrayFromOutside, () => Grows(list), nameof(Grows), "'items'");
        Expect.Error(DiagnosticIds.ArrayFromOutside, () => InBranch((list, 1)), "'pair.Items[0]'");
        Expect.Error(DiagnosticIds.ArrayFromOutside, () => Replaces(map), "'map[\"a\"]'");
        Expect.Error(DiagnosticIds.ArrayFromOutside, () => ThroughAnother(1), nameof(Overwrites));
        // Imperatively it is the caller's own object.
        Assert.Equal("3 | 1 3", Modes.Run(() => $"{Overwrites(array)} | {string.Join<Tensor>(' ', array)}", imperatively: true).Result);
        Assert.Equal("3", Modes.Both(() => CopyFirst([1, 2])).Result.ToString());
    }

    [Fact]
    public void Leaves_are_named_after_optional_arguments_and_collections()
    {
        var function = GraphFunction.Of((Func<Tensor, Tensor?, Tensor[], Dictionary<string, (Tensor A, Tensor B)>, int, Tensor>)Mixed);
        Dictionary<string, (Tensor, Tensor)> map = new() { ["k"] = (1f, 2f) };
        Mixed(1f, null, [1f], map, 1);
        Mixed(1f, 2f, [1f], map, 1);
        Mixed(1f, 2f, [1f, 1f], map, 1);
        Mixed(1f, 2f, [1f, Ops.Ones(2)], map, 1);
        Mixed(1f, 2f, [1f, Ops.Ones(2)], new() { ["q"] = (1f, 2f) }, 1);
        Mixed(1f, 2f, [1f, Ops.Ones(2)], new() { ["q"] = (1f, Ops.Ones(2)) }, 1);
        Mixed(1f, 2f, [1f, Ops.Ones(2)], new() { ["q"] = (1f, Ops.Ones(2)) }, 2);
        Mixed(1f, null, [], [], 2);
        Assert.Equal(
            [
                "'y' was null, is given", "'items' was 1 element, is 2 elements", "'items[1]' was f32[], is f32[2]", "'map' was key \"k\", is key \"q\"", "'map[\"q\"].B' was f32[], is f32[2]",
                "'n' was 1, is 2", "'y' was given, is null",
            ],
            function.Retraces.Select(retrace => retrace.ToString().Split(", at ")[0]));
        Assert.Equal("x: f32[], y: null, items: empty, map: empty, n: 2", function.ConcreteFunctions[0].SignatureText);
        Assert.Equal("x: f32[], y: f32[], items[0]: f32[], items[1]: f32[2], map[\"q\"].A: f32[], map[\"q\"].B: f32[2], n: 2", function.ConcreteFunctions[1].SignatureText);
    }

    [Fact]
    public void A_concrete_function_of_a_structure_is_asked_for_in_the_same_structure()
    {
        var function = GraphFunction.Of((Func<Tensor, Tensor?, Tensor[], Dictionary<string, (Tensor A, Tensor B)>, int, Tensor>)Structured);
        var scalar = TensorSpec.Parse("f32");
        var concrete = function.GetConcreteFunction(scalar, null, new[] { scalar, TensorSpec.Parse("f32[?]") }, new Dictionary<string, object> { ["k"] = (scalar, scalar) }, 3);
        Assert.Same(concrete, function.GetConcreteFunction(scalar, null, new[] { scalar, TensorSpec.Parse("f32[?]") }, new Dictionary<string, object> { ["k"] = (scalar, scalar) }, 3));
        Assert.Equal("18", Structured(1f, null, [2f, Ops.Ones(1)], new() { ["k"] = (1f, 1f) }, 3).Reshape([]).ToString());
        Assert.Equal(1, function.TraceCount);
        Assert.Equal("[6]", concrete.Call(new Dictionary<string, Tensor> { ["x"] = 0f, ["items[0]"] = 0f, ["items[1]"] = Ops.Ones(1), ["map[\"k\"].A"] = 0f, ["map[\"k\"].B"] = 1f })[0].ToString());

        Expect.Error(DiagnosticIds.SignatureMismatch, () => function.GetConcreteFunction(scalar), "5 parameters (x, y, items, map, n)", "got 1");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => function.GetConcreteFunction(3, null, Array.Empty<object>(), new Dictionary<string, object>(), 3), "'x'", "Int32");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => function.GetConcreteFunction(scalar, null, 7, new Dictionary<string, object>(), 3), "'items'", "Int32");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => function.GetConcreteFunction(scalar, null, Array.Empty<object>(), new Dictionary<string, object>(), "three"), "'n'", "String");
        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public void A_concrete_function_is_for_one_object_of_several_of_a_type()
    {
        var function = GraphFunction.Of((Func<Tensor, Amount, Tensor>)Plus);
        Amount one = new(1), ten = new(10);
        var spec = TensorSpec.Parse("f32[]");
        var first = function.GetConcreteFunction(spec, one);
        Assert.Equal(11f, function.GetConcreteFunction(spec, ten).Call(1f)[0].ToDouble());
        Assert.Equal(2f, first.Call(1f)[0].ToDouble());
        Assert.Same(first, function.GetConcreteFunction(spec, one));
    }

    [Fact]
    public void Two_names_for_one_variable_and_two_variables()
    {
        var results = Modes.Both(() =>
        {
            Variable v = new(1f), w = new(5f);
            return new[] { AddThenRead(v, w), AddThenRead(w, v), AddThenRead(v, v), AddThenRead(w, w), v.Value, w.Value };
        }).Result;
        Assert.Equal(["25", "62", "33", "77", "3", "7"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void CSharp_values_of_every_kind()
    {
        Modes.Both(() => new[]
        {
            Kinds(1.0, 2.5m, (Half)1, (1, 2), null, 'a', 3, DayOfWeek.Friday, "x"), Kinds(1.0, 2.5m, (Half)2, (1, 2), 7, 'b', 3, DayOfWeek.Monday, "xyz"),
            Kinds(1.0, 2.5m, (Half)1, (1, 2), null, 'a', 3, DayOfWeek.Friday, "x"),
        });
        Assert.Equal(2, GraphFunction.Of((Func<Tensor, decimal, Half, (int, int), int?, char, byte, DayOfWeek, string, Tensor>)Kinds).TraceCount);
    }

    [GraphFunction]
    internal static Tensor Plus(Tensor x, Amount amount) => x + amount.Value;

    [GraphFunction]
    private static Tensor OfReadOnlyList(IReadOnlyList<Tensor> items) => items[0] * 100 + items[1];

    [GraphFunction]
    private static Tensor OfSequence(IEnumerable<Tensor> items)
    {
        Tensor total = 0;
        foreach (Tensor item in items)
            total = total * 100 + item;
        return total;
    }

    [GraphFunction]
    private static Tensor OfCollection(ICollection<Tensor> items) => items.Aggregate((total, item) => total * 100 + item);

    [GraphFunction]
    private static Tensor OfMap(IReadOnlyDictionary<string, Tensor> map) => map["a"] - map["b"];

    [GraphFunction]
    private static IReadOnlyList<Tensor> Halves(Tensor x) => [x / 2, x / 4];

    [GraphFunction]
    private static IEnumerable<Tensor> Lazily(Tensor x) => new[] { 2, 3 }.Select(i => x * i);

    [GraphFunction]
    private static IDictionary<string, Tensor> Named(Tensor x) => new Dictionary<string, Tensor> { ["half"] = x / 2 };

    [GraphFunction]
    private static Tensor Folded(Dictionary<string, Tensor> map)
    {
        Tensor total = 0;
        foreach (var (name, value) in map)
        {
            Ops.Print(name, value);
            total = total * 10 + value;
        }

        return total;
    }

    [GraphFunction]
    private static Tensor Times(Tensor x, params int[] factors)
    {
        for (int i = 0; i < factors.Length; i++)
            x = x * factors[i];
        return x;
    }

    [GraphFunction]
    private static Tensor Sum(Tensor x, List<int>? terms) => x + (terms?.Sum() ?? 0);

    [GraphFunction]
    private static Tensor Lookup(Tensor x, Dictionary<string, int[]> map) => x * map["a"].Sum();

    [GraphFunction]
    private static Tensor Corner(Tensor x, int[,] table) => x * table[1, 1];

    [GraphFunction]
    private static Tensor Inverse(Tensor x, double[] rates) => x / rates[0];

    [GraphFunction]
    private static void Append(List<float> list, Tensor x) => Ops.HostCall(value => list.Add(value.Item<float>()), x);

    [GraphFunction]
    private static Tensor AppendTotal(List<float> list, Tensor x)
    {
        float total = list.Sum();
        Ops.HostCall(value => list.Add(value.Item<float>()), x);
        return x + total;
    }

    [GraphFunction]
    private static Tensor Overwrites(Tensor[] items)
    {
        items[1] = items[0] + items[1];
        return items[1];
    }

    [GraphFunction]
    private static Tensor Grows(List<Tensor> items)
    {
        items.Add(items[0]);
        return items[^1];
    }

    [GraphFunction]
    private static Tensor InBranch((List<Tensor> Items, Tensor X) pair)
    {
        if (pair.X > 0)
            pair.Items[0] = pair.X;
        return pair.Items[0];
    }

    [GraphFunction]
    private static Tensor Replaces(Dictionary<string, Tensor> map)
    {
        map["a"] += 1;
        return map["a"];
    }

    [GraphFunction]
    private static Tensor ThroughAnother(Tensor x)
    {
        Tensor[] items = [x, x];
        Overwrites(items);
        return items[1];
    }

    [GraphFunction]
    private static Tensor CopyFirst(Tensor[] items)
    {
        Tensor[] own = [.. items];
        own[1] = own[0] + own[1];
        return own[1];
    }

    [GraphFunction]
    private static Tensor Mixed(Tensor x, Tensor? y, Tensor[] items, Dictionary<string, (Tensor A, Tensor B)> map, int n) =>
        items.Concat(map.Values.Select(pair => pair.A + pair.B)).Aggregate(x + (y ?? 0f), (total, item) => total + item) * n;

    [GraphFunction]
    private static Tensor Structured(Tensor x, Tensor? y, Tensor[] items, Dictionary<string, (Tensor A, Tensor B)> map, int n) =>
        items.Concat(map.Values.Select(pair => pair.A + pair.B)).Aggregate(x + (y ?? 0f), (total, item) => total + item) * n;

    [GraphFunction]
    private static Tensor AddThenRead(Variable v, Variable w)
    {
        v.AssignAdd(1f);
        return v.Value * 10 + w;
    }

    [GraphFunction]
    private static Tensor Kinds(Tensor x, decimal d, Half h, (int, int) pair, int? n, char c, byte b, DayOfWeek day, string text) =>
        x + (double)d + (double)h + pair.Item1 + pair.Item2 + (n ?? 0) + c + b + (int)day + text.Length;
}

/// <summary>A number in an object.</summary>
internal sealed class Amount(float value)
{
    public float Value { get; } = value;
}
