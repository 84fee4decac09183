using System.Buffers.Binary;
using System.Text;

namespace TensorGraph.Benchmarks;

/// <summary>
/// Lets TorchSharp's native library load beside a libstdc++ that is older than GCC 13's, in the output folder of this project's tests and benchmarks
/// alone. The library asks for GLIBCXX_3.4.32 because of one function that only sets up the standard streams. The copy takes a harmless function of
/// the C library instead.
/// </summary>
internal static class NativeLibraryPatch
{
    private const string Needed = "GLIBCXX_3.4.32";
    private const string Missing = "_ZSt21ios_base_library_initv";
    private const string Harmless = "getpid";
    private const string CLibraryVersion = "GLIBC_2.2.5";

    /// <summary>Patches the library of a program's folder if the machine's libstdc++ is too old for it.</summary>
    public static void Apply(string folder)
    {
        string path = Path.Combine(folder, "libLibTorchSharp.so");
        if (!OperatingSystem.IsLinux() || !File.Exists(path) || StandardLibraryHas(Needed))
            return;
        byte[] library = File.ReadAllBytes(path);
        if (!Patch(library))
            return;
        string copy = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(copy, library);
        File.Move(copy, path, overwrite: true);
    }

    private static bool StandardLibraryHas(string version)
    {
        string[] folders = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];
        string? library = folders.Select(folder => Path.Combine(folder, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        return library is not null && File.ReadAllBytes(library).AsSpan().IndexOf(Encoding.ASCII.GetBytes(version + "\0")) >= 0;
    }

    // False when it was patched before.
    private static bool Patch(byte[] file)
    {
        var sections = Sections(file);
        var symbols = sections.First(section => section.Type == 11);
        int names = sections[symbols.Link].Offset;
        int versions = sections.First(section => section.Type == 0x6fffffff).Offset;
        int needs = sections.First(section => section.Type == 0x6ffffffe).Offset;
        ushort? harmless = null;
        for (int need = needs; ; need += (int)U32(file, need + 12))
        {
            string library = Name(file, names + (int)U32(file, need + 4));
            int entry = need + (int)U32(file, need + 8);
            for (int i = 0; i < U16(file, need + 2); i++, entry += (int)U32(file, entry + 12))
            {
                string version = Name(file, names + (int)U32(file, entry + 8));
                if (library == "libc.so.6" && version == CLibraryVersion)
                    harmless = U16(file, entry + 6);
                if (version == Needed)
                    BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(entry + 4), (ushort)(U16(file, entry + 4) | 2)); // Weak.
            }

            if (U32(file, need + 12) == 0)
                break;
        }

        for (int i = 0; i < symbols.Size / 24; i++)
        {
            int name = names + (int)U32(file, symbols.Offset + 24 * i);
            if (Name(file, name) != Missing)
                continue;
            Encoding.ASCII.GetBytes(Harmless + "\0").CopyTo(file, name);
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(versions + 2 * i), harmless
                ?? throw new InvalidDataException($"libLibTorchSharp.so does not ask for {CLibraryVersion}"));
            return true;
        }

        return false;
    }

    private static (uint Type, int Offset, int Size, int Link)[] Sections(byte[] file)
    {
        int start = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(0x28));
        return
        [
            .. Enumerable.Range(0, U16(file, 0x3c)).Select(i => start + 64 * i).Select(at => (
                U32(file, at + 4), (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at + 24)),
                (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at + 32)), (int)U32(file, at + 40))),
        ];
    }

    private static string Name(byte[] file, int offset) => Encoding.ASCII.GetString(file, offset, Array.IndexOf(file, (byte)0, offset) - offset);

    private static uint U32(byte[] file, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(offset));

    private static ushort U16(byte[] file, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(offset));
}
