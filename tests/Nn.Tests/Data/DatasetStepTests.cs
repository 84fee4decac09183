namespace TensorGraph.Tests;

/// <summary>Elements of each step, when it runs, and what it leaves open.</summary>
public sealed class DatasetStepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Interleave_takes_blocks_in_a_cycle()
    {
        // The example of tf.data.Dataset.interleave.
        var dataset = Dataset.Range(5).Interleave(x => Dataset.FromEnumerable(Enumerable.Repeat(x + 1L, 6)), cycle: 2, block: 4);
        Assert.Equal([1L, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5], Numbers(dataset));
    }

    [Fact]
    public void Endless_repeats_end_after_a_pass_without_elements()
    {
        int passes = 0;
        var dataset = Dataset.FromEnumerable(Passes()).Repeat();
        Assert.Equal([0L, 1], Numbers(dataset));
        Assert.Equal(3, passes);

        IEnumerable<Tensor> Passes()
        {
            if (passes++ < 2)
                yield return passes - 1L;
        }
    }

    [Fact]
    public void Padded_batches_fill_up_to_the_largest_or_to_a_size()
    {
        var ragged = Dataset.FromEnumerable(new[] { (Rank2(1, 2), (Tensor)"a"), (Rank2(2, 1), "b"), (Rank2(1, 1), "c") });
        var batch = Assert.Single(ragged.PaddedBatch(3, padding: 7));
        Assert.Equal([1f, 1, 7, 7, 1, 7, 1, 7, 1, 7, 7, 7], batch.Item1.ToArray<float>());
        Assert.Equal(["a", "b", "c"], batch.Item2.ToArray<string>());
        batch = ragged.PaddedBatch(2, dropRemainder: true, shapes: [[2, 3], []]).Single();
        Assert.Equal([2, 2, 3], batch.Item1.Shape.ToArray());
        Assert.Equal([1f, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0], batch.Item1.ToArray<float>());
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => Read(ragged.PaddedBatch(2, shapes: [[1, Dim.Dynamic], []])), ["element 1", "larger"]);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => Read(ragged.PaddedBatch(2, shapes: [[1], []])), ["element 0"]);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => Read(ragged.PaddedBatch(2, shapes: [[1, 1]])), ["1 shapes"]);
        Expect.ErrorHere(DiagnosticIds.NotRepresentable, () => Read(Dataset.Range(2).PaddedBatch(2, padding: 0.5)), ["0.5"]);
        static Tensor Rank2(int rows, int columns) => Ops.Ones(rows, columns);
    }

    [Fact]
    public void Buckets_hold_elements_of_like_length()
    {
        int[] lengths = [1, 5, 2, 6, 1, 3, 9];
        var batches = Dataset.FromEnumerable(lengths.Select(length => Ops.Ones(length))).BucketByLength(x => (int)x.Shape[0].Value, [3, 6], [2, 2, 3]).ToArray();
        Assert.Equal(["[2, 2]", "[2, 5]", "[1, 1]", "[2, 9]"], batches.Select(batch => $"{batch.Shape}"));
    }

    [Fact]
    public void A_cache_reads_its_source_once_it_is_full_never_again()
    {
        foreach (string? path in new[] { null, Path.Combine(_folder, "cache") })
        {
            int read = 0;
            var dataset = Counted().Cache(path);
            Assert.Equal([0L, 1], Numbers(dataset.Take(2)));
            Assert.Equal([0L, 1, 2], Numbers(dataset));
            int then = read;
            Assert.Equal([0L, 1, 2], Numbers(dataset));
            Assert.Equal([1L, 2], Numbers(dataset.Skip(1)));
            Assert.Equal(then, read);
            if (path is not null)
            {
                Assert.Equal([0L, 1, 2], Numbers(Counted().Cache(path)));
                Assert.Equal(then, read);
                Assert.Equal([path], Directory.GetFiles(_folder));
            }

            Dataset<Tensor> Counted() => Dataset.Range(3).Map(x =>
            {
                read++;
                return x;
            });
        }
    }

    [Fact]
    public void A_file_that_is_no_such_cache_is_refused()
    {
        string path = Path.Combine(_folder, "cache");
        var dataset = Dataset.FromTensorSlices(((Tensor)new[] { 1f, 2 }, Tensor.From(new[] { "a", "ü" })));
        Assert.Equal(["1 a", "2 ü"], Texts(dataset.Cache(path)));
        Assert.Equal(["1 a", "2 ü"], Texts(dataset.Cache(path)));
        Expect.Error(DiagnosticIds.BadData, () => Read(Dataset.Range(3).Cache(path)), "cache", "Tensor");
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Expect.Error(DiagnosticIds.BadData, () => Texts(dataset.Cache(path)), path);
        }

        for (int place = 0; place < whole.Length; place++)
        {
            byte[] flipped = [.. whole];
            flipped[place] ^= 0x10;
            File.WriteAllBytes(path, flipped);
            // The start may be that of another pass, whose elements are the same here.
            if (Record.Exception(() => Assert.Equal(["1 a", "2 ü"], Texts(dataset.Cache(path)))) is { } fault)
                Assert.Equal(DiagnosticIds.BadData, Assert.IsType<GraphException>(fault).Id);
        }

        Expect.Error(DiagnosticIds.BadData, () => Read(dataset.Cache(Path.Combine(_folder, "none", "cache"))), "does not exist");

        static string[] Texts(Dataset<(Tensor, Tensor)> pairs) => [.. pairs.Select(pair => $"{pair.Item1.Item<float>():R} {pair.Item2.Item<string>()}")];
    }

    [Fact]
    public void A_parallel_map_computes_at_the_same_time_and_keeps_the_order()
    {
        using var together = new Barrier(3);
        var dataset = Dataset.Range(9).Map(x => together.SignalAndWait(30_000) ? x * x : throw new TimeoutException(), parallelism: 3);
        Assert.Equal([0L, 1, 4, 9, 16, 25, 36, 49, 64], Numbers(dataset));
        Assert.Equal([0L, 1, 2, 3, 4, 5, 6, 7], Numbers(Dataset.Range(8).Map(x => x, parallelism: 4, ordered: false)).Order());
    }

    [Fact]
    public void Without_order_a_slow_element_holds_no_other_up_and_each_comes_once_when_resumed()
    {
        using var release = new ManualResetEventSlim();
        var dataset = Dataset.Range(6).Map(
            x =>
            {
                if (x.Item<long>() == 1)
                    release.Wait(30_000);
                return x;
            },
            parallelism: 2, ordered: false);
        var seen = new List<long>();
        DatasetPosition position;
        using (var elements = dataset.GetEnumerator())
        {
            for (int i = 0; i < 4 && elements.MoveNext(); i++)
                seen.Add(elements.Current.Item<long>());
            position = elements.Position;
            release.Set();
        }

        Assert.Equal([0L, 2, 3, 4], seen.Order());
        using (var rest = dataset.Resume(position))
        {
            Assert.True(rest.MoveNext());
            seen.Add(rest.Current.Item<long>());
            position = rest.Position;
        }

        using (var rest = dataset.Resume(position))
        {
            while (rest.MoveNext())
                seen.Add(rest.Current.Item<long>());
        }

        Assert.Equal([0L, 1, 2, 3, 4, 5], seen.Order());
    }

    [Theory]
    [InlineData("map"), InlineData("parallel"), InlineData("filter"), InlineData("interleave"), InlineData("generate"), InlineData("sequence"), InlineData("bucket")]
    public void An_exception_of_a_step_stays_what_it_is_and_names_step_and_element(string step)
    {
        var thrown = new InvalidTimeZoneException("mine");
        T Fail<T>(Tensor x, T value) => x.Item<long>() == 2 ? throw thrown : value;
        var range = Dataset.Range(5);
        var dataset = step switch
        {
            "map" => range.Map(x => Fail(x, x)),
            "parallel" => range.Map(x => Fail(x, x), parallelism: 3),
            "filter" => range.Filter(x => Fail(x, true)),
            "interleave" => range.Interleave(x => Fail(x, Dataset.FromEnumerable([x]))),
            "generate" => Dataset.Generate(i => Fail(i, (Tensor)i)),
            "sequence" => Dataset.FromEnumerable(range.AsEnumerable().Select(x => Fail(x, x))),
            _ => range.BucketByLength(x => Fail(x, 1), [], [1]),
        };
        foreach (var each in new[] { dataset, dataset.Prefetch(), dataset.Repeat().Batch(1) })
        {
            var seen = new List<long>();
            using var elements = each.GetEnumerator();
            var caught = Assert.Throws<InvalidTimeZoneException>(() =>
            {
                while (elements.MoveNext())
                    seen.AddRange(elements.Current.ToArray<long>());
            });
            Assert.Same(thrown, caught);
            Assert.Equal([0L, 1], seen);
            string note = Assert.IsType<string>(caught.Data["TensorGraph"]);
            Assert.Contains(step is "parallel" ? "map" : step, note, StringComparison.Ordinal);
            Assert.Contains("element 2", note, StringComparison.Ordinal);
            Assert.False(elements.MoveNext());
            Expect.Error(DiagnosticIds.BadData, () => _ = elements.Position, "failed");
            thrown.Data.Clear();
        }
    }

    [Fact]
    public void Disposing_early_ends_the_thread_and_closes_the_source()
    {
        Thread? thread = null;
        bool isClosed = false;
        var dataset = Dataset.FromEnumerable(Endless()).Prefetch(2).Batch(2);
        using (var elements = dataset.GetEnumerator())
        {
            Assert.Null(thread);
            Assert.True(elements.MoveNext());
            Assert.NotSame(Thread.CurrentThread, thread);
            Assert.False(isClosed);
        }

        Assert.True(isClosed);
        Assert.False(thread!.IsAlive);

        IEnumerable<Tensor> Endless()
        {
            thread = Thread.CurrentThread;
            try
            {
                for (long i = 0; ; i++)
                    yield return i;
            }
            finally
            {
                isClosed = true;
            }
        }
    }

    [Fact]
    public void A_thread_ends_although_the_consumer_waits_for_no_element()
    {
        // Two prefetches, the inner one blocked by its full queue.
        for (int i = 0; i < 20; i++)
        {
            using var elements = Dataset.Range(1000).Prefetch(1).Map(x => x, parallelism: 2).Prefetch(1).GetEnumerator();
            if (i % 2 == 0)
                elements.MoveNext();
        }
    }

    [Fact]
    public void Settings_of_the_caller_hold_on_the_thread()
    {
        bool[] seen = [.. new[] { true, false }.Select(imperatively =>
        {
            using (new TensorGraphOptions { RunImperatively = imperatively }.Use())
                return Dataset.Range(1).Map(_ => (Tensor)TensorGraphOptions.Current.RunImperatively).Prefetch().Single().Item<bool>();
        })];
        Assert.Equal([true, false], seen);
    }

    [Fact]
    public void Asynchronous_sequences_and_functions_of_the_number_are_sources()
    {
        bool isDisposed = false;
        Assert.Equal([0L, 1, 2], Numbers(Dataset.FromAsyncEnumerable(Later())));
        Assert.True(isDisposed);
        var old = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new NoContext());
        try
        {
            Assert.Equal([0L, 1], Numbers(Dataset.FromAsyncEnumerable(Later()).Take(2)));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(old);
        }

        Assert.Equal([1_000_000L, 1_000_001], Numbers(Dataset.Generate(i => (Tensor)i).Skip(1_000_000).Take(2)));

        async IAsyncEnumerable<Tensor> Later()
        {
            try
            {
                for (long i = 0; i < 3; i++)
                {
                    await Task.Delay(1);
                    yield return i;
                }
            }
            finally
            {
                isDisposed = true;
            }
        }
    }

    [Fact]
    public void An_order_by_chance_is_resumed_too()
    {
        var dataset = Dataset.Range(50).Shuffle(50).Repeat(2);
        var seen = new List<long>();
        using var elements = dataset.GetEnumerator();
        for (int i = 0; i < 30 && elements.MoveNext(); i++)
        {
        }

        var position = elements.Position;
        while (elements.MoveNext())
            seen.Add(elements.Current.Item<long>());
        using var resumed = Dataset.Range(50).Shuffle(50).Repeat(2).Resume(position);
        foreach (long expected in seen)
        {
            Assert.True(resumed.MoveNext());
            Assert.Equal(expected, resumed.Current.Item<long>());
        }

        Assert.False(resumed.MoveNext());
    }

    [Fact]
    public void Elements_ahead_of_a_position_are_not_computed_again()
    {
        int computed = 0;
        var dataset = Dataset.Range(1000).Map(x =>
        {
            computed++;
            return x;
        }).Shuffle(10, seed: 1).Batch(10);
        using var elements = dataset.GetEnumerator();
        for (int i = 0; i < 90; i++)
            elements.MoveNext();
        var position = elements.Position;
        Assert.Equal(909, computed);
        Assert.InRange($"{position}".Length, 20, 120);
        computed = 0;
        using var resumed = dataset.Resume(position);
        Assert.Equal(9, computed);
        Assert.True(resumed.MoveNext());
        Assert.True(elements.MoveNext());
        Assert.Equal(elements.Current.ToArray<long>(), resumed.Current.ToArray<long>());
    }

    [Fact]
    public void Positions_that_do_not_fit_are_refused()
    {
        var dataset = Dataset.Range(10).Shuffle(4, seed: 1);
        using var elements = dataset.GetEnumerator();
        elements.MoveNext();
        string text = elements.Position.ToString();
        Assert.Equal(elements.Position, DatasetPosition.Parse(text));
        Assert.Equal("shuffle(range)", elements.Position.Steps);
        Expect.ErrorHere(DiagnosticIds.BadData, () => dataset.Batch(2).Resume(elements.Position), ["batch(shuffle(range))"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Dataset.Range(10).Shuffle(5, seed: 1).Resume(elements.Position), ["size 4", "has 5"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Dataset.Range(10).Shuffle(4, seed: 2).Resume(elements.Position), ["seed 1"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Dataset.Range(2).Shuffle(4, seed: 1).Resume(elements.Position), ["a length of", "the dataset has 2"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => dataset.Resume(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => DatasetPosition.Parse(null!), []);
        for (int i = 0; i < text.Length; i++)
            Expect.ErrorHere(DiagnosticIds.BadData, () => DatasetPosition.Parse(text.Remove(i, 1)), ["position"]);
    }

    [Fact]
    public void A_position_that_does_not_fit_leaves_seeds_passes_and_caches_as_they_were()
    {
        var others = Data(10);
        Numbers(others);
        using var elements = others.GetEnumerator();
        for (int i = 0; i < 9; i++)
            elements.MoveNext();
        var foreign = elements.Position;

        // Its own cache is not filled yet.
        var fresh = Data(3);
        Expect.ErrorHere(DiagnosticIds.BadData, () => fresh.Resume(foreign), ["the dataset has 3"]);
        Assert.Equal([0L, 1, 2], Numbers(fresh).Order());

        using var first = Data(3).GetEnumerator();
        var start = first.Position;
        var (dataset, twin) = (Data(3), Data(3));
        foreach (var each in new[] { dataset, twin })
        {
            using var pass = each.Resume(start);
            while (pass.MoveNext())
            {
            }
        }

        Expect.ErrorHere(DiagnosticIds.BadData, () => dataset.Resume(foreign), ["the dataset has 3"]);
        for (int i = 0; i < 3; i++)
            Assert.Equal(Numbers(twin), Numbers(dataset));

        static Dataset<Tensor> Data(int count) => Dataset.Range(count).Shuffle(4).Cache().Shuffle(8);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("kept")]
    public void A_full_cache_serves_a_place_of_the_pass_that_filled_it(string? file)
    {
        int computed = 0;
        using var before = Data(null).GetEnumerator();
        var start = before.Position;
        before.MoveNext();
        var middle = before.Position;
        var dataset = Data(file);
        Numbers(dataset);
        computed = 0;
        Assert.Equal([0L, 1, 2], Rest(dataset, start));
        Assert.Equal([1L, 2], Rest(dataset, middle));
        Assert.Equal([0L, 1, 2], Numbers(dataset));
        Assert.Equal(0, computed);

        Dataset<Tensor> Data(string? name) => Cached(
            Dataset.Range(3).Map(x =>
            {
                computed++;
                return x;
            }), name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("kept")]
    public void Elements_of_another_pass_stay_until_the_right_ones_are_complete(string? file)
    {
        using var other = Data(null).GetEnumerator();
        other.MoveNext();
        var place = other.Position;
        long[] rest = [.. Left(other)];

        var dataset = Data(file);
        long[] own = Numbers(dataset);
        byte[]? kept = file is null ? null : File.ReadAllBytes(Path.Combine(_folder, file));
        using (var left = dataset.Resume(place))
        {
            left.MoveNext();
            Assert.Equal(rest[0], left.Current.Item<long>());
        }

        if (file is not null)
        {
            Assert.Equal(kept, File.ReadAllBytes(Path.Combine(_folder, file)));
            Assert.Equal(own, Numbers(Data(file)));
        }

        Assert.Equal(rest, Rest(dataset, place));
        long[] all = Numbers(dataset);
        Assert.Equal(rest, all[1..]);
        Assert.Equal(all, Numbers(dataset));

        Dataset<Tensor> Data(string? name) => Cached(Dataset.Range(40).Shuffle(40), name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("kept")]
    public void A_resume_that_fails_keeps_a_cache(string? file)
    {
        int computed = 0;
        using var longer = Data(5, null).GetEnumerator();
        for (int i = 0; i < 4; i++)
            longer.MoveNext();
        var dataset = Data(3, file);
        Numbers(dataset);
        computed = 0;
        Expect.ErrorHere(DiagnosticIds.BadData, () => dataset.Resume(longer.Position), ["after element 4", "there are 3"]);
        Assert.Equal([0L, 1, 2], Numbers(dataset));
        Assert.Equal(0, computed);

        Dataset<Tensor> Data(int count, string? name) => Cached(
            Dataset.FromEnumerable(Enumerable.Range(0, count).Select(number =>
            {
                computed++;
                return (Tensor)(long)number;
            })), name);
    }

    [Fact]
    public void Passes_after_a_resume_are_those_that_would_have_come()
    {
        foreach (var make in new Func<Dataset<Tensor>>[]
        {
            () => Dataset.Range(6).Shuffle(6, seed: 3).Cache().Take(3).Repeat(3),
            () => Dataset.Range(6).Shuffle(6, seed: 3).Cache().Prefetch(20).Take(3).Repeat(3),
            () => Dataset.Range(6).Shuffle(6, seed: 3).Cache().Map(x => x, parallelism: 8).Take(3).Repeat(3),
            () => Dataset.Range(6).Shuffle(6, seed: 3).Cache().Repeat(1).Shuffle(4, seed: 1).Repeat(3),
            () => Dataset.Range(6).Shuffle(6, seed: 3).Cache().Map(x => Tensor.From([x.Item<long>(), 7L]))
                .BucketByLength(x => 1, [3], [2, 2]).Map(x => (Tensor)x.ToArray<long>()[0]).Repeat(3),
            () => Dataset.Range(3).Shuffle(3, seed: 1).Repeat(4).Window(4, 1).Map(x => (Tensor)x.ToArray<long>().Aggregate(0L, (all, digit) => (all * 10) + digit)).Take(2).Repeat(5),
            () => Dataset.Range(3).Shuffle(3, seed: 3).Repeat(3).Shard(2, 0).Repeat(3),
        })
        {
            long[] all = Numbers(make());
            for (int given = 0; given <= all.Length; given++)
            {
                using var elements = make().GetEnumerator();
                for (int i = 0; i < given; i++)
                    elements.MoveNext();
                Assert.Equal(all[given..], Rest(make(), elements.Position));
                // To ask for the position changes nothing.
                Assert.Equal(all[given..], Left(elements));
            }
        }
    }

    [Fact]
    public void A_file_that_another_dataset_replaced_is_that_of_the_other_pass()
    {
        string path = Path.Combine(_folder, "shared");
        Dataset<Tensor> Data() => Dataset.Range(30).Shuffle(30).Cache(path);
        using var early = Dataset.Range(30).Shuffle(30).Cache().GetEnumerator();
        early.MoveNext();
        var (first, second) = (Data(), Data());
        Numbers(first);
        Rest(second, early.Position);
        long[] replaced = Numbers(first);
        Assert.Equal(replaced, Numbers(second));
        using var elements = first.GetEnumerator();
        elements.MoveNext();
        Assert.Equal(replaced[1..], Rest(Data(), elements.Position));
    }

    [Fact]
    public void A_file_is_of_one_shard_and_of_its_steps()
    {
        string path = Path.Combine(_folder, "shard");
        Numbers(Dataset.Range(6).Shard(2, 0).Cache(path));
        Expect.Error(DiagnosticIds.BadData, () => Numbers(Dataset.Range(6).Shard(2, 1).Cache(path)), "shard", "0 of 2", "1 of 2");
        Expect.Error(DiagnosticIds.BadData, () => Numbers(Dataset.Range(6).Skip(1).Cache(path)), "skip(range)");
        Assert.Equal([0L, 2, 4], Numbers(Dataset.Range(6).Shard(2, 0).Cache(path)));
    }

    [Fact]
    public void Files_that_interrupted_writes_left_are_deleted_by_a_later_one()
    {
        string path = Path.Combine(_folder, "cache"), left = $"{path}.{Guid.NewGuid():n}.unfinished", young = $"{path}.{Guid.NewGuid():n}.unfinished";
        string other = Path.Combine(_folder, "mine.unfinished");
        foreach (string file in new[] { left, young, other })
            File.WriteAllText(file, "half");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-1));
        File.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddHours(-1));
        Numbers(Dataset.Range(3).Cache(path));
        Assert.Equal([path, young, other], Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
    }

    private Dataset<Tensor> Cached(Dataset<Tensor> dataset, string? file) =>
        file is null ? dataset.Cache() : dataset.Cache(Path.Combine(_folder, file));

    private static long[] Rest(Dataset<Tensor> dataset, DatasetPosition place)
    {
        using var elements = dataset.Resume(place);
        return [.. Left(elements)];
    }

    private static IEnumerable<long> Left(DatasetEnumerator<Tensor> elements)
    {
        while (elements.MoveNext())
            yield return elements.Current.Item<long>();
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var range = Dataset.Range(3);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => range.Filter(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => range.Zip<Tensor>(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => range.Concatenate(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => range.Interleave<Tensor>(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Read(range.Interleave<Tensor>(_ => null!)), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => range.BucketByLength(null!, [], [1]), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Dataset.Generate<Tensor>(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Dataset.FromAsyncEnumerable<Tensor>(null!), []);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => range.Map(x => x, parallelism: 0), ["parallelism"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => range.Skip(-1), ["count"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => range.Shard(2, 2), ["part 2 of 2"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => range.Shard(2, -1), ["index"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => range.Window(0), ["size"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => range.Interleave(_ => range, cycle: 0), ["cycle"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => range.BucketByLength(_ => 1, [2, 2], [1, 1, 1]), ["do not rise"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => range.BucketByLength(_ => 1, [2], [1]), ["2 buckets"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Dataset.Generate(i => (Tensor)i, -1), ["count"]);
    }

    private static void Read<T>(Dataset<T> dataset) => Assert.NotEqual(-1, dataset.Count());

    private static long[] Numbers(Dataset<Tensor> dataset) => [.. dataset.Select(tensor => tensor.Item<long>())];

    // Runs nothing, as a thread of a user interface that waits.
    private sealed class NoContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
