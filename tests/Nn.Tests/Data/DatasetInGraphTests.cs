namespace TensorGraph.Tests;

/// <summary>foreach over a dataset inside a graph function is one loop of the graph.</summary>
public sealed partial class DatasetInGraphTests
{
    [GraphFunction]
    private static Tensor Total(Dataset<(Tensor X, Tensor Y)> dataset)
    {
        Tensor sum = 0f;
        foreach (var (x, y) in dataset)
            sum += (x * y).Sum();
        return sum;
    }

    [GraphFunction]
    private static Tensor TotalUntil(Dataset<Tensor> dataset, Tensor limit)
    {
        Tensor sum = 0L;
        foreach (Tensor x in dataset)
        {
            if (sum >= limit)
                break;
            sum += x;
        }

        return sum;
    }

    // Through a delegate, since a lambda in a traced method calls what it names imperatively.
    private static readonly Func<Dataset<Tensor>, Tensor, Tensor> s_callsItself = GraphFunction.Compile<Func<Dataset<Tensor>, Tensor, Tensor>>(CallsItself);

    [GraphFunction]
    private static Tensor CallsItself(Dataset<Tensor> dataset, Tensor depth)
    {
        Tensor sum = 0L;
        foreach (Tensor x in dataset)
        {
            sum += x;
            if (depth > 0L)
                sum += Ops.HostCall(values => [s_callsItself(dataset, values[0])], [new(DType.I64, Shape.Scalar)], depth - 1L)[0];
        }

        return sum;
    }

    [GraphFunction]
    private static Tensor Pairs(Dataset<Tensor> dataset)
    {
        Tensor sum = 0L;
        foreach (Tensor x in dataset)
        {
            foreach (Tensor y in dataset)
                sum += x * y;
        }

        return sum;
    }

    [GraphFunction]
    private static Tensor Train(Dataset<(Tensor X, Tensor Y)> dataset, Variable weight, Optimizer optimizer)
    {
        Tensor loss = 0f;
        foreach (var (x, y) in dataset)
        {
            using var tape = new GradientTape();
            loss = Loss.MeanSquaredError(x * weight, y);
            optimizer.Apply([tape.Gradient(loss, weight)], [weight]);
        }

        return loss;
    }

    // The same over a C# list, which unrolls.
    [GraphFunction]
    private static Tensor TrainOnList(List<(Tensor X, Tensor Y)> pairs, Variable weight, Optimizer optimizer)
    {
        Tensor loss = 0f;
        foreach (var (x, y) in pairs)
        {
            using var tape = new GradientTape();
            loss = Loss.MeanSquaredError(x * weight, y);
            optimizer.Apply([tape.Gradient(loss, weight)], [weight]);
        }

        return loss;
    }

    [GraphFunction]
    private static Tensor Sizes(Dataset<(Tensor X, Tensor Y)> dataset, List<float> seen)
    {
        Tensor sum = 0f;
        foreach (var (x, y) in dataset)
        {
            sum += (x * y).Sum() + x.Mean();
            Ops.HostCall(values => seen.Add(values[0].Shape[0].Value), [x]);
        }

        return sum;
    }

    private static Dataset<(Tensor, Tensor)> Of(int count) => Dataset.FromTensorSlices((Ops.Ones(count, 3), Ops.Full(new Shape(count, 3), 2)));

    [Fact]
    public void The_graph_does_not_grow_with_the_dataset()
    {
        var function = GraphFunction.Of(Total);
        int before = function.TraceCount;
        var sizes = new List<int>();
        foreach (int count in new[] { 0, 1, 2, 10 })
        {
            var dataset = Of(count);
            Assert.Equal(6 * count, (float)Total(dataset));
            // The graph starts anew in each call.
            Assert.Equal(6 * count, (float)Total(dataset));
            Assert.Equal(6 * count, Both.Imperatively(() => (float)Total(dataset)));
            sizes.Add(function.ConcreteFunctions[0].NodeCount);
        }

        Assert.Equal(4, function.TraceCount - before);
        Assert.Single(sizes.Distinct());
    }

