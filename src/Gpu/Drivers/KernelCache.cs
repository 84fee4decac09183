using System.Security.Cryptography;
using System.Text;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Compiled kernels in files, named after a hash of the device, the version of its driver, the compiler's options and the text: a change of any makes
/// another file. Before the kernel stands a hash of both, since drivers end the process on a damaged kernel, and another one's parameters differ.
/// </summary>
internal static class KernelCache
{
    /// <summary>The folder; null for none.</summary>
    public static string? Folder
    {
        get;
        set => field = string.IsNullOrEmpty(value) ? null : value;
    } = DefaultFolder();

    /// <summary>A kernel that was kept; null for none, or a damaged one.</summary>
    public static byte[]? Find(string identity)
    {
        try
        {
            if (PathOf(identity) is not { } path || !File.Exists(path)) return null;
            byte[] kept = File.ReadAllBytes(path);
            if (kept.Length <= SHA256.HashSizeInBytes) return null;
            byte[] kernel = kept[SHA256.HashSizeInBytes..];
            return HashOf(identity, kernel).AsSpan().SequenceEqual(kept.AsSpan(0, SHA256.HashSizeInBytes)) ? kernel : null;
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            return null;
        }
    }

    /// <summary>Keeps a kernel. Where that can't be done it is compiled again next time.</summary>
    public static void Keep(string identity, byte[] kernel)
    {
        string? unfinished = null;
        try
        {
            if (PathOf(identity) is not { } path) return;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Other processes see all of it or nothing.
            unfinished = $"{path}.{Guid.NewGuid():N}";
            using (var file = new FileStream(unfinished, FileMode.CreateNew))
            {
                file.Write(HashOf(identity, kernel));
                file.Write(kernel);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            Delete(unfinished);
        }
    }

    private static byte[] HashOf(string identity, byte[] kernel) => SHA256.HashData([.. Encoding.UTF8.GetBytes(identity), 0, .. kernel]);

    private static void Delete(string? unfinished)
    {
        try
        {
            if (unfinished is not null) File.Delete(unfinished);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            // It is in the way of nothing.
            return;
        }
    }

    // Of a folder that can't be written, or a name that is none.
    private static bool IsOfFiles(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or System.Security.SecurityException;

    private static string? PathOf(string identity) => Folder is { } folder
        ? Path.Combine(Path.GetFullPath(folder), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))) : null;

    // The system's folder may have yet to be made.
    private static string? DefaultFolder()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length == 0 ? null : Path.Combine(data, "TensorGraph", "kernels");
    }
}
