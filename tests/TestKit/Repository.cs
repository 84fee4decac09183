using System.Runtime.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>The source tree that the running tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot(ThisFile());

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>Tracked and new files, as paths relative to the root with forward slashes; ignored files are left out.</summary>
    public static IReadOnlyList<string> Files()
    {
        CommandResult listed = CommandResult.Run("git", ["ls-files", "--cached", "--others", "--exclude-standard"], Root);
        Assert.True(listed.ExitCode == 0, listed.Output);
        return [.. listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(PathOf(file)))
            .Order(StringComparer.Ordinal)];
    }

    private static string FindRoot(string start)
    {
        string? folder = Path.GetDirectoryName(start);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Graph.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"No Graph.sln above {start}: the tests must run where they were built.");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
