namespace TensorGraph;

/// <summary>
/// Tells a file from one of the same name that was written at another time; <c>default</c> where there is none. A link stands for what it leads to.
/// </summary>
internal readonly record struct FileStamp(DateTime Written, long Length)
{
    public bool IsThere => this != default;

    public static FileStamp Of(string path)
    {
        // This question takes any text.
        if (!File.Exists(path))
            return default;
        var file = new FileInfo(path);
        try
        {
            if (file.LinkTarget is not null)
                file = (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
        }
        catch (IOException)
        {
            // It is gone meanwhile.
            return default;
        }

        return file.Exists ? new(file.LastWriteTimeUtc, file.Length) : default;
    }
}
