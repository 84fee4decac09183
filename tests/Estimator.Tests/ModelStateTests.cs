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
