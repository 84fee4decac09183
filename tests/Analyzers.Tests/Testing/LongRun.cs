namespace TensorGraph.Tests;

/// <summary>Whether random tests make many more cases than in CI.</summary>
internal static class LongRun
{
    public static bool IsOn => Flags.Number("LONG") == 1;
}
