using System.Text.Json;
using Algorithms;

namespace TensorGraph.Tests;

/// <summary>The algorithms give the right results, both ways.</summary>
public sealed class AlgorithmsTests
{
    [Fact]
    public void Both_ways_are_alike_in_one_loop_each()
    {
        var figures = new Measurements(repetitions: 1, seed: 1).All().ToArray();
        Assert.Equal(5, figures.Length);
        Assert.All(figures, figure => Assert.True(figure.Difference < 1e-4 && figure.Iterations > 2, figure.ToString()));
        Assert.All(figures, figure => Assert.True(figure.GraphNodes < 150, figure.ToString()));
    }

    [Fact]
    public void Known_results_are_found() => Both.Agree(() =>
    {
        Tensor points = new float[,] { { 0, 0 }, { 0, 2 }, { 10, 10 }, { 10, 12 }, { 12, 11 } };
        float[] centers = Numeric.KMeans(points, points[1..3]).Centers.ToArray<float>();
        Assert.Equal([0f, 1, 32f / 3, 11], centers);
        double root = Numeric.Newton(2.0).Root.ToDouble();
        Assert.Equal(2.0945514815423265, root, 12);
        Tensor solution = Numeric.ConjugateGradients((Tensor)new double[,] { { 4, 1 }, { 1, 3 } }, (Tensor)new[] { 1.0, 2 }).Solution;
        Assert.Equal(1.0 / 11, solution[0].ToDouble(), 12);
        Assert.Equal(7.0 / 11, solution[1].ToDouble(), 12);
        return [.. centers, (float)root];
    });

    // The healthy and feverish patient of the usual introduction.
    [Fact]
    public void Viterbi_finds_the_likeliest_states() => Both.Agree(() =>
    {
        var (states, probability) = Sequences.Viterbi(
            Ops.Log(new[] { 0.6f, 0.4f }), Ops.Log((Tensor)new float[,] { { 0.7f, 0.3f }, { 0.4f, 0.6f } }),
            Ops.Log((Tensor)new float[,] { { 0.5f, 0.4f, 0.1f }, { 0.1f, 0.3f, 0.6f } }), new[] { 0, 1, 2 });
        Assert.Equal([0, 0, 1], states.ToArray<int>());
        Assert.Equal(0.01512, Math.Exp(probability.ToDouble()), 5);
        return [(float)probability];
    });

    [Theory]
    [InlineData(1, 5), InlineData(2, 5), InlineData(3, 4), InlineData(4, 6)]
    public void A_wide_beam_finds_the_best_sequence_of_all(int seed, int limit) => Both.Agree(() =>
    {
        const int Tokens = 4;
        Tensor transitions = Ops.LogSoftmax(2 * new RandomGenerator(seed).Normal(new Shape(Tokens, Tokens)));
        float[] table = transitions.ToArray<float>();
        var (tokens, probability) = Sequences.BeamSearch(transitions, 64, (long)limit);
        Assert.Equal(Best(0, limit), probability.ToDouble(), 4);
        int last = 0;
        double sum = 0;
        foreach (int token in tokens.ToArray<int>())
        {
            sum += last == Tokens - 1 ? 0 : table[(last * Tokens) + token];
            last = token;
        }

        Assert.Equal(sum, probability.ToDouble(), 4);
        return [(float)probability];

        double Best(int last, int left) => left == 0 || last == Tokens - 1 ? 0
            : Enumerable.Range(0, Tokens).Max(next => table[(last * Tokens) + next] + Best(next, left - 1));
    });

    [Fact]
    public void The_command_writes_its_figures()
    {
        string file = Path.GetTempFileName();
        try
        {
            var run = CommandResult.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "Algorithms.dll"), "--steps", "1", "--json", file], AppContext.BaseDirectory);
            Assert.True(run.ExitCode == 0, run.Output);
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            Assert.Equal(5, json.RootElement.GetArrayLength());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
