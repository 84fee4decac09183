using System.Text.Json;

namespace TensorGraph.Staleness;

/// <summary>Files of this package: faults of the file system and of the format are TG1006.</summary>
internal static class FileText
{
    private const string Step = "staleness";

    public static T Read<T>(string path, Func<T> read) => DataFile.Try(Step, Throw.IfNull(path), () =>
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException or KeyNotFoundException
            or OverflowException)
        {
            throw new InvalidDataException(fault.Message, fault);
        }
    });

    public static void Write(string path, Action<Stream> write) => DataFile.Try(Step, Throw.IfNull(path), () => DataFile.Replace(path, write));
}
