using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>The programs that run on several devices, with small sizes.</summary>
[Trait("Category", "Long")]
public sealed class ProgramTests
{
    // Projects are built into folders of the same configuration, side by side.
    private static string Built(string project) => Repository.PathOf(
        $"artifacts/bin/{project}/{Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))}/{project}.dll");

    [GpuFact]
    public void The_check_of_a_device_runs_and_leaves_its_results()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        CommandResult run = CommandResult.Run("dotnet", [Built("GpuCheck"), "opencl:0", folder, "300", "quick"], folder, Data(folder), timeoutSeconds: 600);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("0 differ, 0 left out", run.Output, StringComparison.Ordinal);
        JsonElement conformance = Read(folder, "conformance.json");
        Assert.True(conformance.GetProperty("ops").GetInt32() > 100);
        Assert.Equal(0, conformance.GetProperty("failures").GetArrayLength());
        JsonElement behaviours = Read(folder, "behaviours.json");
        Assert.True(behaviours.GetProperty("cases").GetInt32() > 50);
        Assert.Equal(0, behaviours.GetProperty("failures").GetArrayLength());
        Assert.Contains("dot 64", Read(folder, "figures.json").EnumerateArray().Select(figure => figure.GetProperty("name").GetString()));
        Directory.Delete(folder, recursive: true);
    }

    [GpuFact]
    public void The_sample_has_the_same_losses_on_one_and_on_two_devices()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        CommandResult run = CommandResult.Run("dotnet", [Built("ParallelDevices"), "--quick", "--json", "figures.json"], folder, Data(folder), timeoutSeconds: 300);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("opencl:0 alone", run.Output, StringComparison.Ordinal);
        JsonElement figures = Read(folder, "figures.json");
        Assert.InRange(figures.GetProperty("powers").GetProperty("largest_difference").GetDouble(), 0, 1e-5);
        JsonElement losses = figures.GetProperty("training").GetProperty("losses");
        Assert.Equal(losses[0].GetDouble(), losses[1].GetDouble(), 1e-5);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_device_that_is_not_there_is_a_line_and_a_status()
    {
        CommandResult run = CommandResult.Run("dotnet", [Built("GpuCheck"), "opencl:99", ".", "1"], Path.GetTempPath());
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("TG5010: opencl:99: ", run.Output, StringComparison.Ordinal);
    }

    // Kernels that are kept go to the folder of the test.
    private static Dictionary<string, string> Data(string folder) => new() { ["XDG_DATA_HOME"] = folder };

    private static JsonElement Read(string folder, string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file))).RootElement;
}
