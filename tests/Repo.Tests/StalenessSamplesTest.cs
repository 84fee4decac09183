using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>The samples about staleness, which need ScottPlot, Orleans and MPI; <c>.ci/run</c> restores them.</summary>
[Trait("Category", "Long")]
public sealed class StalenessSamplesTest
{
    private static readonly HashSet<string> s_built = [];

    [RestoredFact("scottplot", "samples/Staleness")]
    public void Experiments_become_tables_pictures_and_a_page()
    {
        string folder = Directory.CreateTempSubdirectory("tensorgraph-staleness-").FullName, file = Path.Combine(folder, "experiment.json"), report = Path.Combine(folder, "report");
        File.WriteAllText(file, """
            { "name": "<&>", "grids": [ { "name": "small", "title": "[red]&", "workers": [2], "modes": ["sequential", "delayed:1"], "rates": [0.02, 0.1], "seeds": [1, 2], "gradients": 24, "evaluate_every": 6,
              "plots": ["curves", "time", "histogram", "heatmap", "best"] } ] }
            """);
        var run = Sample("samples/Staleness", "run", file, "--out", report, "--trace");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("[red]&", run.Output, StringComparison.Ordinal);
        // A head and 2 modes × 2 rates × 2 seeds; 4 evaluations each.
        Assert.Equal(9, File.ReadAllLines(Path.Combine(report, "runs.csv")).Length);
        Assert.Equal(33, File.ReadAllLines(Path.Combine(report, "curves.csv")).Length);
        Assert.Equal(6, Directory.GetFiles(report, "*.png").Length);
        Assert.Equal(6, File.ReadAllText(Path.Combine(report, "report.html")).Split("<img ").Length - 1);
        Assert.Equal(2, Directory.GetFiles(report, "*.trace.json").Length);

        // Ended in the middle of a line: the rest is computed, what is there is not.
        string runs = Path.Combine(report, "runs.csv");
        string[] lines = File.ReadAllLines(runs);
        File.WriteAllText(runs, string.Join('\n', lines[..^2]) + "\n" + lines[^2][..20]);
        run = Sample("samples/Staleness", file, "--out", report, "--resume");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("48 gradients", run.Output, StringComparison.Ordinal);
        Assert.Equal(lines, File.ReadAllLines(runs));
        // The report's folder has its experiments.
        run = Sample("samples/Staleness", "--from", report, "--out", Path.Combine(folder, "again"));
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(6, Directory.GetFiles(Path.Combine(folder, "again"), "*.png").Length);
        run = Sample("samples/Staleness", "--data", "nope");
        Assert.Contains("cifar10:FOLDER", run.Output, StringComparison.Ordinal);
        File.WriteAllText(file, """{ "grids": [ { "gradients": 5 } ] }""");
        run = Sample("samples/Staleness", file, "--out", report, "--resume");
        Assert.Contains("TG1006", run.Output, StringComparison.Ordinal);
        Assert.Equal(lines, File.ReadAllLines(runs));
        Directory.Delete(folder, recursive: true);
    }

    [RestoredFact("scottplot", "samples/Staleness")]
    public void Experiments_that_can_not_run_are_refused_before_anything_runs()
    {
        string file = Path.GetTempFileName();
        foreach (string[] wrong in new[]
        {
            ["TG2004", """{ "modes": ["asynchron"] }"""],
            ["TG2004", """{ "workers": [2, 3], "modes": ["asynchronous", "backup:2"] }"""],
            ["TG2004", """{ "modes": ["parameters:0.5"], "rules": ["rate"] }"""],
            ["TG2004", """{ "rules": ["momentum"] }"""],
            ["TG2004", """{ "batches": [100000] }"""],
            ["TG2004", """{ "workers": [0] }"""],
            ["TG2004", """{ "plots": ["pie"] }"""],
            ["TG1006", """{ "modes": null }"""],
            new[] { "TG1006", """{ "rules": [null] }""" },
        })
        {
            File.WriteAllText(file, $$"""{ "grids": [ {{wrong[1]}} ] }""");
            var run = Sample("samples/Staleness", file, "--out", file + ".report");
            Assert.True(run.ExitCode == 1 && run.Output.Contains(wrong[0], StringComparison.Ordinal), $"{wrong[1]}: {run.Output}");
        }

        File.Delete(file);
    }

