using System.Runtime.CompilerServices;
using TensorGraph.Backends.Torch;
using TensorGraph.Benchmarks;

namespace TensorGraph.Tests;

/// <summary>A test that needs LibTorch.</summary>
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = TorchFact.Reason;
}

/// <summary>A theory that needs LibTorch.</summary>
public sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute() => Skip = TorchFact.Reason;
}

internal static class TorchFact
{
    /// <summary>The reason why tests are skipped; null where LibTorch can be loaded.</summary>
    public static string? Reason { get; } = LibTorch.Failure is { } failure ? $"LibTorch can't be loaded: {failure.Problem}" : null;

    [ModuleInitializer]
    internal static void Patch() => NativeLibraryPatch.Apply(Path.GetDirectoryName(typeof(TorchFact).Assembly.Location)!);
}
