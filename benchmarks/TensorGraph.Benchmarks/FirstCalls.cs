using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;
using TensorGraph.Benchmarks.Compare;

namespace TensorGraph.Benchmarks;

/// <summary><c>bench first</c>: first calls of a training step, and what of them is .NET's compilation.</summary>
internal static class FirstCalls
{
    /// <summary>Measures; the report as Markdown.</summary>
    public static string Measure()
    {
        var report = new StringBuilder();
        report.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
        report.Append("First calls of a training step, MLP 784-256-128-10 with Adam, batch 64, one after the other in one process.\n\n");
        report.Append("| step | ms | compiling, ms | share | methods |\n|---|--:|--:|--:|--:|\n");
        foreach (var (name, activation) in new (string, Func<Tensor, Tensor>)[]
        {
            ("the first of the process", x => Ops.Relu(x)), ("another model of the same kernels", x => Ops.Relu(x)),
            ("one with `tanh`: some new kernels", Ops.Tanh), ("the same again", Ops.Tanh),
            ("one with `erf`: some new kernels", Ops.Erf), ("the same again", Ops.Erf),
        })
        {
            var model = new Sequential(new Dense(784, 256, activation), new Dense(256, 128, activation), new Dense(128, 10));
            var step = new Training(model, new Adam(), Loss.SparseSoftmaxCrossEntropy);
            Tensor x = Ops.Zeros(64, 784) + 0.1f, y = Tensor.From([.. Enumerable.Range(0, 64).Select(i => i % 10)], 64);
            GraphFunctions.Synchronize();
            TimeSpan compiled = JitInfo.GetCompilationTime();
            long methods = JitInfo.GetCompiledMethodCount(), start = Stopwatch.GetTimestamp();
            step.Run(x, y);
            GraphFunctions.Synchronize();
            TimeSpan all = Stopwatch.GetElapsedTime(start);
            compiled = JitInfo.GetCompilationTime() - compiled;
            report.Append(CultureInfo.InvariantCulture,
                $"| {name} | {all.TotalMilliseconds:f0} | {compiled.TotalMilliseconds:f0} | {compiled / all:p0} | {JitInfo.GetCompiledMethodCount() - methods} |\n");
        }

        return report.ToString();
    }
}
