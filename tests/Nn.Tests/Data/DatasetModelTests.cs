using System.Globalization;

namespace TensorGraph.Tests;

/// <summary>
/// Random pipelines give the elements of their naive models, pass after pass, and so they do when an iteration is left at random places and resumed by
/// a dataset made anew.
/// </summary>
public sealed class DatasetModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>400 pipelines, 20,000 in the long run, or those of <c>TENSORGRAPH_FUZZ=first:count</c>.</summary>
    [Fact]
    public void Random_pipelines_are_as_their_models_also_when_resumed()
    {
        var (first, count) = Flags.Get("FUZZ").Split(':') is [var from, var many, ..]
            ? (int.Parse(from, CultureInfo.InvariantCulture), int.Parse(many, CultureInfo.InvariantCulture))
            : (1, Flags.Number("LONG") == 1 ? 20_000 : 400);
        int elements = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            var pipeline = Pipeline.Random(seed, _folder);
            elements += pipeline.Make().Model().Count();
            if (Fault(pipeline) is { } fault)
            {
                pipeline = Smallest(pipeline);
                Assert.Fail($"{pipeline.Text}: {Fault(pipeline) ?? fault}");
            }
        }

        Assert.True(elements > count, $"{elements} elements in {count} pipelines");
    }

    // Without each step that it fails without.
    private static Pipeline Smallest(Pipeline pipeline)
    {
        for (int i = 0; i < pipeline.Steps.Count;)
        {
            var smaller = pipeline with { Steps = [.. pipeline.Steps.Where((_, step) => step != i)] };
            if (Fault(smaller) is null)
                i++;
            else
                (pipeline, i) = (smaller, 0);
        }

        return pipeline;
    }

    private static string? Fault(Pipeline pipeline)
    {
        try
        {
            return Passes(pipeline) ?? EarlyEnd(pipeline) ?? Resumed(pipeline);
        }
        catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
        {
            return fault.ToString();
        }
    }

    private static string? Passes(Pipeline pipeline)
    {
        var (dataset, model) = pipeline.Make();
        for (int pass = 0; pass < 3; pass++)
        {
            if (Difference($"pass {pass}", model(), Numbers(dataset)) is { } difference)
                return difference;
        }

        return null;
    }

    // An iteration that is left early counts as a pass, however far a thread was ahead. Of two steps that read ahead, the outer one does not see how
    // far the inner one is, so that the orders of later passes may differ.
    private static string? EarlyEnd(Pipeline pipeline)
    {
        if (pipeline.StepsAhead > 1)
            return null;
        var (dataset, model) = pipeline.Make();
        int few = 1 + (pipeline.Seed % 3);
        return Difference("the start", model().Take(few), Numbers(dataset.AsEnumerable().Take(few))) ?? Difference("the pass after", model(), Numbers(dataset));
    }

    private static string? Resumed(Pipeline pipeline)
    {
        var random = new Random(pipeline.Seed);
        var (dataset, model) = pipeline.Make();
        long[] expected = [.. model()];
        var seen = new List<long>();
        var position = Part(dataset.GetEnumerator());
        for (int i = 0; i < 2; i++)
        {
            dataset = random.Next(4) == 0 ? dataset : pipeline.Make().Dataset;
            position = Part(dataset.Resume(DatasetPosition.Parse(position.ToString())));
        }

        dataset = pipeline.Make().Dataset;
        using (var rest = dataset.Resume(position))
        {
            while (rest.MoveNext())
                seen.Add(rest.Current.Item<long>());
        }

        return Difference("resumed", expected, seen) ?? Difference("the pass after one resumed", model(), Numbers(dataset))
            ?? Difference("the pass after that", model(), Numbers(dataset));

        DatasetPosition Part(DatasetEnumerator<Tensor> elements)
        {
            using (elements)
            {
                for (int i = random.Next(8); i > 0 && elements.MoveNext(); i--)
                    seen.Add(elements.Current.Item<long>());
                return elements.Position;
            }
        }
    }

    private static IEnumerable<long> Numbers(IEnumerable<Tensor> tensors) => tensors.Select(tensor => tensor.Item<long>());

    private static string? Difference(string what, IEnumerable<long> expected, IEnumerable<long> seen)
    {
        (string wanted, string got) = (string.Join(' ', expected), string.Join(' ', seen));
        return wanted == got ? null : $"{what}: expected {wanted}, got {got}";
    }
}
