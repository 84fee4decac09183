using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Native memory in pages of 2 MB where the system has them on request (Linux): with pages of 4 KB a kernel that reads or writes megabytes spends a
/// third of its time, and a transpose more than half, on finding the addresses of pages.
/// </summary>
internal static unsafe class HugePages
{
    private const long Page = 2L << 20;
    private const nuint Alignment = 64;
    private const int HugePageAdvice = 14; // MADV_HUGEPAGE

    /// <summary>Memory that starts at a cache line, or at a huge page if it has one.</summary>
    public static byte* Allocate(long bytes)
    {
        bool isHuge = OperatingSystem.IsLinux() && bytes >= Page;
        byte* start = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, isHuge ? (nuint)Page : Alignment);
        // Whole pages only, so that it takes no more memory than before. It is a request: what the system answers does not matter.
        if (isHuge) _ = Advise(start, (nuint)(bytes / Page * Page), HugePageAdvice);
        return start;
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(byte* start, nuint bytes, int advice);
}
