using System.Diagnostics;
using TensorGraph;

namespace Algorithms;

/// <summary>Results of an algorithm, imperatively and traced, with the time of a call.</summary>
/// <param name="Algorithm">Its name and size.</param>
/// <param name="Iterations">What its loop ran.</param>
/// <param name="Difference">The largest difference of the results of both ways.</param>
/// <param name="ImperativeMs">Time of a call, imperatively.</param>
/// <param name="TracedMs">Time of a call of the graph.</param>
/// <param name="GraphNodes">Nodes of the graph, whatever the number of iterations.</param>
public sealed record Figure(string Algorithm, long Iterations, double Difference, double ImperativeMs, double TracedMs, int GraphNodes)
{
    public double Speedup => ImperativeMs / TracedMs;
}

/// <summary>Runs each algorithm both ways.</summary>
public sealed class Measurements(int repetitions, int seed)
{
    private readonly RandomGenerator _random = new(seed);

    public IEnumerable<Figure> All()
    {
        yield return KMeans(points: 2_000, clusters: 8);
        yield return Of("Newton, x³ − 2x − 5", Numeric.Newton, () => Numeric.Newton(2.0), result => result.Iterations, result => result.Root);
        yield return ConjugateGradients(size: 200);
        yield return Viterbi(states: 24, length: 200);
        yield return BeamSearch(tokens: 40, width: 8);
    }

    private Figure KMeans(int points, int clusters)
    {
        Tensor centers = 10 * _random.Normal(new Shape(clusters, 2));
        Tensor data = Ops.Gather(centers, Ops.Mod(Ops.Iota(points), clusters)) + _random.Normal(new Shape(points, 2)), start = data[..clusters];
        return Of($"k-means, {points} points", Numeric.KMeans, () => Numeric.KMeans(data, start), result => result.Iterations, result => result.Centers);
    }

    private Figure ConjugateGradients(int size)
    {
        Tensor root = _random.Normal(new Shape(size, size), dtype: DType.F64), b = _random.Normal(new Shape(size), dtype: DType.F64);
        Tensor a = (Ops.MatMul(root, Ops.Transpose(root)) / size) + Ops.OneHot(Ops.Iota(size), size, DType.F64);
        return Of($"conjugate gradients, {size} unknowns", Numeric.ConjugateGradients, () => Numeric.ConjugateGradients(a, b), result => result.Iterations,
            result => result.Solution);
    }

    private Figure Viterbi(int states, int length)
    {
        const int Symbols = 10;
        Tensor start = Logarithms(new Shape(states)), transitions = Logarithms(new Shape(states, states));
        Tensor emissions = Logarithms(new Shape(states, Symbols));
        Tensor observations = Ops.Cast(_random.Uniform(new Shape(length), 0, Symbols), DType.I32);
        return Of($"Viterbi, {states} states, {length} observations", Sequences.Viterbi,
            () => Sequences.Viterbi(start, transitions, emissions, observations), _ => length - 1, result => result.States);
    }

    private Figure BeamSearch(int tokens, int width)
    {
        Tensor transitions = Logarithms(new Shape(tokens, tokens));
        return Of($"beam search, {tokens} tokens, width {width}", Sequences.BeamSearch, () => Sequences.BeamSearch(transitions, width, 100L),
            result => result.Tokens.Shape[0].Value, result => result.Tokens);
    }

    private Tensor Logarithms(Shape shape) => Ops.LogSoftmax(2 * _random.Normal(shape));

    private Figure Of<T>(string name, Delegate function, Func<T> run, Func<T, Tensor> iterations, Func<T, Tensor> result)
    {
        var (imperative, imperativeMs) = Timed(run, imperatively: true);
        var (traced, tracedMs) = Timed(run, imperatively: false);
        Tensor difference = Ops.ReduceMax(Ops.Abs(result(imperative).Cast(DType.F64) - result(traced).Cast(DType.F64)));
        return new(name, iterations(traced).Cast(DType.I64).Item<long>(), difference.ToDouble(), imperativeMs, tracedMs,
            GraphFunction.Of(function).ConcreteFunctions[0].NodeCount);

        (T Result, double Ms) Timed(Func<T> run, bool imperatively)
        {
            using var way = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
            T value = run();
            double best = double.MaxValue;
            for (int i = 0; i < repetitions; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                value = run();
                // Reading a value waits for it.
                result(value).ToLiteral();
                best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }

            return (value, best);
        }
    }
}
