using System.Diagnostics;
using TensorGraph;

namespace AsyncDispatch;

/// <summary>Measures; each figure comes from a run of its own, after a warm-up.</summary>
/// <param name="isQuick">True for small sizes, which show that all of it works.</param>
public sealed class Measurements(bool isQuick)
{
    private const double Megabyte = 1 << 20;

    private int Size => isQuick ? 96 : 512;

    /// <summary>When a heavy call returns, and when its result is there.</summary>
    public Queued Queued()
    {
        Tensor x = Matrix(Size), times = isQuick ? 30L : 40L;
        Workload.Heavy(x, times).ToDouble();
        var clock = Stopwatch.StartNew();
        Tensor result = Workload.Heavy(x, times);
        double queued = clock.Elapsed.TotalMilliseconds;
        result.ToDouble();
        return new(queued, clock.Elapsed.TotalMilliseconds);
    }

    /// <summary>The cost of queueing, by a loop that could be long, and has no iteration.</summary>
    public HandOver HandOver()
    {
        int calls = isQuick ? 20 : 1000;
        Tensor x = Matrix(512), none = 0L;
        double queued = MedianUs(() => Workload.Heavy(x, none).ToDouble(), calls);
        double otherThread = MedianUs(() => Workload.Heavy(x, none).ReadyAsync().Wait(), calls);
        using var options = new TensorGraphOptions { IsAsynchronous = false }.Use();
        return new(MedianUs(() => Workload.Heavy(x, none).ToDouble(), calls), queued, otherThread);
    }

    /// <summary>1,000 small steps imperatively, as a call each, and as one loop of the graph.</summary>
    public SmallSteps SmallSteps()
    {
        int count = isQuick ? 200 : 1000;
        Tensor x = Matrix(16);
        double imperative, traced, loop;
        using (new TensorGraphOptions { RunImperatively = true }.Use())
            imperative = Ms(() => Repeat(x, count));
        traced = Ms(() => Repeat(x, count));
        loop = Ms(() => Workload.Steps(x, (long)count).ToLiteral());
        return new(count, imperative, traced, loop);
    }

    /// <summary>Memory while a producer makes batches faster than the device works them off.</summary>
    public Backlog Backlog()
    {
        int calls = isQuick ? 24 : 160;
        var (unbounded, unboundedMs) = Produce(calls, stream =>
        {
            stream.QueueLimit = int.MaxValue;
            stream.QueueBytes = long.MaxValue;
        });
        var (bounded, boundedMs) = Produce(calls, stream => stream.QueueLimit = 4);
        return new(calls, unbounded, bounded, unboundedMs, boundedMs);
    }

    /// <summary>Batches are prepared by C# code while the device computes, with one thread for each.</summary>
    public Overlap Overlap()
    {
        int batches = isQuick ? 6 : 40, threads = Devices.Managed.Threads;
        Devices.Managed.Threads = 1;
        try
        {
            Prepare(0);
            double overlapped = Ms(() => ComputeOn(batches));
            using var options = new TensorGraphOptions { IsAsynchronous = false }.Use();
            return new(batches, Ms(() => ComputeOn(batches)), overlapped);
        }
        finally
        {
            Devices.Managed.Threads = threads;
        }
    }

    /// <summary>The classic network on random batches, imperatively and traced.</summary>
    public Training Training()
    {
        int batches = isQuick ? 4 : 100, batch = isQuick ? 16 : 1024;
        var random = new RandomGenerator(1);
        var (inputs, targets) = (new Shape(batch, 512), new Shape(batch, 1));
        (Tensor X, Tensor Y)[] data = [.. Enumerable.Range(0, 4).Select(_ => (random.Normal(inputs), random.Normal(targets)))];
        double imperative, imperativeMb, traced, tracedMb;
        using (new TensorGraphOptions { RunImperatively = true }.Use())
            (imperative, imperativeMb) = Train(data, batches);
        (traced, tracedMb) = Train(data, batches);
        return new(batches, batch, imperative * 50 / batches, traced * 50 / batches, imperativeMb, tracedMb);
    }

    private static (double Seconds, double IncreasedMb) Train((Tensor X, Tensor Y)[] data, int batches)
    {
        var model = new Perceptron();
        model.TrainStep(data[0].X, data[0].Y).ToDouble();
        long before = LiveBytes(), most = before;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < batches; i++)
        {
            Tensor loss = model.TrainStep(data[i % data.Length].X, data[i % data.Length].Y);
            most = Math.Max(most, LiveBytes());
            if (i == batches - 1)
                loss.ToDouble();
        }

        return (clock.Elapsed.TotalSeconds, (most - before) / Megabyte);
    }

    private (double PeakMb, double Ms) Produce(int calls, Action<DeviceStream> limit)
    {
        Tensor times = isQuick ? 4L : 2L;
        float[,] host = new float[Size, Size];
        var stream = Device.Current.CreateStream();
        limit(stream);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = LiveBytes(), most = before;
        var clock = Stopwatch.StartNew();
        using (stream.Use())
        {
            for (int i = 0; i < calls; i++)
            {
                // The queue keeps the batch until the call has run; without Dispose its memory would count until a collection finds it.
                using Tensor batch = host;
                Workload.Heavy(batch, times);
                most = Math.Max(most, LiveBytes());
            }

            stream.Synchronize();
        }

        return ((most - before) / Megabyte, clock.Elapsed.TotalMilliseconds);
    }

    private void ComputeOn(int batches)
    {
        Tensor[] results = new Tensor[batches];
        for (int i = 0; i < batches; i++)
            results[i] = Workload.Heavy(Prepare(i), 2L);
        foreach (var result in results)
            result.ToDouble();
    }

    // Stands for reading and decoding a batch.
    private Tensor Prepare(int seed)
    {
        int size = Size;
        var random = new Random(seed);
        float[,] batch = new float[size, size];
        for (int i = 0; i < size; i++)
        {
            for (int k = 0; k < size; k++)
                batch[i, k] = (float)Math.Sin(random.NextDouble() * Math.PI) / size;
        }

        return batch;
    }

    private static void Repeat(Tensor x, int count)
    {
        for (int i = 0; i < count; i++)
            x = Workload.Step(x);
        x.ToLiteral();
    }

    // The best of three, after one that does not count.
    private static double Ms(Action action)
    {
        action();
        double best = double.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            var clock = Stopwatch.StartNew();
            action();
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
        }

        return best;
    }

    private static double MedianUs(Action action, int calls)
    {
        double[] times = new double[calls];
        action();
        for (int i = 0; i < calls; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[calls / 2];
    }

    private static Tensor Matrix(int size) => Ops.Ones(size, size) * (1f / size);

    private static long LiveBytes() => Device.Current.MemoryStatistics.LiveBytes;
}
