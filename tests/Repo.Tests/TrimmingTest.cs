namespace TensorGraph.Tests;

/// <summary>A program that is trimmed, or compiled ahead of time, gives the answers that it gives otherwise.</summary>
// The feed of packages publishes the same program.
[Trait("Category", "Long")]
[Collection(PackedFeedCollection.Name)]
public sealed class TrimmingTest
{
    private static readonly string[] Answers =
        ["[0.5, 0.25]", "[[0.5, 0.5], [0.5, 0.5]]", "slope 2.00, offset 1.00, loss below 0.01: True", "[[4]] from scale, body.layers.0.kernel, body.layers.0.bias"];

    [PublishFact("microsoft.netcore.app.runtime.linux-x64")]
    public void A_trimmed_program_runs_with_kernels_of_its_own() =>
        Assert.Equal([.. Answers, "runs on managed, traced: True"], Publish("Trimmed"));

    [PublishFact("runtime.linux-x64.microsoft.dotnet.ilcompiler", needsLinker: true)]
    public void A_program_compiled_ahead_of_time_runs_on_the_interpreter_and_says_so()
    {
        string[] lines = Publish("NativeAot");
        Assert.Equal([.. Answers, "runs on interpreter, traced: False"], lines.Where(line => !line.StartsWith("TensorGraph:", StringComparison.Ordinal)));
        Assert.Contains("interpreter device", Assert.Single(lines, line => line.StartsWith("TensorGraph:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [ReadyToRunFact]
    public void A_program_with_code_compiled_ahead_runs_as_ever() =>
        Assert.Equal([.. Answers, "runs on managed, traced: True"], Publish("ReadyToRun"));

    private static string[] Publish(string mode)
    {
        string folder = Directory.CreateTempSubdirectory("tensorgraph-publish-").FullName;
        try
        {
            // The libraries are built already, and others may be reading them.
            var published = CommandResult.Run("dotnet",
                ["publish", "samples/Trimming", "-c", "Release", $"-p:Mode={mode}", "-p:BuildProjectReferences=false", "-o", folder, "--nologo"], Repository.Root);
            Assert.True(published.ExitCode == 0, published.Output);
            Assert.DoesNotContain("warning IL", published.Output, StringComparison.Ordinal);
            var run = CommandResult.Run(Path.Combine(folder, "Trimming"), [], folder);
            Assert.True(run.ExitCode == 0, run.Output);
            return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A test that publishes for this machine with a package which <c>.ci/run</c> restores.</summary>
    private sealed class PublishFactAttribute : RestoredFactAttribute
    {
        public PublishFactAttribute(string package, bool needsLinker = false)
            : base(package, "samples/Trimming -p:Mode=Trimmed, and -p:Mode=NativeAot")
        {
            if (!OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.OSArchitecture != System.Runtime.InteropServices.Architecture.X64)
                Skip = "publishes for Linux on x64";
            else if (needsLinker && !File.Exists("/usr/bin/clang") && !File.Exists("/usr/bin/gcc"))
                Skip = "needs clang or gcc to link";
        }
    }
}