    [RestoredFact("microsoft.orleans.server", "samples/StalenessOrleans")]
    public void What_a_cluster_can_not_do_is_refused()
    {
        foreach (string[] options in new string[][] { ["--kill", "server", "--shards", "2"], ["--mode", "parameters:0.5"], ["--mode", "synchronous", "--shards", "2"] })
        {
            var run = Sample("samples/StalenessOrleans", options);
            Assert.True(run.ExitCode == 1 && run.Output.Contains("TG2004", StringComparison.Ordinal), run.Output);
        }
    }

    [RestoredFact("microsoft.orleans.server", "samples/StalenessOrleans")]
    public void A_run_in_a_cluster_is_replayed_to_the_same_bits_and_simulated_with_its_times()
    {
        using var figures = Cluster("--mode", "asynchronous", "--gradients", "80");
        var root = figures.RootElement;
        Assert.True(root.GetProperty("is_same_when_replayed").GetBoolean());
        Assert.Equal(80, root.GetProperty("updates").GetInt32());
        double staleness = root.GetProperty("mean_staleness").GetDouble();
        Assert.InRange(staleness, 1, 3);
        Assert.Equal(staleness, root.GetProperty("simulated_mean_staleness").GetDouble(), 0.5);
        // The same distribution, but for what chance does to 80 gradients; and a loss that a run with another seed might have.
        Assert.InRange(root.GetProperty("histograms_apart").GetDouble(), 0, 0.35);
        double mean = root.GetProperty("simulated_test_loss_mean").GetDouble(), spread = root.GetProperty("simulated_test_loss_spread").GetDouble();
        Assert.InRange(root.GetProperty("test_loss").GetDouble(), mean - (1.5 * spread), mean + (1.5 * spread));
    }

    [RestoredFact("microsoft.orleans.server", "samples/StalenessOrleans")]
    public void Gradients_that_wait_in_the_queue_at_the_end_are_dropped_once()
    {
        // Several leave the queue in one tick, and the first of them is the last wanted one.
        using var figures = Cluster("--mode", "delayed:0.2", "--workers", "4", "--shards", "2", "--gradients", "40");
        Assert.True(figures.RootElement.GetProperty("is_same_when_replayed").GetBoolean());
        Assert.Equal(40, figures.RootElement.GetProperty("updates").GetInt32());
    }

    [RestoredFact("microsoft.orleans.server", "samples/StalenessOrleans")]
    public void A_killed_silo_of_workers_costs_their_gradients_and_nothing_else()
    {
        using var figures = Cluster("--kill", "worker", "--workers", "4", "--gradients", "80");
        var root = figures.RootElement;
        Assert.True(root.GetProperty("is_same_when_replayed").GetBoolean());
        Assert.Equal(80, root.GetProperty("updates").GetInt32());
        // Two of the four workers were on it.
        Assert.InRange(root.GetProperty("dropped").TryGetProperty("WorkerFailed", out var failed) ? failed.GetInt32() : 0, 0, 2);
        Assert.Equal(0, root.GetProperty("lost_updates").GetInt32());
    }

    [RestoredFact("microsoft.orleans.server", "samples/StalenessOrleans")]
    public void A_killed_silo_of_the_server_costs_the_updates_since_the_checkpoint()
    {
        using var figures = Cluster("--kill", "server", "--gradients", "80");
        var root = figures.RootElement;
        Assert.True(root.GetProperty("is_same_when_replayed").GetBoolean());
        Assert.Equal(80, root.GetProperty("updates").GetInt32());
        Assert.InRange(root.GetProperty("lost_updates").GetInt32(), 0, root.GetProperty("checkpoint_every").GetInt32());
    }

