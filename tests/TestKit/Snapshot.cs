using System.Runtime.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>
/// Compares a text with the accepted one in <c>Class.Method[.name].verified.txt</c> beside the test. A difference writes
/// <c>.received.txt</c> and fails; <c>TENSORGRAPH_BLESS=1</c> accepts instead, except in CI, where nothing may bless itself.
/// </summary>
public static class Snapshot
{
    public static void Match(
        string actual,
        string? name = null,
        string extension = "txt",
        [CallerFilePath] string testFile = "",
        [CallerMemberName] string testMethod = "")
    {
        string stem = $"{Path.GetFileNameWithoutExtension(testFile)}.{testMethod}{(name is null ? "" : "." + name)}";
        MatchFile(actual, Path.Combine(Path.GetDirectoryName(testFile)!, $"{stem}.verified.{extension}"));
    }

    /// <summary>The same for a file that lives elsewhere, such as a generated page under docs.</summary>
    public static void MatchFile(string actual, string acceptedFile)
    {
        actual = Normalise(actual);
        string receivedFile = acceptedFile.Contains(".verified.", StringComparison.Ordinal)
            ? acceptedFile.Replace(".verified.", ".received.", StringComparison.Ordinal)
            : Path.ChangeExtension(acceptedFile, ".received" + Path.GetExtension(acceptedFile));
        string? accepted = File.Exists(acceptedFile) ? Normalise(File.ReadAllText(acceptedFile)) : null;

        if (accepted == actual)
        {
            File.Delete(receivedFile);
            return;
        }

        if (Environment.GetEnvironmentVariable("TENSORGRAPH_BLESS") == "1" && Environment.GetEnvironmentVariable("CI") is null or "")
        {
            File.WriteAllText(acceptedFile, actual);
            File.Delete(receivedFile);
            return;
        }

        File.WriteAllText(receivedFile, actual);
        Assert.Fail(accepted is null
            ? $"{acceptedFile} does not exist. Run with TENSORGRAPH_BLESS=1 to accept:\n{actual}"
            : $"{FirstDifference(accepted, actual)}\nCompare {acceptedFile} with its .received file; TENSORGRAPH_BLESS=1 accepts.");
    }

    private static string Normalise(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private static string FirstDifference(string accepted, string actual)
    {
        string[] want = accepted.Split('\n');
        string[] got = actual.Split('\n');
        int line = 0;
        while (line < want.Length && line < got.Length && want[line] == got[line])
        {
            line++;
        }

        return $"line {line + 1} differs:\n  accepted: {(line < want.Length ? want[line] : "(end)")}\n  received: {(line < got.Length ? got[line] : "(end)")}";
    }
}
