namespace TensorGraph;

/// <summary>
/// Folders that an interrupted save left. A save holds a file beside its folder open while it writes; the system lets go of it when the program ends,
/// so that another save knows which folders nobody writes any more.
/// </summary>
internal static class LeftFolders
{
    public const string Content = "content-", Unfinished = ".unfinished";

    private const string Lock = ".lock";

    /// <summary>Says that a folder is being written, until the result is disposed.</summary>
    public static IDisposable Claim(string folder) => Open(folder);

    /// <summary>Deletes what interrupted saves of a model left.</summary>
    /// <param name="root">The folder of the model.</param>
    /// <param name="isUsed">True for the name of a folder in it that the model has its files in.</param>
    public static void Delete(string root, Func<string, bool> isUsed)
    {
        if (Directory.Exists(root))
        {
            foreach (string folder in Folders(root, Content, ""))
                TryDelete(folder, () => isUsed(Path.GetFileName(folder)));
        }

        foreach (string folder in Folders(Path.GetDirectoryName(root) ?? root, $"{Path.GetFileName(root)}.", Unfinished))
            TryDelete(folder, () => false);
    }

    // Folders of another name are not of a save.
    private static IEnumerable<string> Folders(string below, string start, string end)
    {
        try
        {
            return Directory.GetDirectories(below).Where(folder => Path.GetFileName(folder) is var name && name.Length > start.Length + end.Length
                && name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal)
                && Guid.TryParseExact(name[start.Length..^end.Length], "n", out _));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Who can't open the file, or not delete the folder, leaves it to a later save.
    private static void TryDelete(string folder, Func<bool> isUsed)
    {
        try
        {
            if (isUsed())
                return;
            using var claim = Open(folder);
            // A save may have ended since.
            if (!isUsed())
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static FileStream Open(string folder) =>
        new($"{folder}{Lock}", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
}
