using System.Globalization;

namespace TensorGraph.Tests;

/// <summary>The kinds of steps, each with its naive meaning.</summary>
internal static class PipelineSteps
{
    public static PipelineStep Make(int kind, int a, int b, int c, bool hasThreads, string path)
    {
        bool even = c % 2 == 0;
        return kind switch
        {
            0 => Step($"map", d => d.Map(x => (x * 3L) + c), s => s.Select(x => (x * 3) + c)),
            1 => Step($"filter", d => d.Filter(x => x.Item<long>() % 3 != 0), s => s.Where(x => x % 3 != 0)),
            2 => Shuffle(a + b, c, reshuffle: c % 5 != 0),
            3 => Step($"batch {a} {even}", d => d.Batch(a, even).Map(Sum), s => s.Chunk(a).Where(chunk => !even || chunk.Length == a).Select(chunk => chunk.Sum())),
            4 => Step($"padded {a}", d => d.Map(Ragged).PaddedBatch(a, even, padding: -1).Map(Sum), s => s.Chunk(a).Where(chunk => !even || chunk.Length == a).Select(Padded)),
            5 => Step($"window {a} {b}", d => d.Window(a, b).Map(Sum), s => Windows(s, a, b)),
            6 => new($"repeat {a % 3}", d => d.Repeat(a % 3), s => () => Repeated(s, a % 3)),
            7 => new($"repeat, take {2 * a}", d => d.Repeat().Take(2 * a), s => () => Repeated(s, int.MaxValue).Take(2 * a)),
            8 => Step($"take {a + b}", d => d.Take(a + b), s => s.Take(a + b)),
            9 => Step($"skip {a}", d => d.Skip(a), s => s.Skip(a)),
            10 => Step($"shard {a} {b % a}", d => d.Shard(a, b % a), s => s.Where((_, i) => i % a == b % a)),
            11 => Concatenate(a, c),
            12 => Zip(a + b, c),
            13 => Step($"interleave {a} {b}", d => d.Interleave(x => Dataset.Range((int)(Math.Abs(x.Item<long>()) % 4)).Map(i => (x * 10L) + i), a, b),
                s => Interleaved(s, a, b)),
            14 => Step("enumerate", d => d.Enumerate().Map(pair => (pair.Index * 7L) + pair.Element), s => s.Select((x, i) => (i * 7) + x)),
            15 => hasThreads && a > 1 ? Step($"prefetch {4 * a}", d => d.Prefetch(4 * a), s => s) : Cache(even ? null : path),
            16 => hasThreads && a > 1 ? Step($"parallel map {2 * a}", d => d.Map(x => x - 1L, 2 * a), s => s.Select(x => x - 1)) : Cache(null),
            _ => Step($"bucket {a} {b}", d => d.Map(Ragged).BucketByLength(x => (int)x.Shape[0].Value, [1, 3], [a, b, 2], even, padding: -1).Map(Sum),
                s => Buckets(s, [a, b, 2], even)),
        };
    }

    private static PipelineStep Step(string text, Func<Dataset<Tensor>, Dataset<Tensor>> apply, Func<IEnumerable<long>, IEnumerable<long>> model) =>
        new(text, apply, source => () => model(source()));

    private static Tensor Sum(Tensor x) => x.ToArray<long>().Sum();

    // x as a vector of x mod 4 numbers.
    private static Tensor Ragged(Tensor x) => Enumerable.Repeat(x.Item<long>(), LengthOf(x.Item<long>())).ToArray();

    private static int LengthOf(long x) => (int)(Math.Abs(x) % 4);

    private static long Padded(IEnumerable<long> rows)
    {
        long[] all = [.. rows];
        int longest = all.Max(LengthOf);
        return all.Sum(x => (x * LengthOf(x)) - (longest - LengthOf(x)));
    }

