using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TensorGraph;

/// <summary>Files in folders of models. A pipe, a socket or a device in the place of one would keep its reader waiting, or never end.</summary>
internal static class RegularFile
{
    private const int NoSuchDevice = 6;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="InvalidDataException">It is a pipe, a socket or a device.</exception>
    public static FileStream Open(string path) => IsOne(path) ? File.OpenRead(path)
        : throw new InvalidDataException($"'{Path.GetFileName(path)}' is no regular file");

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is a pipe, a socket or a device.</exception>
    public static byte[] ReadAll(string path)
    {
        using var file = Open(path);
        if (file.Length > Array.MaxLength)
            throw new InvalidDataException($"'{Path.GetFileName(path)}' has {file.Length} bytes");
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>False for a pipe, a socket or a device. Whether there is such a file, and may be read, shows when it is opened.</summary>
    public static bool IsOne(string path)
    {
        if (OperatingSystem.IsWindows())
            return true;
        // Does not wait for the other end of a pipe.
        int noWait = OperatingSystem.IsMacOS() ? 0x4 : 0x800;
        using var handle = new SafeFileHandle(Open(path, noWait), ownsHandle: true);
        if (handle.IsInvalid)
            return Marshal.GetLastPInvokeError() != NoSuchDevice;
        try
        {
            // A device has no length, and something to read all the same.
            return RandomAccess.GetLength(handle) > 0 || RandomAccess.Read(handle, new byte[1], fileOffset: 0) == 0;
        }
        catch (Exception fault) when (fault is NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
