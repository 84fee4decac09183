using System.Security.Cryptography;
using System.Text;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Compiled kernels in files, named after a hash of the device, the version of its driver, the compiler's options and the text: a change of any makes
/// another file.
/// </summary>
internal static class KernelCache
{
    /// <summary>The folder; null for none.</summary>
    public static string? Folder { get; set; } = DefaultFolder();

    /// <summary>A kernel that was kept; null for none.</summary>
    public static byte[]? Find(string identity)
    {
        try
        {
            return PathOf(identity) is { } path && File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a kernel. Where that can't be done it is compiled again next time.</summary>
    public static void Keep(string identity, byte[] kernel)
    {
        if (PathOf(identity) is not { } path) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Other processes see all of it or nothing.
            string unfinished = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllBytes(unfinished, kernel);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private static string? PathOf(string identity) =>
        Folder is { } folder ? Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))) : null;

    private static string? DefaultFolder()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return data.Length == 0 ? null : Path.Combine(data, "TensorGraph", "kernels");
    }
}
