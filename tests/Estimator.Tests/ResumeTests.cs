namespace TensorGraph.Tests;

/// <summary>A run that was killed and goes on gives the bits of one that was not.</summary>
public sealed class ResumeTests : TemporaryFolder
{
    // Step 20 is before the first checkpoint but that of the start.
    [Theory]
    [InlineData("20", 0)]
    [InlineData("117", 100)]
    public void A_killed_training_that_is_resumed_ends_with_the_same_bits(string killed, long saved)
    {
        Assert.Equal((0, "300"), Run(At("straight"), "300"));
        var (code, _) = Run(At("killed"), "300", killed);
        Assert.NotEqual(0, code);
        Assert.Equal(saved, Checkpoint.StepOf(Checkpoint.Latest(At("killed"))!));
        Assert.Equal((0, "300"), Run(At("killed"), "300"));
        var (straight, resumed) = (WeightFile.Load(Checkpoint.Latest(At("straight"))!), WeightFile.Load(Checkpoint.Latest(At("killed"))!));
        Assert.Equal(straight.Keys, resumed.Keys);
        Assert.Contains("optimizer/adam/hidden.kernel/m", straight.Keys);
        Assert.All(straight.Keys, name => Assert.Equal(straight[name].ToLiteral(), resumed[name].ToLiteral()));
        Assert.Equal(WeightFile.Metadata(Checkpoint.Latest(At("straight"))!), WeightFile.Metadata(Checkpoint.Latest(At("killed"))!));
    }

    [Fact]
    public void A_damaged_checkpoint_is_skipped_for_the_one_before_it()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 20);
        string newest = Checkpoint.Latest(At("m"))!;
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[^1] ^= 1;
        File.WriteAllBytes(newest, bytes);
        var warnings = new StringWriter();
        using var scope = (TensorGraphOptions.Current with { Warnings = warnings }).Use();
        var estimator = new Line().Estimator(At("m"));
        Assert.Equal(10, estimator.Evaluate(() => Line.Batches()).GlobalStep);
        Assert.Contains(Path.GetFileName(newest), warnings.ToString(), StringComparison.Ordinal);
        Assert.Equal(15, estimator.Train(Line.Endless, steps: 5).GlobalStep);
        Assert.Equal(16, estimator.Train(Line.Endless, steps: 1).GlobalStep);
    }

    [Fact]
    public void When_all_are_damaged_it_says_so()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        foreach (string file in Directory.GetFiles(At("m"), "step-*"))
            File.WriteAllText(file, "damaged");
        Expect.Error(DiagnosticIds.BadData, () => new Line().Estimator(At("m")).Train(Line.Endless, steps: 1), "all 2 files");
    }

    [Fact]
    public void A_checkpoint_of_another_model_does_not_fit()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        var dense = new Dense(3, 3);
        var other = new Estimator<Tensor, Tensor>((x, _, mode) => new(mode, predictions: dense.Call(x)), At("m"), Line.Quiet);
        Expect.Error(DiagnosticIds.WeightsDoNotFit, () => _ = other.Predict(() => [Line.X]).First(), "dense.kernel");
    }

    [Fact]
    public async Task A_program_can_wait_for_the_next_checkpoint()
    {
        var time = new ManualTime();
        Assert.Null(await Checkpoint.WaitAsync(At("m"), timeout: TimeSpan.Zero, time: time));
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        string first = (await Checkpoint.WaitAsync(At("m")))!;
        Assert.Equal(1, Checkpoint.StepOf(first));
        Assert.Null(await Checkpoint.WaitAsync(At("m"), first, TimeSpan.Zero));
        var wait = Checkpoint.WaitAsync(At("m"), first);
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        Assert.Equal(2, Checkpoint.StepOf((await wait)!));
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "EstimatorProgram.dll");
        var environment = new Dictionary<string, string> { ["TENSORGRAPH_DEVICE"] = Device.Default.Name, ["DOTNET_DbgEnableMiniDump"] = "0" };
        var run = CommandResult.Run("dotnet", [program, .. arguments], AppContext.BaseDirectory, environment, timeoutSeconds: 300);
        return (run.ExitCode, run.Output.Trim());
    }
}
