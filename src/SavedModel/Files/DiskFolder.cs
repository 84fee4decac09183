using System.Runtime.InteropServices;

namespace TensorGraph;

/// <summary>Files and names of files that are on the disk before the next step is taken, so that they are there when the power goes.</summary>
internal static class DiskFolder
{
    private const int ReadOnly = 0;

    private static readonly AsyncLocal<Action<string>?> s_onStep = new();

    /// <summary>Is told of each step of this flow of control before it is taken; for tests.</summary>
    public static Action<string>? OnStep
    {
        get => s_onStep.Value;
        set => s_onStep.Value = value;
    }

    /// <summary>Waits until a file is on the disk.</summary>
    public static void Flush(FileStream file)
    {
        OnStep?.Invoke($"flush {file.Name}");
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Waits until the names in a folder are on the disk. Windows writes names in order by itself, and a file system that can't wait for a folder is
    /// not waited for.
    /// </summary>
    public static void Flush(string folder)
    {
        OnStep?.Invoke($"flush {folder}");
        if (OperatingSystem.IsWindows())
            return;
        int opened = Open(folder, ReadOnly);
        if (opened < 0)
            return;
        _ = Synchronize(opened);
        _ = Close(opened);
    }

    /// <summary>Puts a file in the place of another one.</summary>
    public static void Replace(string path, byte[] content)
    {
        OnStep?.Invoke($"replace {path}");
        DataFile.Replace(path, file => file.Write(content));
        Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Gives a folder its name.</summary>
    public static void Move(string folder, string to)
    {
        OnStep?.Invoke($"move {to}");
        Directory.Move(folder, to);
        Flush(Path.GetDirectoryName(to)!);
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Synchronize(int file);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
