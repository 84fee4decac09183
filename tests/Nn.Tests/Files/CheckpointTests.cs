namespace TensorGraph.Tests.Files;

/// <summary>A run that goes on from a checkpoint gives the bits of one that was not interrupted.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-checkpoint-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A model with everything that has state: dropout, moving averages, an optimiser with slots and a schedule, shuffled data.</summary>
    private sealed class Run
    {
        private readonly RandomGenerator _random = new(1);

        public Run(string folder)
        {
            var model = new Sequential(new Dense(6, 8, Ops.Relu, random: _random), new BatchNorm(8), new Dropout(0.4, _random), new Dense(8, 3, random: _random));
            Trainer = new(model, Loss.SparseSoftmaxCrossEntropy, new Adam(0.01) { Schedule = Schedules.Cosine(40), AccumulationSteps = 2 }, new Accuracy());
            Checkpoint = new(folder, model, Trainer.Optimizer, _random, keep: 2);
        }

        public Trainer Trainer { get; }

        public Checkpoint Checkpoint { get; }

        public static Dataset<(Tensor, Tensor)> Data()
        {
            var random = new RandomGenerator(7);
            Tensor labels = Enumerable.Range(0, 50).Select(i => i % 3).ToArray();
            return Dataset.FromTensorSlices((random.Normal(new Shape(50, 6)), labels)).Shuffle(50, seed: 4).Batch(8);
        }

        public float[] Weights => [.. Trainer.Model.Variables.SelectMany(variable => variable.Value.ToArray<float>())];
    }

    /// <summary>Counts steps and ends the process, as it were, in the middle of an epoch.</summary>
    private sealed class Interrupt(long step) : Callback
    {
        public override void OnStep(Trainer trainer, Tensor loss)
        {
            if (trainer.Step == step)
                throw new OperationCanceledException();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_that_goes_on_gives_the_same_bits(bool imperatively)
    {
        using var mode = imperatively ? new TensorGraphOptions { RunImperatively = true }.Use() : null;
        var whole = new Run(Path.Combine(_folder, "whole"));
        var log = whole.Trainer.Fit(Run.Data(), epochs: 4, progress: TextWriter.Null);

        // 7 batches an epoch: a checkpoint after 5 and 10 steps, the run ends at 12, in the second epoch.
        var first = new Run(Path.Combine(_folder, "parts"));
        Assert.Throws<OperationCanceledException>(() => first.Trainer.Fit(
            Run.Data(), epochs: 4, progress: TextWriter.Null, callbacks: [new SaveCheckpoints(first.Checkpoint, steps: 5), new Interrupt(12)]));

        var second = new Run(Path.Combine(_folder, "parts"));
        var restored = second.Checkpoint.Restore()!;
        Assert.Equal(10, restored.Step);
        Assert.Empty(restored.Damaged);
        second.Trainer.Step = restored.Step;
        var rest = second.Trainer.Fit(Run.Data(), epochs: 3, from: restored.Position, progress: TextWriter.Null);
        Assert.Equal(whole.Trainer.Step, second.Trainer.Step);
        Assert.Equal(whole.Weights, second.Weights);
        Assert.Equal(log[^1].Numbers, rest[^1].Numbers);
    }

    [Fact]
    public void A_run_goes_on_from_the_end_of_an_epoch_with_the_next_one()
    {
        var whole = new Run(Path.Combine(_folder, "whole"));
        var log = whole.Trainer.Fit(Run.Data(), epochs: 3, progress: TextWriter.Null);
        // After an epoch, and after its last step.
        foreach (int? steps in new int?[] { null, 7 })
        {
            string folder = Path.Combine(_folder, $"parts {steps}");
            var first = new Run(folder);
            first.Trainer.Fit(Run.Data(), epochs: 1, progress: TextWriter.Null, callbacks: [new SaveCheckpoints(first.Checkpoint, steps)]);
            var second = new Run(folder);
            var restored = second.Checkpoint.Restore()!;
            second.Trainer.Step = restored.Step;
            var rest = second.Trainer.Fit(Run.Data(), epochs: 2, from: restored.Position, progress: TextWriter.Null);
            Assert.Equal(whole.Weights, second.Weights);
            Assert.Equal(log.Skip(1).Select(each => each.Numbers), rest.Select(each => each.Numbers));
        }

        Expect.Error(DiagnosticIds.OutOfRange, () => whole.Trainer.Fit([], from: whole.Trainer.Position), "the data is");
    }

    [Fact]
    public void A_new_file_stays_beside_those_of_later_steps()
    {
        var run = new Run(_folder);
        foreach (long step in new[] { 20, 30, 10 })
            Assert.True(File.Exists(run.Checkpoint.Save(step)));
        Assert.Equal(["step-000000000030.safetensors", "step-000000000010.safetensors"], run.Checkpoint.Files.Select(Path.GetFileName));
    }

    [Fact]
    public void Generators_of_modules_are_saved_too()
    {
        var dropout = new Dropout(0.5, new RandomGenerator(3));
        var checkpoint = new Checkpoint(_folder, new Sequential(dropout, new Dropout(0.5)));
        dropout.Call(Ops.Ones(8), training: true);
        checkpoint.Save(1);
        float[] Next() => dropout.Call(Ops.Ones(40), training: true).ToArray<float>();
        float[] next = Next();
        Assert.NotEqual(next, Next());
        checkpoint.Restore();
        Assert.Equal(next, Next());
    }

    [Fact]
    public void Old_files_go_and_a_damaged_one_is_skipped_with_a_warning()
    {
        var run = new Run(_folder);
        foreach (long step in new[] { 1, 2, 30 })
            run.Checkpoint.Save(step);
        Assert.Equal(["step-000000000030.safetensors", "step-000000000002.safetensors"], run.Checkpoint.Files.Select(Path.GetFileName));
        byte[] bytes = File.ReadAllBytes(run.Checkpoint.Files[0]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(run.Checkpoint.Files[0], bytes);
        using var warnings = new StringWriter();
        using (new TensorGraphOptions { Warnings = warnings }.Use())
        {
            var restored = new Run(_folder).Checkpoint.Restore()!;
            Assert.Equal(2, restored.Step);
            Assert.Equal([run.Checkpoint.Files[0]], restored.Damaged);
        }

        Assert.Contains("checksum", warnings.ToString(), StringComparison.Ordinal);
        File.WriteAllText(run.Checkpoint.Files[1], "nothing");
        using (new TensorGraphOptions { Warnings = TextWriter.Null }.Use())
            Expect.ErrorHere(DiagnosticIds.BadData, () => run.Checkpoint.Restore(), ["all 2 files"]);
        Assert.Null(new Run(Path.Combine(_folder, "empty")).Checkpoint.Restore());
    }

    [Fact]
    public void A_file_that_is_gone_when_it_is_read_is_not_damaged()
    {
        var checkpoint = new Checkpoint(_folder, new Dense(2, 2), keep: 1);
        checkpoint.Save(1);
        var damaged = new List<string>();
        var read = new List<string>();
        string? newest = Checkpoint.NewestWhole(_folder, path =>
        {
            read.Add(path);
            // A training writes the next one, and keeps one.
            if (read.Count == 1)
                checkpoint.Save(2);
            return File.Exists(path) ? path : throw new GraphException(DiagnosticIds.BadData, "gone", "", Ir.SourceSpan.Capture());
        }, damaged);
        Assert.Equal([1, 2], read.Select(Checkpoint.StepOf));
        Assert.Equal(2, Checkpoint.StepOf(newest!));
        Assert.Empty(damaged);
    }

    [Fact]
    public void A_file_whose_name_is_of_another_step_is_not_taken()
    {
        var checkpoint = new Checkpoint(_folder, new Dense(2, 2));
        string first = checkpoint.Save(1);
        File.Copy(first, first.Replace("1.", "2.", StringComparison.Ordinal));
        using var quiet = new TensorGraphOptions { Warnings = TextWriter.Null }.Use();
        var restored = checkpoint.Restore()!;
        Assert.Equal((1, 1), (restored.Step, restored.Damaged.Count));
    }

    [Fact]
    public void A_damaged_step_or_place_in_the_data_is_found()
    {
        using var elements = Dataset.Range(9).GetEnumerator();
        elements.MoveNext();
        var checkpoint = new Checkpoint(_folder, new Dense(2, 2));
        string path = checkpoint.Save(1234, elements.Position), place = elements.Position.ToString();
        byte[] whole = File.ReadAllBytes(path);
        Assert.Equal(1234, checkpoint.Restore()!.Step);
        foreach (string part in new[] { "\"1234\"", System.Text.Json.JsonSerializer.Serialize(place) })
        {
            byte[] bytes = [.. whole];
            int at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(part));
            Assert.True(at > 0);
            int digit = Array.FindIndex(bytes, at, value => value is >= (byte)'0' and <= (byte)'8');
            bytes[digit]++;
            File.WriteAllBytes(path, bytes);
            using (new TensorGraphOptions { Warnings = TextWriter.Null }.Use())
                Expect.ErrorHere(DiagnosticIds.BadData, () => checkpoint.Restore(), ["checksum"]);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_model_does_not_fit()
    {
        new Checkpoint(_folder, new Dense(2, 2)).Save(1);
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => new Checkpoint(_folder, new Dense(2, 3)).Restore(), ["'model/kernel'"]);
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => new Checkpoint(_folder, new Dense(2, 2), new Adam()).Restore(), ["'optimizer/kernel/m' is not in the file"]);
    }
}
