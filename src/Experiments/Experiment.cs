using System.Diagnostics;
using System.Globalization;

namespace TensorGraph.Staleness.Experiments;

/// <summary>A request of a command line.</summary>
public sealed record ExperimentRequest
{
    /// <summary>JSON file of the experiments; null for those that come along.</summary>
    public string? File { get; init; }

    /// <summary>Data in place of that of the file, or null.</summary>
    public string? Data { get; init; }

    /// <summary>A few short runs in place of the paper's; without <see cref="File"/> and <see cref="From"/>.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Folder of the report, which is made.</summary>
    public string Folder { get; init; } = "staleness-report";

    /// <summary>Folder whose CSV files become the report, without training; or null.</summary>
    public string? From { get; init; }

    /// <summary>True leaves out runs that the folder has already; without <see cref="From"/>.</summary>
    public bool Resumes { get; init; }

    /// <summary>True also writes schedules, and traces for Chrome.</summary>
    public bool Traces { get; init; }

    // Errors: TG2004 options of which one would be passed over.
    internal void Validate()
    {
        Refuse(IsQuick && File is not null, "--quick brings its own runs, and there is a file as well", "Leave out one of them.");
        Refuse(IsQuick && From is not null, "--from takes the experiments of a folder, and --quick brings its own", "Leave out one of them.");
        Refuse(Resumes && From is not null, "--from trains nothing, so --resume has nothing to go on with", "Leave out one of them.");
        Refuse(Folder.Length == 0 || From is "", "the name of a folder is empty", "Give its path.");

        static void Refuse(bool isWrong, string problem, string remedy)
        {
            if (isWrong)
                throw new GraphException(DiagnosticIds.OutOfRange, $"experiment: {problem}", remedy);
        }
    }
}

/// <summary>Runs the experiments of a request and writes their report.</summary>
/// <param name="Study">The experiments.</param>
/// <param name="Results">Runs of each grid.</param>
/// <param name="Gradients">Gradients that were applied.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Page">The report.</param>
public sealed record Experiment(
    Study Study, IReadOnlyDictionary<Grid, List<RunResult>> Results, long Gradients, double Seconds, string Page)
{
    /// <summary>Names of the columns of <see cref="Tables"/>, after that of the setting.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["mean τ", "test loss", "±", "accuracy", "rises", "seconds", "diverged"];

    /// <summary>Errors: TG1006 files that can't be used, TG2004 settings that can't run.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="pictures">Draws.</param>
    /// <param name="train">Shows the progress of so many steps: it is given the work, and gives it what is called with the loss of each step.</param>
    public static Experiment Run(
        ExperimentRequest request, IPictures pictures,
        Func<long, Func<Action<double>, IReadOnlyDictionary<Grid, List<RunResult>>>, IReadOnlyDictionary<Grid, List<RunResult>>> train)
    {
        var clock = Stopwatch.StartNew();
        request.Validate();
        var done = request.From is null ? null : Study.In(request.From);
        var study = request.File is null && done is not null ? done
            : Study.Load(request.File ?? Path.Combine(AppContext.BaseDirectory, "experiments", request.IsQuick ? "quick.json" : "paper.json"));
        study = study with { Data = request.Data ?? study.Data };
        string dataName = ImageSet.NameOf(study.Data);
        // What can't be used is known before the folder is touched.
        var results = done is null ? null : ResultsIn(request.From!, study, done);
        var images = done is null ? ImageSet.Load(study.Data) : null;
        if (images is not null)
            Runner.CheckBatches(study, images);
        string folder = Directory.CreateDirectory(request.Folder).FullName;
        using var owned = FolderLock.Take(folder);
        long gradients = 0;
        if (images is not null)
        {
            bool goesOn = request.Resumes && study.IsIn(folder);
            var runner = new Runner(study, images, goesOn ? Csv.Read(study, folder, mayBeNone: true) : null);
            using var csv = new Csv(folder, goesOn);
            study.Save(folder);
            gradients = runner.Gradients;
            results = train(gradients, onStep => runner.Run(onStep, csv.Append));
        }

        if (request.Traces)
            Experiments.Traces.Write(folder, results!);
        var report = new Report(study, dataName, folder, pictures);
        report.Write(results!);
        return new(study, results!, gradients, clock.Elapsed.TotalSeconds, report.Path);
    }

    private static IReadOnlyDictionary<Grid, List<RunResult>> ResultsIn(string folder, Study study, Study done)
    {
        study.MustHaveSettingsOf(done, folder);
        return Csv.Read(study, folder);
    }

    /// <summary>A table for each grid: a row for each setting, its name first.</summary>
    public IEnumerable<(string Title, IReadOnlyList<string[]> Rows)> Tables() => Results.Select(
        entry => (entry.Key.Title.Length > 0 ? entry.Key.Title : entry.Key.Name, (IReadOnlyList<string[]>)[.. Summary.Of(entry.Value).Select(Row)]));

    private static string[] Row(Summary summary) =>
    [
        summary.Settings.Key, Text("f1", summary.Staleness.Mean), Text("f4", summary.FinalLoss.Mean), Text("f4", summary.FinalLoss.Half),
        Text("f3", summary.Accuracy.Mean), Text("f4", summary.Rise.Mean), Text("f0", summary.Seconds.Mean),
        string.Create(CultureInfo.InvariantCulture, $"{summary.Diverged}/{summary.Runs.Count}"),
    ];

    private static string Text(string format, double number) => Report.Text(number, format);
}