    [Fact]
    public void Training_can_be_one_graph_of_any_length()
    {
        var function = GraphFunction.Of(Train);
        var sizes = new List<int>();
        foreach (int count in new[] { 2, 10 })
        {
            float[] Run()
            {
                var weight = new Variable(0f);
                var dataset = Of(count);
                var adam = new Adam(0.1);
                adam.Build([weight]);
                return [(float)Train(dataset, weight, adam), (float)weight.Value];
            }

            Both.Agree(Run);
            sizes.Add(function.ConcreteFunctions[0].NodeCount);
        }

        Assert.Single(sizes.Distinct());
    }

    [Fact]
    public void Row_3_4_the_graph_grows_with_a_list_and_not_with_a_dataset()
    {
        float[] Run(int count, bool list)
        {
            var weight = new Variable(0f);
            var adam = new Adam(0.1);
            adam.Build([weight]);
            Tensor loss = list ? TrainOnList([.. Enumerable.Repeat(((Tensor)Ops.Ones(3), Ops.Full(new Shape(3), 2)), count)], weight, adam) : Train(Of(count), weight, adam);
            return [(float)loss, (float)weight.Value];
        }

        int[] Nodes(bool list) =>
        [
            .. new[] { 2, 10 }.Select(count =>
            {
                // One model, two ways to hand the data in.
                Close.Within(Run(count, !list), Both.Agree(() => Run(count, list)), 1e-6, 1e-7);
                var function = list ? GraphFunction.Of(TrainOnList) : GraphFunction.Of(Train);
                return function.ConcreteFunctions[0].NodeCount;
            }),
        ];

        int[] ofLists = Nodes(list: true), ofDatasets = Nodes(list: false);
        Assert.True(ofLists[1] > 4 * ofLists[0], $"{ofLists[0]} nodes for 2 pairs, {ofLists[1]} for 10");
        Assert.Equal(ofDatasets[0], ofDatasets[1]);
    }

    [Fact]
    public void Training_takes_a_smaller_last_batch() => Both.Agree(() =>
    {
        var weight = new Variable(0f);
        var adam = new Adam(0.1);
        adam.Build([weight]);
        return new[] { (float)Train(Of(9).Batch(4).Repeat(2), weight, adam), (float)weight.Value };
    });

    [Fact]
    public void Batches_of_one_size_and_mapped_shuffled_prefetched_elements_work()
    {
        Assert.Equal(48, (float)Total(Of(9).Shuffle(9, seed: 2).Map(pair => (pair.Item1, pair.Item2)).Batch(4, dropRemainder: true).Prefetch()));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(3)]
    [InlineData(0)]
    public void A_smaller_last_batch_is_a_size_that_the_turn_finds_out(int count)
    {
        var dataset = Of(count).Batch(4).Map(pair => (pair.Item1 * 2f, pair.Item2)).Repeat(2);
        float[] Run()
        {
            var sizes = new List<float>();
            Tensor total = Sizes(dataset, sizes);
            return [(float)total, .. sizes];
        }

        float[] imperative = Both.Imperatively(Run);
        Assert.Equal(imperative, Run());
        Assert.Equal(imperative, Run());
    }

    [Fact]
    public void A_break_ends_the_loop_and_the_next_call_starts_anew()
    {
        var dataset = Dataset.Range(100).Prefetch();
        for (int i = 0; i < 20; i++)
            Assert.Equal(10, TotalUntil(dataset, 10L).Item<long>());
        Assert.Equal(10, Both.Imperatively(() => TotalUntil(dataset, 10L).Item<long>()));
    }

    [GraphFunction]
    private static Tensor FirstAbove(Dataset<Tensor> dataset, Tensor limit)
    {
        foreach (Tensor x in dataset)
        {
            if (x > limit)
                return x;
        }

        return -1L;
    }

