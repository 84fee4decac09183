#pragma warning disable TG7101 // Methods keep tensors in fields of their object, as scratch space and as memory.
namespace TensorGraph.Tests;

/// <summary>Behaviour 2: collections with tensors in them, and tuples with collections in them, in fields: a change by any name is seen.</summary>
public sealed partial class TensorCollectionTests
{
    [Fact]
    public void A_list_of_tensors_that_changes_is_never_frozen() => Same(() =>
    {
        var holder = new Holder();
        List<Tensor> alias = holder.Items, results = [holder.Sum(1f)];
        alias.Add(2f);
        results.Add(holder.Sum(1f));
        alias[0] = 5f;
        results.Add(holder.Sum(1f));
        alias.Clear();
        results.Add(holder.Sum(1f));
        return results;
    }, 1, 3, 6, 1);

    [Fact]
    public void Arrays_and_dictionaries_too() => Same(() =>
    {
        var holder = new Holder();
        Tensor[] array = holder.Array;
        var named = holder.Named;
        List<Tensor> results = [holder.OfArray(1f), holder.OfNamed(1f)];
        array[0] = 7f;
        named["a"] = 8f;
        results.AddRange([holder.OfArray(1f), holder.OfNamed(1f)]);
        return results;
    }, 2, 4, 8, 9);

    [Fact]
    public void Of_an_argument_and_of_a_static_member() => Same(() =>
    {
        var holder = new Holder();
        s_items.Clear();
        List<Tensor> alias = holder.Items, all = s_items, results = [OfArgument(holder, 1f)];
        alias.Add(2f);
        results.Add(OfArgument(holder, 1f));
        all.Add(10f);
        results.Add(OfArgument(holder, 1f));
        return results;
    }, 1, 3, 13);

    [Fact]
    public void The_same_tensors_need_no_other_trace()
    {
        var holder = new Holder();
        holder.Items.AddRange([1f, 2f]);
        for (int i = 0; i < 5; i++) holder.Sum(1f);
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)holder.Sum).TraceCount);
    }

    // What is left there belongs to an earlier trace, and nothing reads it.
    [Fact]
    public void A_list_that_a_method_fills_anew_needs_no_other_trace()
    {
        var holder = new Holder();
        float[] results = [.. Enumerable.Range(0, 5).Select(i => holder.Scratch((float)i).Item<float>())];
        Assert.Equal([1f, 5f, 9f, 13f, 17f], results);
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)holder.Scratch).TraceCount);
    }

    [Fact]
    public void Collections_in_readonly_tuples() => Same(() =>
    {
        var holder = new Holder();
        int[] numbers = holder.Numbers;
        List<int> more = holder.More;
        List<Tensor> results = [holder.OfTuple(1f), holder.Taken(1f)];
        numbers[0] = 9;
        results.AddRange([holder.OfTuple(1f), holder.Taken(1f)]);
        more.Add(100);
        results.AddRange([holder.OfTuple(1f), holder.Taken(1f)]);
        return results;
    }, 3, 2, 11, 10, 111, 10);

    private static void Same(Func<List<Tensor>> run, params float[] expected) =>
        Assert.Equal(expected, Modes.Both(() => run().ToArray()).Result.Select(result => result.Item<float>()));

    private static readonly List<Tensor> s_items = [];

    [GraphFunction]
    private static Tensor OfArgument(Holder holder, Tensor x)
    {
        foreach (var item in holder.Items) x += item;
        foreach (var item in s_items) x += item;
        return x;
    }

    public sealed partial class Holder
    {
        private readonly (int Factor, int[] Numbers) _pair = (1, [1]);
        private readonly (int, (List<int> Inner, int)) _nested = (1, ([1], 2));
        private readonly List<Tensor> _scratch = [];

        public List<Tensor> Items { get; } = [];

        public Tensor[] Array { get; } = [1f];

        public Dictionary<string, Tensor> Named { get; } = new(StringComparer.Ordinal) { ["a"] = 3f };

        public int[] Numbers => _pair.Numbers;

        public List<int> More => _nested.Item2.Inner;

        [GraphFunction]
        public Tensor Sum(Tensor x)
        {
            foreach (var item in Items) x += item;
            return x;
        }

        [GraphFunction]
        public Tensor OfArray(Tensor x) => x + Array[0];

        [GraphFunction]
        public Tensor OfNamed(Tensor x) => x + Named["a"];

        [GraphFunction]
        public Tensor Scratch(Tensor x)
        {
            _scratch.Clear();
            for (int i = 0; i < 2; i++) _scratch.Add((x * 2) + i);
            return _scratch[0] + _scratch[1];
        }

        [GraphFunction]
        public Tensor OfTuple(Tensor x) => x + _pair.Numbers[0] + _nested.Item2.Inner.Sum();

        [GraphFunction]
        public Tensor Taken(Tensor x)
        {
            var (factor, numbers) = _pair;
            return x + (factor * numbers[0]);
        }
    }
}
