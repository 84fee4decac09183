using System.Diagnostics;
using TensorGraph;

namespace CharRnn;

/// <summary>How to train and write.</summary>
public sealed record Settings
{
    public string Path { get; init; } = Letters.DefaultPath;

    public int Steps { get; init; } = 400;

    public int Length { get; init; } = 50;

    public int Batch { get; init; } = 32;

    public int Units { get; init; } = 128;

    public double LearningRate { get; init; } = 0.004;

    public double Temperature { get; init; } = 0.7;

    public int Count { get; init; } = 400;

    public string? Prompt { get; init; }

    public int Seed { get; init; } = 1;

    public bool OnlyTraced { get; init; }
}

/// <summary>Losses, times and result of one way of running.</summary>
/// <param name="Losses">The loss before each step.</param>
/// <param name="MsPerStep">Median time of a training step.</param>
/// <param name="MsPerLetter">Time to write a letter.</param>
/// <param name="Text">What it wrote.</param>
public sealed record Run(double[] Losses, double MsPerStep, double MsPerLetter, string Text);

/// <summary>Trains and writes both ways from the same start, or only traced.</summary>
public sealed class Session(Settings settings)
{
    public (Run? Imperative, Run Traced) Go(Action<double>? onStep = null)
    {
        var letters = Letters.Read(settings.Path, settings.Length);
        var traced = Way(letters, imperatively: false, onStep);
        return (settings.OnlyTraced ? null : Way(letters, imperatively: true, onStep), traced);
    }

    private Run Way(Letters letters, bool imperatively, Action<double>? onStep)
    {
        using var way = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        var random = new RandomGenerator(settings.Seed);
        var writer = new Writer(new Model(letters.Alphabet.Length, settings.Units, random), new Adam(settings.LearningRate), random);
        List<double> losses = [], times = [];
        foreach (var (pieces, next) in letters.Pieces(settings.Length, settings.Batch, settings.Seed).Take(settings.Steps))
        {
            long start = Stopwatch.GetTimestamp();
            // Reading the loss waits for it.
            losses.Add(writer.TrainStep(pieces, next).ToDouble());
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            onStep?.Invoke(losses[^1]);
        }

        int[] prompt = [.. (settings.Prompt ?? "").Select(letter => Array.IndexOf(letters.Alphabet, letter)).Where(number => number >= 0)];
        if (prompt.Length == 0)
            prompt = letters.Numbers[..1];
        // What is compiled at first use is not in the time.
        writer.Write(prompt, 1, (float)settings.Temperature).ToLiteral();
        random.SetSeed(settings.Seed);
        long begin = Stopwatch.GetTimestamp();
        Tensor written = writer.Write(prompt, settings.Count, (float)settings.Temperature);
        string result = letters.Text(written);
        double perLetter = Stopwatch.GetElapsedTime(begin).TotalMilliseconds / settings.Count;
        return new([.. losses], times.Order().ElementAt(times.Count / 2), perLetter, result);
    }
}
