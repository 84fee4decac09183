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
    public void A_loss_that_is_no_number_is_no_best_evaluation()
    {
        // By another number, the one of step 1 would be best.
        Write(1, double.NaN);
        using (var events = GraphRecorder.TensorBoard(At("m", "eval")))
            events.AddScalar("global_step", -5, 1);
        var exporter = new BestExporter(s_receiver, (best, current) => current["global_step"] < best["global_step"]);
        Assert.Equal([2L], Best(exporter, (2, 0.5)).Steps);
        using (var events = GraphRecorder.TensorBoard(At("m", "eval")))
            events.AddScalar("global_step", 7, 2);
        Assert.Equal([3L], Best(exporter, (3, 0.5)).Steps);
    }

    [Fact]
    public void Evaluations_of_a_time_before_a_metric_was_added_do_not_count()
    {
        Write(1, 0.1);
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        var exporter = new BestExporter(s_receiver, BestExporter.Smaller("fresh"));
        Assert.NotNull(Export(2, 0.5));
        Assert.Null(Export(3, 0.6));
        Assert.NotNull(Export(4, 0.4));
        var without = new EvaluationResult(null, new Dictionary<string, double> { ["loss"] = 1 }, new Dictionary<string, Tensor>(), 5, null);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => exporter.Export(estimator, At("m", "export", "fresh"), without, false), "have no 'fresh'");

        string? Export(long step, double fresh)
        {
            Write(step, 1);
            using (var events = GraphRecorder.TensorBoard(At("m", "eval")))
                events.AddScalar("fresh", fresh, step);
            var numbers = new Dictionary<string, double> { ["loss"] = 1, ["fresh"] = fresh, ["global_step"] = step };
            return exporter.Export(estimator, At("m", "export", "fresh"), new(null, numbers, new Dictionary<string, Tensor>(), step, null), isFinal: false);
        }
    }

    [Fact]
    public void A_training_that_has_ended_and_is_started_again_exports_nothing_twice()
    {
        var exporter = new BestExporter(s_receiver, exportsToKeep: 2);
        for (int start = 0; start < 4; start++)
            new Line().Estimator(At("t")).TrainAndEvaluate(new(Line.Endless, maxSteps: 20), new(() => Line.Batches(), exporters: [exporter]));
        var exports = Directory.GetDirectories(At("t", "export", "best_exporter")).Select(path => Floats.Of(SavedModel.Load(path).Variables["dense.kernel"].Value)[0]);
        Assert.Equal(2, exports.Distinct().Count());
    }

    [Fact]
    public void Exporters_of_the_latest_and_the_final_model_export_nothing_twice_either()
    {
        int[] exports = [.. Enumerable.Range(0, 3).Select(_ => new Line().Estimator(At("t")).TrainAndEvaluate(
            new(Line.Endless, maxSteps: 20),
            new(() => Line.Batches(), exporters: [new LatestExporter("latest", s_receiver), new FinalExporter("final", s_receiver)])).Exports.Count)];
        Assert.Equal([2, 0, 0], exports);
        Assert.Single(Directory.GetDirectories(At("t", "export", "final")));
        Assert.Equal(2, Directory.GetDirectories(At("t", "export", "latest")).Length);
        // A training that goes on has another model.
        var result = new Line().Estimator(At("t")).TrainAndEvaluate(new(Line.Endless, maxSteps: 21), new(() => Line.Batches(), exporters: [new FinalExporter("final", s_receiver)]));
        Assert.Single(result.Exports);
    }

    [Fact]
    public void A_comparison_of_the_users_own_gets_no_evaluations_without_its_metric()
    {
        Write(1, 0.1);
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        var exporter = new BestExporter(s_receiver, (best, current) => current["fresh"] < best["fresh"]);
        Assert.True(Exports(2, 0.5));
        Assert.False(Exports(3, 0.6));
        Assert.True(Exports(4, 0.4));

        bool Exports(long step, double fresh)
        {
            Write(step, 1);
            using (var events = GraphRecorder.TensorBoard(At("m", "eval")))
                events.AddScalar("fresh", fresh, step);
            var numbers = new Dictionary<string, double> { ["loss"] = 1, ["fresh"] = fresh, ["global_step"] = step };
            return exporter.Export(estimator, At("m", "export", "fresh"), new(null, numbers, new Dictionary<string, Tensor>(), step, null), isFinal: false) is not null;
        }
    }

    [Fact]
    public void First_better_equal_worse_and_better_than_the_best() =>
        Assert.Equal([1L, 2, 6], Best((1, 0.3), (2, 0.2), (3, 0.2), (4, 0.5), (5, 0.3), (6, 0.1)).Steps);

    [Fact]
    public void After_a_restart_the_best_is_known()
    {
        Assert.Equal([1L], Best((1, 0.1)).Steps);
        Assert.Equal([4L], Best((2, 0.3), (3, 0.1), (4, 0.05)).Steps);
        // An evaluation of the same step again is compared with earlier ones only, and exported once.
        Assert.Empty(Best((4, 0.05)).Steps);
        Assert.Equal([4L], Best((4, 0.06)).Steps);
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
        Assert.Equal(0.1, new EventFolder(At("m", "eval")).Read()[1]["loss"], 1e-7);
        Assert.Empty(new EventFolder(At("none")).Read());
    }
}
