namespace TensorGraph;

/// <summary>Tells a file from one of the same name that was written at another time; <c>default</c> where there is none.</summary>
internal readonly record struct FileStamp(DateTime Written, long Length)
{
    public bool IsThere => this != default;

    // The first question takes any text.
    public static FileStamp Of(string path) =>
        File.Exists(path) && new FileInfo(path) is { Exists: true } file ? new(file.LastWriteTimeUtc, file.Length) : default;
}
