namespace TensorGraph.Tests;

public sealed class ExporterTests : TemporaryFolder
{
    private static readonly ServingInputReceiver s_receiver = ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"));

    // The loss of each evaluation in turn.
    private (int Exports, List<long> Steps) Best(params (long Step, double Loss)[] evaluations) => Best(new BestExporter(s_receiver, exportsToKeep: null), evaluations);

    private (int Exports, List<long> Steps) Best(BestExporter exporter, params (long Step, double Loss)[] evaluations) =>
        Best(null, exporter, evaluations);

    private (int Exports, List<long> Steps) Best(string? name, BestExporter exporter, params (long Step, double Loss)[] evaluations)
    {
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new ManualTime() });
        if (estimator.LatestCheckpoint is null)
            estimator.Train(Line.Endless, steps: 1);
        List<long> steps = [];
        foreach (var (step, loss) in evaluations)
        {
            Write(step, loss, name);
            var numbers = new Dictionary<string, double> { ["loss"] = loss, ["global_step"] = step };
            if (exporter.Export(estimator, At("m", "export", exporter.Name), new(name, numbers, new Dictionary<string, Tensor>(), step, null), isFinal: false) is not null)
                steps.Add(step);
        }

        return (Directory.Exists(At("m", "export", exporter.Name)) ? Directory.GetDirectories(At("m", "export", exporter.Name)).Length : 0, steps);
    }

    private void Write(long step, double loss, string? name = null)
    {
        using var events = GraphRecorder.TensorBoard(At("m", name is null ? "eval" : $"eval_{name}"));
        events.AddScalar("loss", loss, step);
    }

    [Fact]
    public void First_better_equal_worse_and_better_than_the_best() =>
        Assert.Equal([1L, 2, 6], Best((1, 0.3), (2, 0.2), (3, 0.2), (4, 0.5), (5, 0.3), (6, 0.1)).Steps);

    [Fact]
    public void After_a_restart_the_best_is_known()
    {
        Assert.Equal([1L], Best((1, 0.1)).Steps);
        Assert.Equal([4L], Best((2, 0.3), (3, 0.1), (4, 0.05)).Steps);
        // An evaluation of the same step again is compared with earlier ones only.
        Assert.Equal([4L], Best((4, 0.05)).Steps);
    }

    [Fact]
    public void Evaluations_of_another_name_do_not_count()
    {
        Assert.Equal([1L], Best((1, 0.1)).Steps);
        Assert.Equal([2L, 4], Best("dev", new BestExporter(s_receiver, name: "of_dev"), (2, 0.4), (3, 0.5), (4, 0.3)).Steps);
    }

    [Fact]
    public void When_nothing_was_exported_yet_it_exports()
    {
        Write(1, 0.01);
        Assert.Equal([2L], Best((2, 0.5), (3, 0.5)).Steps);
    }

    [Fact]
    public void What_is_no_number_is_never_exported_and_anything_is_better()
    {
        Assert.Equal([2L], Best((1, double.NaN), (2, 0.5), (3, double.NaN), (4, 0.6)).Steps);
        var larger = BestExporter.Larger("accuracy");
        Assert.True(larger(Numbers(double.NaN), Numbers(0)));
        Assert.False(larger(Numbers(0), Numbers(double.NaN)));
        Assert.True(larger(Numbers(0.1), Numbers(0.2)));
        Expect.Error(DiagnosticIds.EstimatorMisused, () => BestExporter.Smaller("no")(Numbers(1), Numbers(1)), "have no 'no'");

        static Dictionary<string, double> Numbers(double value) => new() { ["accuracy"] = value };
    }

    [Fact]
    public void Old_exports_are_deleted_and_nothing_else()
    {
        Directory.CreateDirectory(At("m", "export", "best_exporter", "other"));
        Directory.CreateDirectory(At("m", "export", "best_exporter", "12345"));
        Assert.Equal(4, Best(new BestExporter(s_receiver, exportsToKeep: 2), (1, 0.5), (2, 0.4), (3, 0.3), (4, 0.2)).Exports);
        Assert.True(Directory.Exists(At("m", "export", "best_exporter", "other")));
        Assert.True(Directory.Exists(At("m", "export", "best_exporter", "12345")));
    }

    [Fact]
    public void Damaged_and_empty_event_files_count_up_to_the_damage()
    {
        Write(1, 0.1);
        File.WriteAllBytes(At("m", "eval", "events.out.tfevents.1.empty"), []);
        string file = Directory.GetFiles(At("m", "eval"), "*tensorgraph*").Single();
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(At("m", "eval", "events.out.tfevents.2.cut"), bytes[..^5]);
        File.WriteAllBytes(At("m", "eval", "events.out.tfevents.3.noise"), [.. Enumerable.Range(0, 200).Select(i => (byte)(i * 37))]);
        Assert.Equal(0.1, EventFile.ReadFolder(At("m", "eval"))[1]["loss"], 1e-7);
        Assert.Empty(EventFile.ReadFolder(At("none")));
    }
}
