namespace TensorGraph.Tests;

public sealed class ModelStateTests : TemporaryFolder
{
    [Fact]
    public void Numbers_of_a_model_are_not_made_objects_one_by_one()
    {
        var data = new Data(new float[1_000_000], new double[500, 1_000], [.. Enumerable.Range(0, 500_000)], [DType.F32], new Variable(1f, "found"));
        Make();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var estimator = Make();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 2_000_000);
        Assert.Equal(["variable"], estimator.VariableNames);

        Estimator<Tensor, Tensor> Make() => new((x, _, mode, _) => new(mode, predictions: x), At("m"), Line.Quiet, data);
    }

    [Fact]
    public void Collections_lead_to_variables_whatever_else_they_hold()
    {
        var data = new Holder
        {
            Texts = [.. Enumerable.Range(0, 10).Select(i => $"{i}")], Mixed = [1, "two", new Variable(1f, "third")],
            ByNumber = new() { [7] = new Variable(2f, "seventh") }, Bag = [1, 2],
        };
        Assert.Equal(["bag.weight", "by_number.7", "mixed.2"], Of(data).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_set_of_variables_that_are_found_nowhere_else_is_refused()
    {
        Variable first = new(1f, "first"), second = new(2f, "second");
        foreach (object set in new object[] { new HashSet<Variable> { first }, System.Collections.Immutable.ImmutableHashSet.Create(first, second) })
            Expect.Error(DiagnosticIds.EstimatorMisused, () => Of(new { Set = set }), "is a set, whose variables have no order");
        Assert.Equal(["all.0", "all.1"], Of(new Sets([first], [first, second])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Pairs_and_what_is_lazy_lead_to_variables_and_a_queue_that_is_disposed_of_does_not()
    {
        var queue = new System.Collections.Concurrent.BlockingCollection<object>();
        queue.Dispose();
        var lazy = new Lazy<Variable>(() => new Variable(1f));
        _ = lazy.Value;
        var holder = new Holder { Mixed = [queue, new KeyValuePair<string, Variable>("a", new(1f)), lazy, new Lazy<Variable>(() => throw new InvalidOperationException())] };
        Assert.Equal(["bag.weight", "mixed.1", "mixed.2"], Of(holder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sets_of_sets_and_sorted_sets_are_walked()
    {
        var node = new Node();
        node.Next.Add(new Node());
        Assert.Empty(Of(node));
        var byName = Comparer<Variable>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));
        Assert.Equal(["set.0", "set.1"], Of(new { Set = new SortedSet<Variable>([new(1f, "b"), new(2f, "a")], byName) }).Order(StringComparer.Ordinal));
    }

    private sealed class Node
    {
        public HashSet<Node> Next { get; } = [];
    }

    private sealed record Sets(HashSet<Variable> Some, List<Variable> All);

    [Fact]
    public void A_long_list_of_texts_costs_nothing()
    {
        var data = new Holder { Texts = [.. Enumerable.Repeat("word", 1_000_000)] };
        Of(data);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Of(data);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 2_000_000);
    }

    [Fact]
    public void A_generator_of_the_path_of_the_default_one_is_refused()
    {
        var estimator = new Estimator<Tensor, Tensor>((x, _, mode, _) => new(mode, Ops.Sum(x), TrainOp.Of(() => { })), At("m"), Line.Quiet, new WithState(new(1)));
        Expect.Error(DiagnosticIds.WeightsDoNotFit, () => estimator.Train(() => Line.Batches(), steps: 1), "two random generators", "'state'");
    }

    private IReadOnlyList<string> Of(object data) =>
        new Estimator<Tensor, Tensor>((x, _, mode, _) => new(mode, predictions: x), At("m"), Line.Quiet, data).VariableNames;

    private sealed record WithState(RandomGenerator State);

    private sealed class Holder
    {
        public List<string> Texts { get; init; } = [];

        public List<object> Mixed { get; init; } = [];

        public Dictionary<int, Variable> ByNumber { get; init; } = [];

        public System.Collections.Immutable.ImmutableArray<Variable> Unset { get; init; }

        public Bag<int> Bag { get; init; } = [];
    }

    /// <summary>A module that is a collection of numbers, too.</summary>
    private sealed class Bag<T> : Module, System.Collections.ICollection, IEnumerable<T>
    {
        private readonly List<T> _items = [];

        public Variable Weight { get; } = new(1f);

        public int Count => _items.Count;

        public bool IsSynchronized => false;

        public object SyncRoot => this;

        public void Add(T item) => _items.Add(item);

        public void CopyTo(Array array, int index) => ((System.Collections.ICollection)_items).CopyTo(array, index);

        public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed record Data(float[] Samples, double[,] Grid, List<int> Order, DType[] Types, Variable Variable);
}
