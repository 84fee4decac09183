namespace TensorGraph.Tests;

/// <summary>The files of a folder as calls find them: other names, relative paths, damage, links.</summary>
public sealed class FoldersTests : TemporaryFolder
{
    private static RunConfig Unsaved => new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null };

    private string Foreign(int steps = 20, string folder = "other")
    {
        new Line().Estimator(At(folder)).Train(Line.Endless, steps: steps);
        return Checkpoint.Latest(At(folder))!;
    }

    private static float[] Kernel(Line line) => Floats.Of(line.Dense.Variables[0]);

    [Fact]
    public void A_file_of_another_name_in_the_folder_is_of_its_call_only()
    {
        Directory.CreateDirectory(At("m"));
        File.Copy(Foreign(), At("m", "best.safetensors"));
        var line = new Line();
        float[] begins = Kernel(line);
        var estimator = line.Estimator(At("m"));
        Assert.Equal(20, estimator.Evaluate(() => Line.Batches(), checkpointPath: At("m", "best.safetensors")).GlobalStep);
        Assert.Equal(0, estimator.Evaluate(() => Line.Batches()).GlobalStep);
        Assert.Equal(begins, Kernel(line));
        estimator.Evaluate(() => Line.Batches(), checkpointPath: At("m", "best.safetensors"));
        Assert.Equal(5, estimator.Train(Line.Endless, steps: 5).GlobalStep);
        Assert.Equal(5, Checkpoint.StepOf(estimator.LatestCheckpoint!));
    }

    [Fact]
    public void The_model_as_it_begins_is_that_before_each_call()
    {
        string foreign = Foreign();
        var line = new Line();
        var estimator = line.Estimator(At("m"));
        estimator.Evaluate(() => Line.Batches(), checkpointPath: foreign);
        estimator.Evaluate(() => Line.Batches());
        line.Dense.Variables[0].Assign(Tensor.From([2.5f]).Reshape(1, 1));
        estimator.Evaluate(() => Line.Batches(), checkpointPath: foreign);
        estimator.Evaluate(() => Line.Batches());
        Assert.Equal([2.5f], Kernel(line));

        // A warm start is done once.
        var warm = new Line();
        estimator = warm.Estimator(At("warm"), warmStart: Foreign(5, "pretrained"));
        estimator.Evaluate(() => Line.Batches(), checkpointPath: foreign);
        estimator.Evaluate(() => Line.Batches());
        float[] wanted = Kernel(warm);
        Directory.Delete(At("pretrained"), recursive: true);
        estimator.Evaluate(() => Line.Batches(), checkpointPath: foreign);
        estimator.Evaluate(() => Line.Batches());
        Assert.Equal(wanted, Kernel(warm));
    }

    [Fact]
    public void A_newer_file_that_is_damaged_leaves_what_was_trained()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        var line = new Line();
        var estimator = line.Estimator(At("m"), Unsaved).Train(Line.Endless, steps: 7);
        float[] trained = Kernel(line);
        var warnings = new StringWriter();
        using var scope = (TensorGraphOptions.Current with { Warnings = warnings }).Use();
        File.WriteAllText(At("m", "step-000000000100.safetensors"), "damaged");
        Assert.Equal(17, estimator.Evaluate(() => Line.Batches()).GlobalStep);
        Assert.Equal(trained, Kernel(line));
        Assert.Matches("step-000000000100.*What was trained is kept", warnings.ToString());

        // Also where there is no other file; and one that is whole is taken.
        var alone = new Line().Estimator(At("alone"), Unsaved).Train(Line.Endless, steps: 7);
        File.WriteAllText(At("alone", "step-000000000100.safetensors"), "damaged");
        Assert.Equal(7, alone.Evaluate(() => Line.Batches()).GlobalStep);
        File.Copy(Foreign(), At("alone", "step-000000000020.safetensors"));
        Assert.Equal(20, alone.Evaluate(() => Line.Batches()).GlobalStep);
    }

    [Fact]
    public void A_file_that_could_not_be_opened_is_read_later()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 20);
        string latest = estimator.LatestCheckpoint!;
        estimator = new Line().Estimator(At("m"));
        using var quiet = (TensorGraphOptions.Current with { Warnings = TextWriter.Null }).Use();
        using (new FileStream(latest, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.Equal(10, estimator.Evaluate(() => Line.Batches()).GlobalStep);
        Assert.Equal(20, estimator.Evaluate(() => Line.Batches()).GlobalStep);
    }

    [Fact]
    public void A_file_that_was_damaged_is_whole_again_when_a_call_has_read_it()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 20);
        string latest = Checkpoint.Latest(At("m"))!;
        byte[] whole = File.ReadAllBytes(latest);
        var written = File.GetLastWriteTimeUtc(latest);
        var estimator = new Line().Estimator(At("m"));
        using var quiet = (TensorGraphOptions.Current with { Warnings = TextWriter.Null }).Use();
        Put([.. whole[..^1], (byte)(whole[^1] ^ 1)]);
        Assert.Equal(10, estimator.Evaluate(() => Line.Batches()).GlobalStep);
        Put(whole);
        Assert.Equal(20, estimator.Evaluate(() => Line.Batches(), checkpointPath: latest).GlobalStep);
        estimator.Evaluate(() => Line.Batches(), checkpointPath: At("m", "step-000000000010.safetensors"));
        Assert.Equal(20, estimator.Evaluate(() => Line.Batches()).GlobalStep);

        void Put(byte[] bytes)
        {
            File.WriteAllBytes(latest, bytes);
            File.SetLastWriteTimeUtc(latest, written);
        }
    }

    [Fact]
    public void A_link_is_read_again_when_its_file_is_written_anew()
    {
        string target = At("target.safetensors"), link = At("link.safetensors");
        File.Copy(Foreign(10, "first"), target);
        File.CreateSymbolicLink(link, target);
        Directory.CreateDirectory(At("m"));
        File.CreateSymbolicLink(At("m", "step-000000000010.safetensors"), target);
        var own = new Line();
        var ofFolder = own.Estimator(At("m"));
        var estimator = new Line().Estimator(At("n"));
        ofFolder.Evaluate(() => Line.Batches());
        estimator.Evaluate(() => Line.Batches(), checkpointPath: link);
        // Another training of as many steps.
        string second = Foreign(10, "second");
        File.Copy(second, target, overwrite: true);
        File.SetLastWriteTimeUtc(target, DateTime.UtcNow.AddSeconds(10));
        float[] wanted = Floats.Of(WeightFile.Load(second)["model/dense.kernel"]);
        ofFolder.Evaluate(() => Line.Batches());
        Assert.Equal(wanted, Kernel(own));
        Assert.Equal(
            new Line().Estimator(At("fresh")).Evaluate(() => Line.Batches(), checkpointPath: second).Loss,
            estimator.Evaluate(() => Line.Batches(), checkpointPath: link).Loss);

        // Curves too.
        using (var events = GraphRecorder.TensorBoard(At("events")))
        {
            Directory.CreateDirectory(At("eval"));
            File.CreateSymbolicLink(At("eval", "events.out.tfevents.1"), events.Path);
            var curves = new EventFolder(At("eval"));
            events.AddScalar("loss", 1, 1);
            events.Flush();
            Assert.Single(curves.Read());
            events.AddScalar("loss", 2, 2);
            events.Flush();
            Assert.Equal(2, curves.Read().Count);
        }

        // One that leads nowhere is no file.
        File.Delete(target);
        Assert.False(FileStamp.Of(link).IsThere);
    }

    [Fact]
    public void A_file_may_be_given_by_its_full_path_where_the_folder_is_relative()
    {
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), At("m"));
        new Line().Estimator(relative, Line.Quiet with { KeepCheckpointMax = 1 }).Train(Line.Endless, steps: 10);
        var estimator = new Line().Estimator(relative, Unsaved with { KeepCheckpointMax = 1 }).Train(Line.Endless, steps: 3);
        Assert.Equal(10, estimator.Evaluate(() => Line.Batches(), checkpointPath: Checkpoint.Latest(At("m"))).GlobalStep);

        // Within a training it is the one that was just written.
        int asked = 0;
        var asks = new Recorder([]) { OnRun = context => { if (context.GlobalStep == 20) Asks(); } };
        estimator = new Line().Estimator(Path.GetRelativePath(Directory.GetCurrentDirectory(), At("t")));
        estimator.Train(Line.Endless, steps: 20, hooks: [asks]);
        Assert.Equal(1, asked);

        void Asks()
        {
            estimator.Evaluate(() => Line.Batches(), checkpointPath: Path.GetFullPath(estimator.LatestCheckpoint!));
            asked++;
        }
    }
}
