using System.Globalization;

namespace TensorGraph.Tests;

/// <summary>
/// A step of a random pipeline, twice: as a step of a dataset, and as a naive C# iterator over numbers, which is the meaning of it. Both keep between
/// passes what they keep.
/// </summary>
internal sealed record PipelineStep(string Text, Func<Dataset<Tensor>, Dataset<Tensor>> Apply, Func<Func<IEnumerable<long>>, Func<IEnumerable<long>>> Model);

/// <summary>A random pipeline of steps over whole numbers.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Count">Elements of its source.</param>
/// <param name="Source">0 a range, 1 a list, 2 a function of the number, 3 slices.</param>
/// <param name="Steps">Makes the steps anew, with nothing kept between passes.</param>
internal sealed record Pipeline(int Seed, int Count, int Source, IReadOnlyList<Func<PipelineStep>> Steps)
{
    public string Text => $"seed {Seed}: {(Source switch { 0 => "range", 1 => "list", 2 => "generate", _ => "slices" })} of {Count}, "
        + string.Join(", ", Steps.Select(step => step().Text));

    /// <summary>Number of steps that read ahead of the consumer.</summary>
    public int StepsAhead => Steps.Count(step => step().Text is var text && (text.StartsWith("prefetch", StringComparison.Ordinal) || text.StartsWith("parallel", StringComparison.Ordinal)));

    public static Pipeline Random(int seed, string folder)
    {
        var random = new Random(seed);
        int count = random.Next(12), source = random.Next(4);
        bool hasThreads = random.Next(2) == 0;
        List<Func<PipelineStep>> steps = [];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            var (kind, a, b, c) = (random.Next(18), random.Next(1, 5), random.Next(1, 5), random.Next(1000));
            string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"cache{seed}.{i}"));
            steps.Add(() => PipelineSteps.Make(kind, a, b, c, hasThreads, path));
        }

        return new(seed, count, source, steps);
    }

    /// <summary>The pipeline as a new dataset and as a new model.</summary>
    public (Dataset<Tensor> Dataset, Func<IEnumerable<long>> Model) Make()
    {
        long[] numbers = [.. Enumerable.Range(0, Count).Select(i => (long)i)];
        var dataset = Source switch
        {
            0 => Dataset.Range(Count),
            1 => Dataset.FromEnumerable(numbers.Select(number => (Tensor)number).ToList()),
            2 => Dataset.Generate(i => (Tensor)i, Count),
            _ => Dataset.FromTensorSlices((Tensor)numbers),
        };
        Func<IEnumerable<long>> model = () => numbers;
        foreach (var step in Steps.Select(make => make()))
            (dataset, model) = (step.Apply(dataset), step.Model(model));
        return (dataset, model);
    }
}
