using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>
/// Many threads call, trace and retrace functions that share variables, while calls are cancelled and faults are injected. Each call gives the right
/// answer or its own fault; at the end no update is lost and all memory is back. Short here; <c>./test soak</c> goes on for a minute.
/// </summary>
[Collection(ProcessState.Name)]
public sealed partial class SoakTests(ITestOutputHelper output)
{
    private const int Threads = 32;
    private static readonly bool s_isLong = Flags.Get("LONG") == "1";

    [Fact]
    public void Threads_faults_and_cancellations_leave_everything_right()
    {
        Collect();
        long before = Device.Current.MemoryStatistics.LiveBytes;
        var soak = new Soak();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var length = TimeSpan.FromSeconds(s_isLong ? 60 : 3);
        var failures = new ConcurrentQueue<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
        {
            if (Record.Exception(() => soak.Run(i, () => clock.Elapsed < length && failures.IsEmpty)) is { } failure)
                failures.Enqueue(failure);
        }) { IsBackground = true })];
        foreach (var thread in threads)
            thread.Start();
        Assert.All(threads, thread => Assert.True(thread.Join(length + TimeSpan.FromMinutes(2)), "a thread waits for ever"));
        if (failures.TryDequeue(out var first))
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        soak.CheckEnd();
        output.WriteLine(soak.Report());

        soak.Forget();
        Array.Clear(threads);
        soak = null!;
        for (int i = 0; i < 20 && Device.Current.MemoryStatistics.LiveBytes > before + (8 << 20); i++)
            Collect();
        Assert.InRange(Device.Current.MemoryStatistics.LiveBytes, 0, before + (8 << 20));
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private sealed class InjectedException(string message) : Exception(message);

    /// <summary>The objects that the threads share, and the work of each thread.</summary>
    private sealed class Soak
    {
        private readonly Shared _shared = new();
        private readonly ConcurrentDictionary<string, int> _outcomes = new();
        private readonly ConcurrentQueue<WeakReference> _owners = [];
        private long _added;

        public void Run(int thread, Func<bool> goesOn)
        {
            var random = new Random(thread);
            using var stream = thread % 4 == 0 ? Device.Current.CreateStream().Use() : null;
            while (goesOn())
            {
                switch (random.Next(10))
                {
                    case 0:
                        Small(random);
                        break;
                    case 1:
                        Long(random);
                        break;
                    case 2:
                        Add(random, fails: false);
                        break;
                    case 3:
                        Add(random, fails: true);
                        break;
                    case 4:
                        AddOpByOp();
                        break;
                    case 5:
                        Own(random);
                        break;
                    case 6:
                        Host(random);
                        break;
                    case 7:
                        Memory();
                        break;
                    case 8:
                        Data(random);
                        break;
                    default:
                        Differentiate(random);
                        break;
                }

                Whole();
            }
        }

        public void CheckEnd()
        {
            GraphFunctions.Synchronize();
            Assert.Equal(Interlocked.Read(ref _added), (long)_shared.Total.Value.ToArray<double>()[0]);
            Whole();
        }

        public void Forget()
        {
            for (int i = 0; i < 20 && _owners.Any(owner => owner.IsAlive); i++)
                Collect();
            Assert.True(_owners.Count(owner => owner.IsAlive) <= Threads, "owners of graphs are kept alive");
        }

        public string Report() => string.Join('\n', _outcomes.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}: {entry.Value}"));

        private void Count(string outcome) => _outcomes.AddOrUpdate(outcome, 1, static (_, count) => count + 1);

        // Sizes that many threads trace at the same time.
        private void Small(Random random)
        {
            int size = random.Next(1, 40);
            Assert.Equal(size * 5, _shared.Small(Ops.Ones(size), 2f).ToDouble(), 3);
            Count("small call: right");
        }

        private void Long(Random random)
        {
            using var source = new CancellationTokenSource();
            long times = random.Next(1, 60);
            bool cancels = random.Next(3) == 0;
            if (cancels)
                source.CancelAfter(random.Next(3));
            try
            {
                Assert.Equal(1, _shared.Long(Mean(48), times, source.Token).ToDouble(), 3);
                Count("long call: right");
            }
            catch (OperationCanceledException) when (cancels)
            {
                Count("long call: cancelled");
            }
        }

        private void Add(Random random, bool fails)
        {
            Tensor limit = fails ? -1f : 1e9f;
            try
            {
                _shared.Add(Mean(random.Next(2) == 0 ? 4 : 48), (long)random.Next(20), limit).ToLiteral();
                Assert.False(fails);
                Interlocked.Increment(ref _added);
                Count("update in a graph: done");
            }
            catch (InjectedException) when (fails)
            {
                Count("update in a graph: throws before it");
            }
        }

        private void AddOpByOp()
        {
            _shared.Total.AssignAdd(1.0);
            Interlocked.Increment(ref _added);
            Count("update op by op: done");
        }

        // A graph of its own for each owner, which dies with it.
        private void Own(Random random)
        {
            var own = new Own(random.Next(2, 5));
            _owners.Enqueue(new WeakReference(own));
            Assert.Equal(own.Factor * 3, own.Scale(Ops.Ones(3)).ToDouble(), 3);
            Count("function of a new owner: right");
        }

        private void Host(Random random)
        {
            bool fails = random.Next(2) == 0;
            try
            {
                Assert.Equal(4, _shared.Host(2f, fails ? -1f : 1f).ToDouble());
                Count("host call: right");
            }
            catch (InjectedException) when (fails)
            {
                Count("host call: throws");
            }
        }

        private void Memory()
        {
            var error = Record.Exception(() => Ops.Ones(1L << 40));
            Assert.True(error is GraphException or OutOfMemoryException, $"{error}");
            Count("allocation: refused");
        }

        private void Data(Random random)
        {
            int broken = random.Next(8);
            double sum = 0;
            try
            {
                foreach (Tensor item in Dataset.FromEnumerable(Numbers(broken)).Batch(2).Prefetch())
                    sum += item.Sum().ToDouble();
                Assert.Fail("the data set does not throw");
            }
            catch (InjectedException)
            {
                // Whole batches before the broken element.
                Assert.Equal(Enumerable.Range(0, broken / 2 * 2).Sum(), sum);
                Count("data set: throws");
            }
        }

        private static IEnumerable<Tensor> Numbers(int broken)
        {
            for (int i = 0; i < 8; i++)
                yield return i == broken ? throw new InjectedException("element") : (Tensor)(float)i;
        }

        private void Differentiate(Random random)
        {
            float at = random.Next(1, 5);
            Tensor x = at;
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor y = random.Next(2) == 0 ? Shared.Cube(x) : x * x * x;
            Assert.Equal(3 * at * at, tape.Gradient(y, x)!.ToDouble(), 3);
            Count("gradient: right");
        }

        // All elements are of one update.
        private void Whole()
        {
            double[] total = _shared.Total.Value.ToArray<double>();
            Assert.True(Array.TrueForAll(total, element => element == total[0]), "a torn read");
        }

        private static Tensor Mean(int size) => Ops.Ones(size, size) / size;
    }

    internal sealed partial class Shared
    {
        public Variable Total { get; } = new(Ops.Zeros(1000).Cast(DType.F64));

        [GraphFunction]
        public Tensor Small(Tensor x, Tensor y)
        {
            Tensor z = x * y;
            if (z.Sum() > 0)
                z = z + 3;
            return z.Sum();
        }

        [GraphFunction]
        public Tensor Long(Tensor x, Tensor times, CancellationToken token)
        {
            Tensor y = x;
            for (Tensor i = 0L; i < times; i += 1L)
                y = Ops.MatMul(y, x);
            return y.Max() * x.Shape[0].Value;
        }

        [GraphFunction]
        public Tensor Add(Tensor x, Tensor times, Tensor limit)
        {
            Tensor before = Total;
            Tensor y = x;
            for (Tensor i = 0L; i < times; i += 1L)
                y = Ops.MatMul(y, x);
            if (y.Max() > limit)
                throw new InjectedException("update");
            Total.Assign(before + 1);
            return y.Sum();
        }

        [GraphFunction]
        public Tensor Host(Tensor x, Tensor sign)
        {
            Tensor[] doubled = Ops.HostCall(
                values => values[1].ToDouble() < 0 ? throw new InjectedException("host") : [values[0] * 2], [x.Type], x, sign);
            return doubled[0];
        }

        [GraphFunction]
        public static Tensor Cube(Tensor x) => x * x * x;
    }

    internal sealed partial class Own(float factor)
    {
        public float Factor { get; } = factor;

        [GraphFunction]
        public Tensor Scale(Tensor x) => (x * Factor).Sum();
    }
}
