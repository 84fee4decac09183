using System.Globalization;
using System.Text;

namespace TensorGraph.Staleness.Experiments;

/// <summary>
/// Results as files of comma-separated values, a run at a time: it is on disk when a later run fails, or when the program is ended.
/// </summary>
public sealed class Csv : IDisposable
{
    // Cells that say which run a line is of.
    private const int KeyCells = 9;

    private const string Key = "grid,workers,mode,optimizer,rate,batch,decay,rule,seed";

    private static readonly (string Name, string Head)[] s_files =
    [
        ("curves.csv", $"{Key},batches,seconds,test_loss,accuracy"),
        ("losses.csv", $"{Key},training_losses"),
        ("runs.csv", $"{Key},gradients,test_loss,accuracy,train_loss,rise,diverged,mean_staleness,max_staleness,seconds,seconds_to_target,dropped"),
    ];

    private readonly StreamWriter _curves;
    private readonly StreamWriter _losses;
    private readonly StreamWriter _runs;

    /// <summary>Begins the files anew, or goes on with those that are there.</summary>
    public Csv(string folder, bool goesOn)
    {
        StreamWriter[] writers = [.. s_files.Select(file =>
        {
            string path = Path.Combine(folder, file.Name);
            // What comes after a line that was cut would be lost with it.
            int kept = goesOn && File.Exists(path) ? WholeLines(path).Length : 0;
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            stream.SetLength(kept);
            stream.Seek(0, SeekOrigin.End);
            var writer = new StreamWriter(stream);
            if (kept == 0)
            {
                writer.WriteLine(file.Head);
                writer.Flush();
            }

            return writer;
        })];
        (_curves, _losses, _runs) = (writers[0], writers[1], writers[2]);
    }

    /// <summary>Writes a run. Its line in runs.csv comes last: a run that is there is whole.</summary>
    public void Append(RunResult result)
    {
        var (settings, outcome, schedule) = (result.Settings, result.Outcome, result.Done);
        string key = KeyOf(settings);
        foreach (var point in outcome.Evaluations)
            _curves.WriteLine(Line(key, point.Batches, point.Seconds, point.Loss, point.Accuracy));
        _curves.Flush();
        _losses.WriteLine(Line(key, string.Join(' ', outcome.Points.Select(point => point.Loss.ToString("g7", CultureInfo.InvariantCulture)))));
        _losses.Flush();
        _runs.WriteLine(Line(key, outcome.Points.Count, outcome.FinalLoss, result.Accuracy, result.TailLoss, result.Rise,
            outcome.IsDiverged ? 1 : 0, schedule.MeanStaleness(), schedule.Staleness().DefaultIfEmpty().Max(), schedule.Seconds,
            outcome.SecondsTo(settings.Grid.TargetLoss) ?? double.PositiveInfinity, schedule.Drops.Values.Sum()));
        _runs.Flush();
    }

    public void Dispose()
    {
        _curves.Dispose();
        _losses.Dispose();
        _runs.Dispose();
    }

