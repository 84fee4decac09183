using System.Runtime.InteropServices;

namespace TensorGraph.Tests;

/// <summary>Pipes in the file system, which Windows does not have there. Who opens one waits for the other end.</summary>
public static class NamedPipe
{
    private const uint OfOwner = 0x180;

    /// <summary>Makes a pipe.</summary>
    public static void Make(string path) => Assert.Equal(0, MakePipe(path, OfOwner));

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
