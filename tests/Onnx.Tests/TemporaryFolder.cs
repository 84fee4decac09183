namespace TensorGraph.Tests;

/// <summary>A folder of one test.</summary>
public abstract class TemporaryFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-onnx-").FullName;

    /// <summary>A path in it.</summary>
    protected string At(params string[] names) => Path.Combine([_folder, .. names]);

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
