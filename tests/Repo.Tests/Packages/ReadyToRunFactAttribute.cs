using System.Runtime.InteropServices;

namespace TensorGraph.Tests;

/// <summary>A test of code compiled ahead for this system, by a compiler that <c>.ci/run</c> restores.</summary>
internal sealed class ReadyToRunFactAttribute : RestoredFactAttribute
{
    public ReadyToRunFactAttribute()
        : base(Compiler, "samples/Trimming -p:Mode=ReadyToRun") => Skip ??= WrongSystem;

    /// <summary>Publishes a program with the libraries, which are built already.</summary>
    public static string[] Project { get; } =
        ["samples/Trimming", "-c", "Release", "-p:Mode=ReadyToRun", "-p:BuildProjectReferences=false", "--nologo"];

    /// <summary>Why there is no such code.</summary>
    public static string? Missing { get; } = new ReadyToRunFactAttribute().Skip;

    private const string Compiler = "microsoft.netcore.app.crossgen2.linux-x64";

    private static string? WrongSystem =>
        OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64 ? null : "publishes for Linux on x64";
}