    // The thread of Prefetch and the file of the source are released by the call, not by the next one.
    [Theory]
    [InlineData(10), InlineData(1000)]
    public void A_loop_that_is_left_early_closes_its_source(long limit)
    {
        var source = new Counted();
        var dataset = Dataset.FromEnumerable(source.Numbers()).Prefetch();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(limit < 100 ? limit + 1 : -1, FirstAbove(dataset, limit).Item<long>());
            Assert.Equal(0, source.Open);
        }
    }

    [GraphFunction]
    private static Tensor Checked(Dataset<Tensor> dataset, Tensor limit)
    {
        Tensor sum = 0L;
        foreach (Tensor x in dataset)
        {
            foreach (Tensor y in dataset)
            {
                if (x + y > limit)
                    throw new InvalidDataException($"{x} and {y}");
                sum += y;
            }
        }

        return sum;
    }

    [GraphFunction]
    private static Tensor Endless(Dataset<Tensor> dataset, Tensor start)
    {
        Tensor sum = start;
        foreach (Tensor x in dataset)
        {
            while (sum >= 0L)
                sum = sum + x - x;
        }

        return sum;
    }

    [Fact]
    public void A_call_that_throws_or_is_cancelled_closes_its_sources()
    {
        var source = new Counted();
        var dataset = Dataset.FromEnumerable(source.Numbers()).Prefetch(2);
        Assert.Throws<InvalidDataException>(() => Checked(dataset, 5L).Item<long>());
        Assert.Equal(0, source.Open);
        using var cancellation = new CancellationTokenSource();
        using (GraphFunctions.WithCancellation(cancellation.Token))
        {
            cancellation.CancelAfter(50);
            Assert.ThrowsAny<OperationCanceledException>(() => Endless(dataset, 1L).Item<long>());
        }
        Assert.Equal(0, source.Open);
    }

    // The error of the call comes before that of a source which can't be closed, and each source is closed.
    [Fact]
    public void A_source_that_fails_to_close_hides_nothing()
    {
        var source = new Counted();
        var dataset = Dataset.FromEnumerable(source.Numbers());
        // The trace looks at the first element, and closes the source after it.
        Assert.Equal(100 * 4950, Checked(dataset, 1000L).Item<long>());
        source.FailsToClose = true;
        Assert.Throws<InvalidDataException>(() => Checked(dataset, 5L).Item<long>());
        Assert.Equal(0, source.Open);
    }

    [Fact]
    public void Loops_over_one_dataset_nest()
    {
        var dataset = Dataset.Range(5);
        Assert.Equal(100, Pairs(dataset).Item<long>());
        Assert.Equal(100, Both.Imperatively(() => Pairs(dataset).Item<long>()));
    }

    // The inner loop is another run of the same graph on the same thread; after it the outer one goes on where it was.
    [Fact]
    public void A_host_call_in_a_loop_may_run_the_same_loop()
    {
        var dataset = Dataset.Range(4);
        Assert.Equal(6 + (4 * 6), CallsItself(dataset, 1L).Item<long>());
        Assert.Equal(6 + (4 * 6), Both.Imperatively(() => CallsItself(dataset, 1L).Item<long>()));
    }

    [Fact]
    public void Runs_at_the_same_time_do_not_share_elements()
    {
        var dataset = Of(200);
        Total(dataset);
        Parallel.For(0, 8, _ => Assert.Equal(1200, (float)Total(dataset)));
    }

    [Fact]
    public void What_does_not_fit_a_loop_is_named()
    {
        Tensor[] different = [Ops.Ones(2), Ops.Ones(3)];
        Expect.Error(DiagnosticIds.ShapeMismatch, () => Total(Dataset.FromEnumerable(different.Select(x => (x, x)))).ToDouble());
        Expect.Error(DiagnosticIds.ShapeMismatch, () => Total(Of(9).Batch(4).Map(pair => pair.Item1.Shape[0] == 4 ? pair : (pair.Item1.Sum(), pair.Item2))), "axes");
        Expect.Error(DiagnosticIds.BadData, () => Total(Dataset.FromEnumerable<(Tensor, Tensor)>([])), "empty");
    }

    /// <summary>Numbers, and how many iterations over them are open.</summary>
    private sealed class Counted
    {
        private int _open;

        public int Open => _open;

        public bool FailsToClose { get; set; }

        public IEnumerable<Tensor> Numbers()
        {
            Interlocked.Increment(ref _open);
            try
            {
                for (long i = 0; i < 100; i++)
                    yield return i;
            }
            finally
            {
                Interlocked.Decrement(ref _open);
#pragma warning disable MA0072 // As the end of a file does that can't be closed.
                if (FailsToClose)
                    throw new IOException("the source can't be closed");
#pragma warning restore MA0072
            }
        }
    }
}
