namespace TensorGraph.Staleness.Experiments;

/// <summary>Keeps other programs from writing into the folder of a report, until it is disposed or the program ends.</summary>
internal sealed class FolderLock : IDisposable
{
    // It stays: whoever deleted it could delete the one that another program has just locked.
    private const string Name = ".lock";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Errors: TG1006 while another program has the folder.</summary>
    public static FolderLock Take(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            return new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException fault) when (File.Exists(path))
        {
            throw new GraphException(DiagnosticIds.BadData, $"experiment: another program writes its results into '{folder}'",
                "Wait until it has ended, or give another folder.", inner: fault);
        }
    }

    public void Dispose() => _file.Dispose();
}
