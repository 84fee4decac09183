using System.Text;

namespace TensorGraph.Backends.Gpu.OpenCl;

/// <summary>A device that the OpenCL of this machine has.</summary>
internal sealed unsafe class ClPlace(nint platform, nint device)
{
    private const ulong AllTypes = 0xFFFFFFFF;

    /// <summary>OpenCL's name of it.</summary>
    public nint Device => device;

    /// <summary>Its platform.</summary>
    public nint Platform => platform;

    /// <summary>Name, for people.</summary>
    public string Name => Text(0x102B);

    /// <summary>The version of the driver.</summary>
    public string Driver => Text(0x102D);

    /// <summary>Names of extensions.</summary>
    public string[] Extensions => Text(0x1030).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True for a processor.</summary>
    public bool IsCpu => (Number<ulong>(0x1000) & 2) != 0;

    /// <summary>True when it has f64.</summary>
    public bool HasDouble => Extensions.Contains("cl_khr_fp64");

    /// <summary>True when its memory is not that of the host.</summary>
    public bool HasOwnMemory => Number<uint>(0x1035) == 0;

    /// <summary>True when it rounds quotients and roots of f32 correctly, if asked to.</summary>
    public bool RoundsDivisions => (Number<ulong>(0x101B) & 128) != 0;

    /// <summary>Bytes of memory.</summary>
    public long MemoryBytes => (long)Number<ulong>(0x101F);

    /// <summary>The most items of a group.</summary>
    public long MostItems => (long)Number<nuint>(0x1004);

    /// <summary>Bytes of the memory of a group.</summary>
    public long LocalBytes => (long)Number<ulong>(0x1023);

    /// <summary>Bytes of the largest buffer.</summary>
    public long LargestBuffer => (long)Number<ulong>(0x1010);

    /// <summary>Bytes of all parameters of a kernel.</summary>
    public int ParameterBytes => (int)Number<nuint>(0x1017);

    /// <summary>All devices of all platforms, in the order in which the loader names them.</summary>
    public static IReadOnlyList<ClPlace> All()
    {
        if (!NativeLibraries.Has(NativeLibraries.OpenCl)) return [];
        uint count = 0;
        if (ClNative.GetPlatforms(0, null, &count) != 0) return [];
        var platforms = new nint[count];
        fixed (nint* first = platforms) _ = ClNative.GetPlatforms(count, first, null);
        return [.. platforms.SelectMany(Devices)];
    }

    private static ClPlace[] Devices(nint platform)
    {
        uint count = 0;
        if (ClNative.GetDevices(platform, AllTypes, 0, null, &count) != 0) return [];
        var devices = new nint[count];
        fixed (nint* first = devices) _ = ClNative.GetDevices(platform, AllTypes, count, first, null);
        return Array.ConvertAll(devices, found => new ClPlace(platform, found));
    }

    /// <summary>A property that is a number; 0 for one that the device does not know.</summary>
    public T Number<T>(uint name)
        where T : unmanaged
    {
        T value = default;
        _ = ClNative.GetDeviceInfo(device, name, (nuint)sizeof(T), &value, null);
        return value;
    }

    private string Text(uint name)
    {
        nuint bytes = 0;
        _ = ClNative.GetDeviceInfo(device, name, 0, null, &bytes);
        var text = new byte[(int)bytes];
        fixed (byte* first = text) _ = ClNative.GetDeviceInfo(device, name, bytes, first, null);
        return Encoding.UTF8.GetString(text).TrimEnd('\0', ' ');
    }
}
