using System.Diagnostics;
using Samples;
using Spectre.Console;
using TensorGraph;

namespace TorchSharpTraining;

using TorchSharp;
using static TorchSharp.torch.nn;

/// <summary>Times of one step of training of several models, by TorchSharp and as a graph, in turns.</summary>
internal static class Speed
{
    // The fastest of many short rounds tells what a step takes, whatever else the machine does.
    private const int Rounds = 25;

    private const double RoundSeconds = 0.03;

    /// <summary>A row of the table.</summary>
    /// <param name="Model">What is trained.</param>
    /// <param name="Threads">Threads that each way may use.</param>
    /// <param name="EagerUs">Time of a step by TorchSharp in its fastest round, in microseconds.</param>
    /// <param name="TracedUs">As a graph.</param>
    /// <param name="EagerCpuUs">Processor time of a step, of all threads; what other programs take of the machine does not count.</param>
    /// <param name="TracedCpuUs">As a graph.</param>
    public sealed record Row(string Model, int Threads, double EagerUs, double TracedUs, double EagerCpuUs, double TracedCpuUs)
    {
        /// <summary>How many times as fast the graph is.</summary>
        public double Speedup => EagerUs / TracedUs;

        /// <summary>The same of processor time.</summary>
        public double CpuSpeedup => EagerCpuUs / TracedCpuUs;
    }

    /// <summary>Measures all models, on one thread and on two.</summary>
    public static void Run(int batch, int seed, string? json)
    {
        List<Row> rows = [];
        int threads = Devices.Managed.Threads, torchThreads = torch.get_num_threads();
        for (int each = 1; each <= Math.Min(2, Environment.ProcessorCount); each++)
        {
            Devices.Managed.Threads = each;
            torch.set_num_threads(each);
            rows.AddRange(Tasks(batch).Select(task => Measure(task.Name, each, () => Make(task, seed))));
        }
        Devices.Managed.Threads = threads;
        torch.set_num_threads(torchThreads);
        Table table = Output.Table(1, "training of", "threads", "TorchSharp, µs", "traced, µs", "TorchSharp / traced", "processor time");
        foreach (Row row in rows)
        {
            table.AddRow(
                row.Model, Output.Number("D", row.Threads), Output.Number("N0", row.EagerUs), Output.Number("N0", row.TracedUs),
                Output.Number("F2", row.Speedup), Output.Number("F2", row.CpuSpeedup));
        }
        AnsiConsole.Write(table);
        Output.WriteJson(rows, json);
    }

    private sealed record Training(
        string Name, Func<Module<torch.Tensor, torch.Tensor>> Model, bool Adam, Func<(torch.Tensor X, torch.Tensor Y)> Data);

    private static IEnumerable<Training> Tasks(int batch)
    {
        Module<torch.Tensor, torch.Tensor> Dense() => Sequential(Linear(784, 256), ReLU(), Linear(256, 128), ReLU(), Linear(128, 10));
        yield return new(Name("MLP 784-256-128-10, Adam", batch), Dense, true, () => Data(batch, batch, 784));
        yield return new(Name("MLP 784-256-128-10, Adam", 1), Dense, true, () => Data(1, 1, 784));
        yield return new(Name("CNN 28x28, SGD", batch), () => Sequential(
            Conv2d(1, 16, 5), ReLU(), MaxPool2d(2), Conv2d(16, 32, 5), ReLU(), MaxPool2d(2), Flatten(), Linear(512, 10)), false,
            () => Data(batch, batch, 1, 28, 28));
        yield return new(
            "transformer layer 256, 16 x 64 tokens, SGD", () => new LastOf(TransformerEncoderLayer(256, 4, 1024, 0.0), 256), false, () => Data(16, 64, 16, 256));
        yield return new("LSTM 128, 32 x 50 steps, SGD", () => new LastOf(LSTM(128, 128, batchFirst: true), 128), false, () => Data(32, 32, 50, 128));
    }

    private static string Name(string model, int batch) => FormattableString.Invariant($"{model}, batch {batch}");

    private static (torch.Tensor X, torch.Tensor Y) Data(long examples, params long[] sizes) =>
        ((torch.rand(sizes) - 0.5f) * 0.2f, torch.arange(examples, torch.int64).remainder(10));

    private static Action Make(Training task, int seed)
    {
        torch.manual_seed(seed);
        Module<torch.Tensor, torch.Tensor> model = task.Model();
        var trainer = new Trainer(model, task.Adam ? torch.optim.Adam(model.parameters()) : torch.optim.SGD(model.parameters(), 0.01));
        var (x, y) = task.Data();
        return () =>
        {
            using var scope = torch.NewDisposeScope();
            trainer.Step(x, y);
        };
    }

    private static Row Measure(string name, int threads, Func<Action> make)
    {
        (Action eager, Action traced) = (Imperatively(make()), make());
        (int eagerSteps, int tracedSteps) = (StepsOf(eager), StepsOf(traced));
        var times = Enumerable.Range(0, Rounds).Select(_ => (Eager: Time(eager, eagerSteps), Traced: Time(traced, tracedSteps))).ToArray();
        return new(
            name, threads, times.Min(time => time.Eager.Wall), times.Min(time => time.Traced.Wall), times.Min(time => time.Eager.Cpu),
            times.Min(time => time.Traced.Cpu));
    }

    private static Action Imperatively(Action step) => () =>
    {
        using var options = (TensorGraphOptions.Current with { RunImperatively = true }).Use();
        step();
    };

    // After a warm-up, in which code is compiled.
    private static int StepsOf(Action step)
    {
        Seconds(step, 40);
        double each = Seconds(step, 5) / 5;
        return Math.Max(1, (int)(RoundSeconds / each));
    }

    // In microseconds a step.
    private static (double Wall, double Cpu) Time(Action step, int steps)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        double seconds = Seconds(step, steps);
        return (seconds / steps * 1e6, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / steps);
    }

    private static double Seconds(Action step, int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++) step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
