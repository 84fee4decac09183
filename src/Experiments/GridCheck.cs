using System.Globalization;

namespace TensorGraph.Staleness.Experiments;

/// <summary>Finds what some run of a grid can't have, before anything runs, and says where in the file it is.</summary>
/// <param name="path">The file.</param>
/// <param name="lines">Lines of the file.</param>
/// <param name="place">The grid's place in it.</param>
/// <param name="grid">The grid.</param>
internal sealed class GridCheck(string path, JsonLines lines, string place, Grid grid)
{
    private static readonly string[] s_plots = ["curves", "time", "histogram", "heatmap", "best"];

    /// <summary>Errors: TG1006 a null or an empty list, TG2004 a setting out of range or a combination that can't be.</summary>
    public void Run()
    {
        foreach (var (name, value) in new (string, object?)[] { ("name", grid.Name), ("title", grid.Title), ("compute", grid.Compute) })
            Has(name, value);
        // It is a part of names of files, and a cell.
        if (grid.Name.Length is 0 or > 64 || !grid.Name.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_ ".Contains(letter, StringComparison.Ordinal)))
            throw Bad("name", $"'{grid.Name}' is not of letters, digits, blanks, '-' and '_', 64 at most");
        if (!double.IsFinite(grid.TargetLoss))
            throw Bad("target_loss", "it is no finite number");
        At("compute", () => Duration.Parse(grid.Compute));
        At("slow_share", () => RunSettings.Within(0, 1, grid.SlowShare, "slow_share"));
        At("slow_factor", () => RunSettings.Within(0, double.MaxValue, grid.SlowFactor, "slow_factor"));
        // With what any mode can have.
        RunSettings usual = new(grid, Workers: 1, "asynchronous", "sgd", Rate: 0.1, Batch: 1, Decay: 0, "none", Seed: 1);
        At("gradients", (usual with { Grid = new() { Gradients = grid.Gradients } }).Validate);
        At("evaluate_every", (usual with { Grid = new() { EvaluateEvery = grid.EvaluateEvery } }).Validate);
        At("", usual.Validate);
        Each("workers", grid.Workers, workers => (usual with { Workers = workers }).Validate());
        Each("modes", grid.Modes, mode =>
        {
            // Two texts of one mode would be two settings.
            if (TrainingMode.Parse(mode).ToString() is var text && text != mode)
                throw RunSettings.Unknown("mode", mode, text);
        });
        Each("optimizers", grid.Optimizers, optimizer => (usual with { Optimizer = optimizer }).Validate());
        Each("rates", grid.Rates, rate => (usual with { Rate = rate }).Validate());
        Each("batches", grid.Batches, batch => (usual with { Batch = batch }).Validate());
        Each("decays", grid.Decays, decay => (usual with { Decay = decay }).Validate());
        Each("rules", grid.Rules, rule => (usual with { Optimizer = "momentum", Rule = rule }).Validate());
        Each("seeds", grid.Seeds, _ => { });
        Each("plots", grid.Plots, plot =>
        {
            if (!s_plots.Contains(plot))
                throw RunSettings.Unknown("plot", plot, string.Join(", ", s_plots));
        });
        foreach (var run in grid.Runs())
            At(PlacesOf(run), run.Validate);
        // To the end: what a clock or a queue comes to in the middle of a run is known before its training.
        foreach (var run in grid.Runs().DistinctBy(run => (run.Workers, run.Mode, run.Seed)))
            At(PlacesOf(run), () => run.Simulate());
        if (!grid.Runs().Any())
            throw Bad("", "it has no runs");
    }

    private void Each<T>(string name, IReadOnlyList<T> list, Action<T> check)
    {
        Has(name, list);
        if (list.Count == 0 && name != "plots")
            throw Bad(name, "it is empty");
        for (int i = 0; i < list.Count; i++)
        {
            string element = string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]");
            Has(element, list[i]);
            At(element, () => check(list[i]));
            // It would count as another run.
            if (list.Take(i).Contains(list[i]))
                throw Bad(element, "it is there already");
        }
    }

    private void Has(string name, object? value)
    {
        if (value is null)
            throw Bad(name, "it is null");
    }

    private void At(string name, Action check)
    {
        try
        {
            check();
        }
        catch (GraphException fault)
        {
            // After the problem comes a line of this library, which is no news of the file.
            string rest = fault.Message.Split(fault.Problem, 2)[^1], remedy = rest[(rest.IndexOf(". ", StringComparison.Ordinal) + 2)..];
            throw new GraphException(fault.Id, $"experiment: '{path}' can't be used: {Where(name)}: {fault.Problem}", remedy, inner: fault);
        }
    }

    private GraphException Bad(string name, string problem) => Study.Bad(path, $"{Where(name)}: {problem}");

    private string Where(string name) => lines.At(name.Length > 0 ? $"{place}.{name}" : place);

    /// <summary>The elements that make a combination: of lists that have more than one.</summary>
    private string PlacesOf(RunSettings run)
    {
        (string Name, int Index, int Count)[] parts =
        [
            ("workers", Index(grid.Workers, run.Workers), grid.Workers.Count), ("modes", Index(grid.Modes, run.Mode), grid.Modes.Count),
            ("optimizers", Index(grid.Optimizers, run.Optimizer), grid.Optimizers.Count), ("rates", Index(grid.Rates, run.Rate), grid.Rates.Count),
            ("batches", Index(grid.Batches, run.Batch), grid.Batches.Count), ("decays", Index(grid.Decays, run.Decay), grid.Decays.Count),
            ("rules", Index(grid.Rules, run.Rule), grid.Rules.Count),
        ];
        return string.Join(" with ", parts.Where(part => part.Count > 1 && part.Index >= 0).Select(
            part => string.Create(CultureInfo.InvariantCulture, $"{part.Name}[{part.Index}]")));

        static int Index<T>(IReadOnlyList<T> list, T value) => list.ToList().IndexOf(value);
    }
}