    private static PipelineStep Shuffle(int size, int seed, bool reshuffle)
    {
        long passes = 0;
        return new($"shuffle {size} seed {seed} {reshuffle}", d => d.Shuffle(size, seed, reshuffle),
            source => () => Shuffled(ShuffleOrder.RandomOf(seed, reshuffle ? passes++ : 0), source()));

        // A pass begins when the iteration does, not with its first element.
        IEnumerable<long> Shuffled(Random random, IEnumerable<long> source)
        {
            var buffer = new List<long>();
            using var elements = source.GetEnumerator();
            while (true)
            {
                while (buffer.Count < size && elements.MoveNext())
                    buffer.Add(elements.Current);
                if (buffer.Count == 0)
                    yield break;
                int drawn = random.Next(buffer.Count);
                long result = buffer[drawn];
                buffer[drawn] = buffer[^1];
                buffer.RemoveAt(buffer.Count - 1);
                yield return result;
            }
        }
    }

    private static PipelineStep Cache(string? path)
    {
        long[]? kept = null;
        // Each dataset has its own file.
        string? file = path is null ? null : string.Create(CultureInfo.InvariantCulture, $"{path}.{Guid.NewGuid():N}");
        return new(path is null ? "cache" : "cache in a file", d => d.Cache(file), source => () => kept ?? Filling(source()));

        IEnumerable<long> Filling(IEnumerable<long> source)
        {
            var seen = new List<long>();
            foreach (long x in source)
            {
                seen.Add(x);
                yield return x;
            }

            kept = [.. seen];
        }
    }

    private static PipelineStep Concatenate(int count, int seed)
    {
        var shuffle = Shuffle(3, seed, reshuffle: true);
        var other = shuffle.Model(() => Enumerable.Range(0, count).Select(i => (long)i));
        return new($"concatenate shuffled {count}", d => d.Concatenate(shuffle.Apply(Dataset.Range(count))), source => () => Both(source()));

        IEnumerable<long> Both(IEnumerable<long> source)
        {
            foreach (long x in source)
                yield return x;
            foreach (long x in other())
                yield return x;
        }
    }

    private static PipelineStep Zip(int count, int seed)
    {
        var shuffle = Shuffle(2, seed, reshuffle: true);
        var other = shuffle.Model(() => Enumerable.Range(0, count).Select(i => (long)i));
        return new($"zip shuffled {count}", d => d.Zip(shuffle.Apply(Dataset.Range(count))).Map(pair => (pair.First * 100L) + pair.Second),
            source => () => source().Zip(other(), (x, y) => (x * 100) + y));
    }

    private static IEnumerable<long> Repeated(Func<IEnumerable<long>> source, int count)
    {
        for (int i = 0; i < count; i++)
        {
            bool any = false;
            foreach (long x in source())
            {
                any = true;
                yield return x;
            }

            if (!any)
                yield break;
        }
    }

    private static IEnumerable<long> Windows(IEnumerable<long> source, int size, int shift)
    {
        var window = new List<long>();
        int skip = 0;
        foreach (long x in source)
        {
            if (skip-- > 0)
                continue;
            window.Add(x);
            if (window.Count < size)
                continue;
            yield return window.Sum();
            skip = Math.Max(0, shift - size);
            window.RemoveRange(0, Math.Min(shift, size));
        }
    }

    private static IEnumerable<long> Interleaved(IEnumerable<long> source, int cycle, int block)
    {
        using var elements = source.GetEnumerator();
        var open = new Queue<long>?[cycle];
        int slot = 0;
        for (int idle = 0; idle < cycle;)
        {
            if (open[slot] is null && elements.MoveNext())
            {
                long x = elements.Current;
                open[slot] = new(Enumerable.Range(0, LengthOf(x)).Select(i => (x * 10) + i));
            }

            idle = open[slot] is null ? idle + 1 : 0;
            for (int i = 0; i < block && open[slot] is { } queue; i++)
            {
                if (queue.TryDequeue(out long next))
                    yield return next;
                else
                    open[slot] = null;
            }

            slot = (slot + 1) % cycle;
        }
    }

    private static IEnumerable<long> Buckets(IEnumerable<long> source, int[] sizes, bool drop)
    {
        List<long>[] buckets = [[], [], []];
        foreach (long x in source)
        {
            int bucket = LengthOf(x) switch { 0 => 0, 1 or 2 => 1, _ => 2 };
            buckets[bucket].Add(x);
            if (buckets[bucket].Count < sizes[bucket])
                continue;
            yield return Padded(buckets[bucket]);
            buckets[bucket].Clear();
        }

        foreach (var rest in buckets.Where(rest => rest.Count > 0 && !drop))
            yield return Padded(rest);
    }
}
