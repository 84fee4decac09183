using System.Text.Json;

namespace TensorGraph.Staleness;

/// <summary>Files of this package: faults of the file system and of the format are TG1006.</summary>
internal static class FileText
{
    public static T Try<T>(string path, Func<T> action)
    {
        try
        {
            Throw.IfNull(path);
            return action();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or FormatException
            or InvalidOperationException or KeyNotFoundException or ArgumentException or NotSupportedException)
        {
            string problem = fault is FileNotFoundException or DirectoryNotFoundException ? "it does not exist" : fault.Message.TrimEnd('.');
            throw new GraphException(DiagnosticIds.BadData, $"staleness: '{path}' can't be used: {problem}",
                "Give the path of a file of this kind that is complete.", inner: fault);
        }
    }
}
