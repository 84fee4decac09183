using System.Diagnostics;
using TensorGraph;

namespace ParallelDevices;

/// <summary>Measures; each figure is the best of some runs after a warm-up.</summary>
/// <param name="isQuick">True for small sizes, which show that all of it works.</param>
/// <param name="devices">At least two.</param>
public sealed class Measurements(bool isQuick, Device[] devices)
{
    private const float Rate = 0.05f;

    /// <summary>Aⁿ + Bⁿ on each device alone, and with a power on each of two.</summary>
    public Powers Powers()
    {
        int size = isQuick ? 64 : 512, exponent = isQuick ? 4 : 10;
        Tensor a = Matrix(size, 1), b = Matrix(size, 2), n = (long)exponent;
        float[] Sum(Device first, Device second)
        {
            Tensor left = Work.Power(a.To(first), n.To(first)), right = Work.Power(b.To(second), n.To(second));
            return (left.To(devices[0]) + right.To(devices[0])).ToArray<float>();
        }

        DeviceTime[] alone = [.. devices.Select(device => new DeviceTime(device.Name, Best(() => Sum(device, device))))];
        float[] expected = Sum(devices[0], devices[0]), other = Sum(devices[1], devices[1]);
        double largest = expected.Max(Math.Abs), difference = expected.Zip(other, (x, y) => Math.Abs(x - y)).Max();
        return new(size, exponent, alone, Best(() => Sum(devices[0], devices[1])), difference / largest);
    }

    /// <summary>Results are copied to the host after, or while, the next ones are computed.</summary>
    public Copies Copies()
    {
        Device device = devices[^1];
        int batches = isQuick ? 4 : 20, size = isQuick ? 64 : 512;
        Tensor x = Matrix(size, 3).To(device), weights = Matrix(size, 4).To(device);
        double inTurn = Best(() =>
        {
            for (int i = 0; i < batches; i++)
                Work.Features(x, weights).ToArray<float>();
        });
        double together = Best(() =>
        {
            Task copy = Task.CompletedTask;
            for (int i = 0; i < batches; i++)
            {
                Tensor batch = Work.Features(x, weights);
                copy.Wait();
                copy = Task.Run(() => batch.ToArray<float>());
            }
            copy.Wait();
        });
        return new(device.Name, batches, inTurn, together);
    }

    /// <summary>The same training on 1, 2, … devices: gradients of equal parts of a batch are averaged.</summary>
    public Training Training()
    {
        int steps = isQuick ? 5 : 50, batch = (isQuick ? 32 : 512) * devices.Length;
        var losses = new double[devices.Length];
        var times = new double[devices.Length];
        for (int count = 1; count <= devices.Length; count++)
        {
            if (batch % count != 0)
                batch -= batch % count;
            Train(devices[..count], batch, 1);
            var clock = Stopwatch.StartNew();
            losses[count - 1] = Train(devices[..count], batch, steps);
            times[count - 1] = clock.Elapsed.TotalMilliseconds / steps;
        }
        return new(steps, batch, losses, times);
    }

    private double Train(Device[] on, int batch, int steps)
    {
        Device home = devices[0];
        int features = isQuick ? 8 : 64, part = batch / on.Length;
        Tensor hidden = Matrix(features, 5), output = Matrix(features, 6)[.., ..1], x = Rows(batch, features), y = Ops.Sin(x.Sum([1], keep: true));
        (Device Device, Tensor X, Tensor Y)[] parts = [.. on.Select((device, i) =>
            (device, x[(i * part)..((i + 1) * part)].To(device), y[(i * part)..((i + 1) * part)].To(device)))];
        double loss = 0;
        for (int step = 0; step < steps; step++)
        {
            // All calls are queued before a result is waited for.
            var results = Array.ConvertAll(parts, one => Work.Gradients(hidden.To(one.Device), output.To(one.Device), one.X, one.Y));
            Tensor Mean(Func<(Tensor Loss, Tensor Hidden, Tensor Output), Tensor> of) =>
                results.Select(result => of(result).To(home)).Aggregate((sum, next) => sum + next) / (float)on.Length;
            hidden -= Rate * Mean(result => result.Hidden);
            output -= Rate * Mean(result => result.Output);
            loss = Mean(result => result.Loss).ToDouble();
        }
        return loss;
    }

    private static Tensor Matrix(int size, int seed)
    {
        var random = new Random(seed);
        float scale = 1 / MathF.Sqrt(size);
        return Tensor.From([.. Enumerable.Range(0, size * size).Select(_ => scale * (2 * random.NextSingle() - 1))], [size, size]);
    }

    private static Tensor Rows(int count, int features)
    {
        var random = new Random(7);
        return Tensor.From([.. Enumerable.Range(0, count * features).Select(_ => 2 * random.NextSingle() - 1)], [count, features]);
    }

    private double Best(Action run)
    {
        run();
        double best = double.MaxValue;
        for (int i = 0; i < (isQuick ? 1 : 3); i++)
        {
            var clock = Stopwatch.StartNew();
            run();
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
        }
        return best;
    }
}
