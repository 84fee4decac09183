namespace TensorGraph.Tests;

/// <summary>Samples that are recorded by <c>tgraph run</c> and reported: their functions, and the causes of their retraces with a suggestion.</summary>
[Trait("Category", "Long")]
public sealed class RecordedSamplesTest
{
    [Theory]
    [InlineData("Retrace", "", "Before.Step rate 0 0.5 Reasons.cs:", "Make a C# value that changes from call to call a Tensor parameter.")]
    [InlineData("Study", "--quick", "Functions.DropoutByFlag training true false Measurements.cs:", "Make a C# value that changes from call to call a Tensor parameter.")]
    [InlineData("Digits", "--epochs 1", "Classifier.TrainStep", "Kernels")]
    public void A_sample_is_recorded_and_reported(string sample, string options, params string[] expected)
    {
        // Projects are built into folders of the same configuration, side by side.
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), folder = Directory.CreateTempSubdirectory("tensorgraph-samples-").FullName;
        string Built(string project, string file) => Repository.PathOf($"artifacts/bin/{project}/{configuration}/{file}.dll");
        try
        {
            Run("run", "-o", "recording", "--", "dotnet", Built(sample, sample), options);
            string report = string.Join('\n', Run("report", "recording").Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
            Assert.All(expected, text => Assert.Contains(text, report, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Run(params string[] arguments)
        {
            CommandResult result = CommandResult.Run(
                "dotnet", [Built("Cli", "tgraph"), .. arguments.SelectMany(argument => argument.Split(' ', StringSplitOptions.RemoveEmptyEntries))], folder);
            Assert.True(result.ExitCode == 0, result.Output);
            return result.Output;
        }
    }
}