    [MpiFact("samples/StalenessMpi")]
    public void Processes_of_an_mpi_job_have_the_losses_of_the_simulated_mode_and_no_staleness()
    {
        const string Project = "samples/StalenessMpi";
        var build = CommandResult.Run("dotnet", ["build", "-c", "Release", Project, "-v", "q", "--nologo"], Repository.Root, timeoutSeconds: 600);
        Assert.True(build.ExitCode == 0, build.Output);
        string file = Path.GetTempFileName();
        foreach (int processes in new[] { 2, 4 })
        {
            string[] options = ["--steps", "30", "--seed", "3", "--optimizer", "momentum", "--rate", "0.03", "--compute", "uniform:0.01,0.03", "--json", file];
            string[] program = ["-n", $"{processes}", "dotnet", Repository.PathOf("artifacts/bin/StalenessMpi/release/StalenessMpi.dll")];
            var run = CommandResult.Run("mpiexec", [.. program, .. options], Repository.Root, timeoutSeconds: 600);
            Assert.True(run.ExitCode == 0, run.Output);
            using var figures = JsonDocument.Parse(File.ReadAllText(file));
            var root = figures.RootElement;
            Assert.Equal((processes, 30, 30), (Number("processes"), Number("updates"), Number("simulated_updates")));
            Assert.True(root.GetProperty("is_same_in_all").GetBoolean());
            // Each gradient was applied, with a staleness of 0.
            Assert.Equal([30 * processes], Numbers("histogram"));
            Assert.Equal([30 * processes], Numbers("simulated_histogram"));
            // MPI may add up in another order.
            double[] losses = Numbers("losses"), simulated = Numbers("simulated_losses");
            Assert.Equal((30, 30), (losses.Length, simulated.Length));
            for (int step = 0; step < losses.Length; step++)
                Assert.Equal(simulated[step], losses[step], 1e-4);
            Assert.True(losses[^1] < losses[0] / 2, run.Output);
            Assert.Equal(root.GetProperty("simulated_test_loss").GetDouble(), root.GetProperty("test_loss").GetDouble(), 1e-4);
            Assert.True(root.GetProperty("seconds").GetDouble() > 0 && root.GetProperty("simulated_seconds").GetDouble() > 0, run.Output);

            int Number(string name) => root.GetProperty(name).GetInt32();

            double[] Numbers(string name) => [.. root.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
        }

        // A divergence has figures too, as the text that other samples write.
        string[] diverging = ["-n", "2", "dotnet", Repository.PathOf("artifacts/bin/StalenessMpi/release/StalenessMpi.dll"), "--json", file];
        var diverged = CommandResult.Run("mpiexec", [.. diverging, "--steps", "4", "--rate", "1e30", "--compute", "0"], Repository.Root, timeoutSeconds: 600);
        Assert.True(diverged.ExitCode == 0, diverged.Output);
        using (var figures = JsonDocument.Parse(File.ReadAllText(file)))
        {
            Assert.Equal("NaN", figures.RootElement.GetProperty("test_loss").GetString());
            Assert.Equal("Infinity", figures.RootElement.GetProperty("simulated_test_loss").GetString());
        }

        var many = CommandResult.Run("mpiexec", [.. diverging, "--steps", "2147483647"], Repository.Root, timeoutSeconds: 600);
        Assert.Contains("TG2004: mpi: 2147483647 steps of 2 processes are 4294967294 gradients", many.Output, StringComparison.Ordinal);
        File.Delete(file);
    }

    private static JsonDocument Cluster(params string[] options)
    {
        string file = Path.GetTempFileName();
        var run = Sample("samples/StalenessOrleans", [.. options, "--json", file]);
        Assert.True(run.ExitCode == 0, run.Output);
        var figures = JsonDocument.Parse(File.ReadAllText(file));
        File.Delete(file);
        return figures;
    }

    // Built once: to look whether it is up to date takes longer than most of these runs.
    private static CommandResult Sample(string project, params string[] options)
    {
        string[] build = s_built.Add(project) ? ["-p:BuildProjectReferences=false"] : ["--no-build"];
        return CommandResult.Run("dotnet", ["run", "-c", "Release", "--project", project, .. build, "--", .. options], Repository.Root, timeoutSeconds: 600);
    }
}
