namespace TensorGraph.Tests;

/// <summary>A test that needs an OpenCL device.</summary>
public sealed class GpuFactAttribute : FactAttribute
{
    public GpuFactAttribute() => Skip = GpuFact.Reason;
}

/// <summary>A theory that needs an OpenCL device.</summary>
public sealed class GpuTheoryAttribute : TheoryAttribute
{
    public GpuTheoryAttribute() => Skip = GpuFact.Reason;
}

internal static class GpuFact
{
    /// <summary>The reason why tests are skipped; null where OpenCL has a device.</summary>
    public static string? Reason { get; } = Find();

    private static string? Find()
    {
        // Tests leave nothing in the user's folder.
        GpuDevices.KernelCacheFolder = null;
        try
        {
            Device.OpenCl();
            return null;
        }
        catch (GraphException error)
        {
            return error.Problem;
        }
    }
}
