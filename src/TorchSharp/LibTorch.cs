using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>The native libraries of TorchSharp: whether they can be loaded here, and if not, why.</summary>
internal static partial class LibTorch
{
    // Of TorchSharp itself, and of the package with LibTorch that a program chooses.
    private static readonly string[] Libraries = OperatingSystem.IsWindows() ? ["torch_cpu.dll", "LibTorchSharp.dll"]
        : OperatingSystem.IsMacOS() ? ["libtorch_cpu.dylib", "libLibTorchSharp.dylib"] : ["libtorch_cpu.so", "libLibTorchSharp.so"];

    private static readonly Lazy<LoadFailure?> Loaded = new(Load);

    /// <summary>A reason why they can't be loaded.</summary>
    /// <param name="Problem">With the facts.</param>
    /// <param name="Remedy">A sentence.</param>
    public sealed record LoadFailure(string Problem, string Remedy)
    {
        /// <summary>True when a library was not found.</summary>
        public bool IsMissing { get; init; }
    }

    /// <summary>Null when the libraries are loaded.</summary>
    public static LoadFailure? Failure => Loaded.Value;

    /// <summary>Throws when the libraries can't be loaded.</summary>
    /// <exception cref="GraphException">TG5007.</exception>
    public static void Require(string user)
    {
        if (Failure is { } failure) Throw.Raise(DiagnosticIds.LibTorchUnavailable, user, failure.Problem, failure.Remedy);
    }

    /// <summary>Loads the libraries from the first of some folders that has them; tells why that fails.</summary>
    public static LoadFailure? LoadFrom(IReadOnlyCollection<string> folders)
    {
        foreach (string library in Libraries)
        {
            if (folders.Select(folder => Path.Combine(folder, library)).FirstOrDefault(File.Exists) is not { } path) return Missing(library, folders);
            try
            {
                NativeLibrary.Load(path);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                return Refused(library, error.Message);
            }
        }
        return null;
    }

    /// <summary>Explains the message with which the system refused to load a library.</summary>
    public static LoadFailure Refused(string library, string message)
    {
        Match version = NeedsVersion().Match(message);
        if (!version.Success)
            return new($"{library} can't be loaded: {message.Trim().ReplaceLineEndings(" ")}", "Look whether the libraries that it names are installed.");
        (string standard, string needed) = (version.Groups["library"].Value, version.Groups["version"].Value);
        string found = File.Exists(standard) && NewestVersion(File.ReadAllBytes(standard)) is { } newest ? $"has up to {newest}" : "does not have it";
        return new(
            $"{library} needs {needed} of the C++ library, and {standard} {found}",
            "Run on a system with the C++ library of GCC 13 or newer: Ubuntu 24.04, Debian 13, Fedora 38 and what came after them have it.");
    }

    /// <summary>The newest version of its symbols that a C++ library has; null for another file.</summary>
    public static string? NewestVersion(ReadOnlySpan<byte> library)
    {
        ReadOnlySpan<byte> prefix = "GLIBCXX_3.4."u8;
        int newest = -1;
        for (int at; (at = library.IndexOf(prefix)) >= 0;)
        {
            library = library[(at + prefix.Length)..];
            int digits = library.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits > 0 && library[digits] == 0 && int.TryParse(library[..digits], out int number)) newest = Math.Max(newest, number);
        }
        return newest < 0 ? null : FormattableString.Invariant($"{Encoding.ASCII.GetString(prefix)}{newest}");
    }

    // TorchSharp takes every failure for a missing package, after it has copied the libraries to where they don't help.
    private static LoadFailure? Load()
    {
        LoadFailure? failure = LoadFrom(Folders());
        // A program may have loaded them from anywhere.
        if (failure is { } found && (!found.IsMissing || !NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, null, out _))) return failure;
        try
        {
            if (torch.TryInitializeDeviceType(DeviceType.CPU)) return null;
        }
        catch (Exception error) when (error is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            return new($"TorchSharp does not start: {error.GetBaseException().Message.ReplaceLineEndings(" ")}", "Look at its message.");
        }
        return new("TorchSharp does not start", "Look whether a program with TorchSharp alone runs.");
    }

    private static LoadFailure Missing(string library, IEnumerable<string> folders) => new(
        $"{library} is in none of the folders of the program: {string.Join(", ", folders)}",
        FormattableString.Invariant(
            $"Add package TorchSharp-cpu {typeof(torch).Assembly.GetName().Version!.ToString(3)} to the program, or TorchSharp-cuda-linux or TorchSharp-cuda-windows."))
    {
        IsMissing = true,
    };

    private static string[] Folders()
    {
        string searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        string[] programs = [AppContext.BaseDirectory, Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? AppContext.BaseDirectory];
        string[] natives = [.. programs.Select(folder => Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"))];
        return [.. programs.Concat(natives).Concat(searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)).Select(
            folder => Path.TrimEndingDirectorySeparator(folder)).Distinct(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"(?<library>/\S*libstdc\+\+\S*): version [`'](?<version>GLIBCXX_[0-9.]+)' not found")]
    private static partial Regex NeedsVersion();
}
