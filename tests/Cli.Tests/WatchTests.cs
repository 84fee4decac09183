namespace TensorGraph.Tests;

/// <summary>Output of <c>watch</c> and <c>tensorboard</c> for a recording.</summary>
public sealed class WatchTests(RecordedModel model) : IClassFixture<RecordedModel>
{
    [Fact]
    public void A_program_that_ended_gives_one_line_with_its_sums()
    {
        string line = Assert.Single(Tool.Run("watch", model.Folder).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"^ +\d+\.\d s +[\d,]+ calls/s  \d traces, 1 retraces, \d warnings  queue \d+  .* ended$", line);
        Assert.Equal(6, Tool.Json("watch", model.Folder).GetProperty("calls").GetInt32());
    }

    [Fact]
    public void A_program_that_runs_gives_as_many_lines_as_are_asked_for()
    {
        string folder = Directory.CreateTempSubdirectory("tensorgraph-watch-").FullName;
        using (var recorder = GraphRecorder.Start(folder))
        {
            new RecordedModel.Model().Scale(Ops.Ones(2), 7);
            GraphFunctions.Synchronize();
            recorder.Flush();
            string[] lines = Tool.Run("watch", folder, "--lines", "2", "--interval", "0.05").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, lines.Length);
            Assert.All(lines, line => Assert.EndsWith("Model.Scale(x: f32[2], factor: 7)", line, StringComparison.Ordinal));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Each_function_gets_an_event_file_for_TensorBoard()
    {
        string folder = Directory.CreateTempSubdirectory("tensorgraph-board-").FullName;
        Assert.Contains("tensorboard --logdir", Tool.Run("tensorboard", model.Folder, "-o", folder), StringComparison.Ordinal);
        string[] files = Directory.GetFiles(folder, "events.out.tfevents.*", SearchOption.AllDirectories);
        Assert.Equal(3, files.Length);
        Assert.All(files, file => Assert.Contains("brain.Event:2", File.ReadAllText(file), StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }
}
