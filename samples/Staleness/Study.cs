using System.Text.Json;
using System.Text.Json.Serialization;
using TensorGraph;
using TensorGraph.Staleness;

namespace TestBed;

/// <summary>Experiments, as a JSON file has them.</summary>
public sealed record Study
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public string Name { get; init; } = "experiment";

    public string Data { get; init; } = "digits";

    public IReadOnlyList<Grid> Grids { get; init; } = [];

    /// <summary>Errors: TG1006 a file that can't be read, TG2004 a setting that some run can't have.</summary>
    public static Study Load(string path)
    {
        try
        {
            var study = JsonSerializer.Deserialize<Study>(File.ReadAllText(path), s_json);
            if (study?.Grids is not { Count: > 0 } || study.Grids.Contains(null!))
                throw new JsonException("it has no grids");
            if (study.Grids.DistinctBy(grid => grid.Name).Count() < study.Grids.Count)
                throw new JsonException("two grids have one name");
            foreach (var grid in study.Grids)
                grid.Validate();
            return study;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new GraphException(DiagnosticIds.BadData, $"experiment: '{path}' can't be used: {fault.Message.TrimEnd('.')}",
                "See samples/Staleness/experiments for files that can.", inner: fault);
        }
    }

    /// <summary>Writes the experiments beside their results.</summary>
    public void Save(string folder) => File.WriteAllText(PathIn(folder), Text());

    /// <summary>True when a folder has results of these experiments, false when it has none. Errors: TG1006 those of other ones.</summary>
    public bool IsIn(string folder)
    {
        if (!File.Exists(PathIn(folder)))
            return false;
        return File.ReadAllText(PathIn(folder)) == Text() ? true : throw new GraphException(DiagnosticIds.BadData,
            $"experiment: '{folder}' has results of other experiments", "Give another folder, or leave out --resume to replace them.");
    }

    /// <summary>The file that <see cref="Save"/> left in a folder; null when there is none.</summary>
    public static string? FileIn(string folder) => File.Exists(PathIn(folder)) ? PathIn(folder) : null;

    private static string PathIn(string folder) => Path.Combine(folder, "experiment.json");

    private string Text() => JsonSerializer.Serialize(this, s_json);
}

/// <summary>All combinations of some settings, each with all seeds.</summary>
public sealed record Grid
{
    private static readonly string[] s_plots = ["curves", "time", "histogram", "heatmap", "best"];

    public string Name { get; init; } = "grid";

    public string Title { get; init; } = "";

    public IReadOnlyList<int> Workers { get; init; } = [2];

    public IReadOnlyList<string> Modes { get; init; } = ["asynchronous"];

    public IReadOnlyList<string> Optimizers { get; init; } = ["sgd"];

    public IReadOnlyList<double> Rates { get; init; } = [0.1];

    public IReadOnlyList<int> Batches { get; init; } = [100];

    public IReadOnlyList<double> Decays { get; init; } = [0];

    public IReadOnlyList<string> Rules { get; init; } = ["none"];

    public IReadOnlyList<int> Seeds { get; init; } = [1];

    public int Gradients { get; init; } = 300;

    public int EvaluateEvery { get; init; } = 25;

    /// <summary>Compute time of a gradient.</summary>
    public string Compute { get; init; } = "lognormal:0.25,0.1";

    public double SlowShare { get; init; }

    public double SlowFactor { get; init; } = 1;

    /// <summary>Loss for the time to it.</summary>
    public double TargetLoss { get; init; } = 0.5;

    /// <summary>The pictures that are drawn: curves, time, histogram, heatmap, best.</summary>
    public IReadOnlyList<string> Plots { get; init; } = ["curves"];

    public void Validate()
    {
        object?[] lists = [Workers, Modes, Optimizers, Rates, Batches, Decays, Rules, Seeds, Plots];
        if (Array.IndexOf(lists, null) >= 0 || Name is null || Title is null || Compute is null)
            throw new JsonException($"a setting of grid '{Name}' is null");
        if (new[] { Modes, Optimizers, Rules, Plots }.Any(list => list.Contains(null!)))
            throw new JsonException($"a list of grid '{Name}' has null in it");
        if (Plots.FirstOrDefault(plot => !s_plots.Contains(plot)) is { } unknown)
            throw RunSettings.Unknown("plot", unknown, string.Join(", ", s_plots));
        foreach (var run in Runs())
            run.Validate();
        if (!Runs().Any())
            throw new JsonException($"grid '{Name}' has no runs");
    }

    public IEnumerable<RunSettings> Runs() =>
        from workers in Workers
        from mode in Modes
        from optimizer in Optimizers
        from rate in Rates
        from batch in Batches
        from decay in Decays
        from rule in Rules
        from seed in Seeds
        // A single worker is the same whatever their number.
        where mode != "sequential" || workers == Workers[0]
        select new RunSettings(this, mode == "sequential" ? 1 : workers, mode, optimizer, rate, batch, decay, rule, seed);
}
