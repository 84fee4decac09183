using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>The processes of a real MPI job, which <c>.ci/run</c> installs where it can.</summary>
[Trait("Category", "Long")]
public sealed class DataParallelTest
{
    [MpiFact("samples/DataParallel")]
    public void A_job_has_the_losses_of_one_process_and_goes_on_after_a_killed_one()
    {
        string folder = Directory.CreateTempSubdirectory("tensorgraph-mpi-").FullName;
        var run = CommandResult.Run("bash", ["eng/mpirun", folder], Repository.Root, timeoutSeconds: 900);
        Assert.True(run.ExitCode == 0, run.Output);
        var alone = Figures("1");
        Assert.Equal(60, alone.Losses.Length);
        Assert.InRange(alone.Losses[^1], 0, 1);
        foreach (string name in new[] { "2", "4" })
        {
            var together = Figures(name);
            Assert.Equal((60, alone.Losses.Length), (together.Step, together.Losses.Length));
            for (int i = 0; i < alone.Losses.Length; i++)
                Assert.Equal(alone.Losses[i], together.Losses[i], 1e-4);
            Assert.Equal(alone.TestLoss, together.TestLoss, 1e-4);
            Assert.Equal(alone.Accuracy, together.Accuracy, 0.003);
        }

        // Killed in step 25, it goes on from step 20.
        var resumed = Figures("killed");
        Assert.Equal((60, 40), (resumed.Step, resumed.Losses.Length));
        Assert.Equal(Figures("2").Losses[^1], resumed.Losses[^1], 1e-6);
        Directory.Delete(folder, recursive: true);

        (int Step, double[] Losses, double TestLoss, double Accuracy) Figures(string name)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, $"{name}.json")));
            var root = json.RootElement;
            return (root.GetProperty("step").GetInt32(), [.. root.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())],
                root.GetProperty("test_loss").GetDouble(), root.GetProperty("accuracy").GetDouble());
        }
    }
}