    /// <summary>
    /// Runs as they were written; those that are not there are left out. Schedules are simulated again, which gives the same ones; weights are not in
    /// the files. Errors: TG1006 files that are missing or damaged, results of other settings, or none of the runs.
    /// </summary>
    /// <param name="study">The experiments.</param>
    /// <param name="folder">Folder of the files.</param>
    /// <param name="mayBeNone">True where a program may have been ended in its first run.</param>
    public static IReadOnlyDictionary<Grid, List<RunResult>> Read(Study study, string folder, bool mayBeNone = false)
    {
        string[] paths = [.. s_files.Select(file => Path.Combine(folder, file.Name))];
        // Another program may be writing: what is in the last file when it is read is in the others afterwards.
        ILookup<string, string[]>[] files = [.. Enumerable.Range(0, paths.Length).Reverse().Select(i => Rows(paths[i], s_files[i].Head, mayBeNone))];
        var (runs, losses, curves) = (files[0], files[1], files[2]);
        var results = study.Grids.ToDictionary(grid => grid, grid => (List<RunResult>)
            [.. grid.Runs().Where(run => runs[KeyOf(run)].Any()).Select(run => Result(run, KeyOf(run)))]);
        return mayBeNone || results.Values.Any(list => list.Count > 0) ? results : throw Bad(folder, "it has none of the runs");

        RunResult Result(RunSettings run, string key)
        {
            string[] row = runs[key].First();
            var schedule = run.Simulate();
            bool isDiverged = row[5] == "1";
            // A run that was broken off in between may have left lines of its first attempt.
            string[] texts = losses[key].LastOrDefault()?[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? throw Lacks(paths[1], key);
            TrainingPoint[] points = [.. texts.Zip(schedule.Staleness()).Select((pair, i) => new TrainingPoint(
                i + 1, 0, Number(paths[1], pair.First), pair.Second, 0))];
            EvaluationPoint[] evaluations = [.. curves[key].Select(cells => Array.ConvertAll(cells, cell => Number(paths[0], cell)))
                .Select(cells => new EvaluationPoint((long)cells[0], cells[1], cells[2], cells[3]))
                .GroupBy(point => point.Batches).Select(group => group.Last())];
            if (evaluations.Length == 0)
                throw Lacks(paths[0], key);
            // The same settings give the same schedule, and losses as far as it was worked off.
            int all = schedule.Staleness().Count();
            RunResult result = new(run, schedule, new(points, evaluations, isDiverged, new([], [])));
            bool isOfSchedule =
                IsNear(Number(paths[2], row[6]), result.Done.MeanStaleness()) && IsNear(Number(paths[2], row[8]), result.Done.Seconds);
            if (!isOfSchedule || points.Length != Number(paths[2], row[0]) || points.Length != texts.Length || (!isDiverged && points.Length != all))
            {
                throw Bad(folder,
                    $"the run '{key}' was another one there: {row[0]} gradients in {row[8]} s in place of {all} in {Line(schedule.Seconds)} s");
            }

            if (evaluations[^1].Batches != points.Length)
                throw Bad(paths[0], $"the run '{key}' ends after {evaluations[^1].Batches} of {points.Length} batches");
            return result;
        }

        static GraphException Lacks(string path, string key) => Bad(path, $"it lacks the run '{key}', which runs.csv has");

        // The last bit of a logarithm may differ from one system to another.
        static bool IsNear(double a, double b) => Math.Abs(a - b) <= 1e-6 * Math.Max(1, Math.Abs(b));
    }

    private static ILookup<string, string[]> Rows(string path, string head, bool mayBeEmpty)
    {
        int count = head.Split(',').Length;
        try
        {
            // Other programs write a mark of the encoding at the start.
            string[] lines = Encoding.UTF8.GetString(WholeLines(path)).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
            if (lines[0] != head && !(mayBeEmpty && lines is [""]))
                throw Bad(path, "its head is another one");
            return lines.Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length == count)
                .ToLookup(cells => string.Join(',', cells[..KeyCells]), cells => cells[KeyCells..]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, fault.Message.TrimEnd('.'));
        }
    }

    // The last line is cut when the program was ended while it wrote. Another program may be writing.
    private static byte[] WholeLines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..(bytes.AsSpan(0, count).LastIndexOf((byte)'\n') + 1)];
    }

    private static string KeyOf(RunSettings settings) => Line(settings.Grid.Name, settings.Workers, settings.Mode, settings.Optimizer, settings.Rate,
        settings.Batch, settings.Decay, settings.Rule, settings.Seed);

    private static double Number(string path, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Bad(path, $"'{text}' is no number");

    private static GraphException Bad(string path, string problem) =>
        new(DiagnosticIds.BadData, $"experiment: '{path}' can't be used: {problem}", "Give the folder of a report of the same experiments.");

    private static string Line(params object[] cells) => string.Join(',', cells.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)));
}
