namespace TensorGraph;

/// <summary>
/// Files that an interrupted write left. A write holds its file open; the system lets go of it when the program ends, so that another one knows
/// which files nobody writes any more.
/// </summary>
internal static class LeftFiles
{
    private const string Unfinished = ".unfinished";

    // A write may have made its file just now, or be about to rename it.
    private static readonly TimeSpan s_young = TimeSpan.FromMinutes(1);

    /// <summary>Makes a file beside the one that it is to become, and deletes those in its folder that were left.</summary>
    public static FileStream Create(string path)
    {
        Delete(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new($"{path}.{Guid.NewGuid():n}{Unfinished}", FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    private static void Delete(string folder)
    {
        foreach (string file in FilesIn(folder))
        {
            try
            {
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > s_young)
                    new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // It is being written, or of somebody else.
            }
        }
    }

    // Files of another name are not of a write.
    private static IEnumerable<string> FilesIn(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, $"*{Unfinished}").Where(file => Guid.TryParseExact(
                Path.GetExtension(Path.GetFileNameWithoutExtension(file)).TrimStart('.'), "n", out _));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
