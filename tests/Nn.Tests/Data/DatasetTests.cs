namespace TensorGraph.Tests;

public sealed class DatasetTests
{
    [Fact]
    public void Slices_come_in_order_and_go_together()
    {
        var dataset = Dataset.FromTensorSlices(((Tensor)new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, (Tensor)new[] { 7, 8, 9 }));
        var seen = dataset.Select(pair => (pair.Item1.ToArray<float>(), pair.Item2.Item<int>())).ToArray();
        Assert.Equal([([1f, 2], 7), ([3f, 4], 8), ([5f, 6], 9)], seen);
        Assert.Equal([1f, 2, 3], Dataset.FromTensorSlices((Tensor)new[] { 1f, 2, 3 }).Select(tensor => (float)tensor));
        Assert.Empty(Dataset.FromTensorSlices(Ops.Zeros(0, 4)));
    }

    [Fact]
    public void Nested_tuples_and_text_are_elements_too()
    {
        Tensor text = Tensor.From(new[] { "a", "b" });
        var batch = Assert.Single(Dataset.FromTensorSlices((text, (Ops.Ones(2), Ops.Zeros(2, 3)))).Batch(2));
        Assert.Equal(["a", "b"], batch.Item1.ToArray<string>());
        Assert.Equal([2, 3], batch.Item2.Item2.Shape.ToArray());
    }

    [Theory]
    [InlineData(false, new[] { 4, 4, 2 })]
    [InlineData(true, new[] { 4, 4 })]
    public void The_last_batch_is_smaller_or_dropped(bool drop, int[] sizes)
    {
        var batches = Dataset.Range(10).Batch(4, drop).ToArray();
        Assert.Equal(sizes, batches.Select(batch => (int)batch.Shape[0].Value));
        Assert.Equal(Enumerable.Range(0, sizes.Sum()).Select(i => (long)i), batches.SelectMany(batch => batch.ToArray<long>()));
    }

    [Fact]
    public void A_shuffle_keeps_each_element_once_and_follows_its_seed()
    {
        long[] First(Dataset<Tensor> dataset) => Numbers(dataset);
        var dataset = Dataset.Range(100).Shuffle(100, seed: 5);
        long[] one = First(dataset), two = First(dataset);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), one.Order());
        Assert.NotEqual(one.Order(), one);
        // Each enumeration has its own order; a dataset made alike has the same ones.
        Assert.NotEqual(one, two);
        var again = Dataset.Range(100).Shuffle(100, seed: 5);
        Assert.Equal(one, First(again));
        Assert.Equal(two, First(again));
        Assert.NotEqual(one, First(Dataset.Range(100).Shuffle(100, seed: 6)));
        var constant = Dataset.Range(100).Shuffle(100, seed: 5, reshuffle: false);
        Assert.Equal(First(constant), First(constant));
    }

    [Fact]
    public void A_small_buffer_moves_elements_forward_by_no_more_than_itself()
    {
        long[] order = Numbers(Dataset.Range(50).Shuffle(5, seed: 1));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), order.Order());
        Assert.All(order.Index(), entry => Assert.True(entry.Item <= entry.Index + 5));
        Assert.Equal([0L, 1, 2], Numbers(Dataset.Range(3).Shuffle(1)));
    }

    [Fact]
    public void Repeat_and_shuffle_apply_in_the_order_written()
    {
        long[] epochs = Numbers(Dataset.Range(6).Shuffle(6, seed: 3).Repeat(2));
        Assert.Equal([0L, 1, 2, 3, 4, 5], epochs[..6].Order());
        Assert.NotEqual(epochs[..6], epochs[6..]);
        Assert.Equal([0L, 0, 0], Numbers(Dataset.Range(1).Repeat().Take(3)));
        Assert.Empty(Dataset.Range(0).Repeat());
        Assert.Empty(Dataset.Range(3).Repeat(0));
        // Batches go on across the end of an epoch only when they are made after Repeat.
        Assert.Equal([4L, 2], Dataset.Range(3).Repeat(2).Batch(4).Select(batch => batch.Shape[0].Value));
        Assert.Equal([3L, 3], Dataset.Range(3).Batch(4).Repeat(2).Select(batch => batch.Shape[0].Value));
    }

    [Fact]
    public void Map_runs_once_for_each_element_when_it_is_needed()
    {
        int calls = 0;
        var dataset = Dataset.Range(10).Map(x =>
        {
            calls++;
            return (x, x * x);
        });
        Assert.Equal(0, calls);
        Assert.Equal([0L, 1, 4], dataset.Take(3).Select(pair => pair.Item2.Item<long>()));
        Assert.Equal(3, calls);
    }

    [Fact]
    public void Prefetch_keeps_the_order_and_works_ahead_within_its_bound()
    {
        int made = 0;
        var dataset = Dataset.Range(100).Map(x =>
        {
            Interlocked.Increment(ref made);
            return x;
        });
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), Numbers(dataset.Prefetch(3)));
        made = 0;
        using (var elements = dataset.Prefetch(3).GetEnumerator())
        {
            elements.MoveNext();
            // One is out, three are ready, one waits for room.
            SpinWait.SpinUntil(() => Volatile.Read(ref made) == 5, 10_000);
            Thread.Sleep(50);
            Assert.InRange(Volatile.Read(ref made), 4, 5);
        }

        // Leaving the loop stops the thread.
        int then = Volatile.Read(ref made);
        Thread.Sleep(50);
        Assert.Equal(then, Volatile.Read(ref made));
    }

    [Fact]
    public void What_a_step_throws_reaches_the_consumer_in_its_place()
    {
        var dataset = Dataset.Range(10).Map(x => x.Item<long>() == 3 ? throw new InvalidOperationException("broken at 3") : x);
        foreach (var each in new[] { dataset, dataset.Prefetch(2), dataset.Prefetch(5).Prefetch(1) })
        {
            var seen = new List<long>();
            var error = Assert.Throws<InvalidOperationException>(() =>
            {
                foreach (Tensor x in each)
                    seen.Add(x.Item<long>());
            });
            Assert.Equal("broken at 3", error.Message);
            Assert.Equal([0L, 1, 2], seen);
        }
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Dataset.FromTensorSlices<Tensor>(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Dataset.FromEnumerable<Tensor>(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Dataset.Range(2).Map<Tensor>(null!), []);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => Dataset.FromTensorSlices((Tensor)1f), []);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Dataset.FromTensorSlices((Ops.Ones(3), Ops.Ones(4))), ["[3]", "[4]"]);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => Dataset.FromTensorSlices("text"), ["String"]);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => Count(Dataset.FromEnumerable([1, 2]).Batch(2)), ["Int32"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Dataset.Range(-1), ["count"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Dataset.Range(2).Batch(0), ["size"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Dataset.Range(2).Shuffle(0), ["bufferSize"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Dataset.Range(2).Prefetch(0), ["capacity"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Dataset.Range(2).Take(-1), ["count"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Dataset.Range(2).Repeat(-1), ["count"]);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Count(Dataset.FromEnumerable([Ops.Ones(2), Ops.Ones(3)]).Batch(2)), ["element 1", "[3]"]);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => Count(Dataset.FromEnumerable([(Tensor)1f, 1L]).Batch(2)), ["element 1"]);
    }

    private static void Count<T>(Dataset<T> dataset) => Assert.NotEqual(-1, dataset.Count());

    private static long[] Numbers(Dataset<Tensor> dataset) => [.. dataset.Select(tensor => tensor.Item<long>())];
}
