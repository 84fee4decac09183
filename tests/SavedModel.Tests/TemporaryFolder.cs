namespace TensorGraph.Tests;

/// <summary>A folder of one test.</summary>
public abstract class TemporaryFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-saved-").FullName;

    /// <summary>A path in it.</summary>
    protected string At(params string[] names) => Path.Combine([_folder, .. names]);

    /// <summary>The folder of the content of a model.</summary>
    protected static string ContentOf(string model) => Directory.GetDirectories(model, "content-*").Single();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
