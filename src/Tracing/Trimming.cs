using System.Diagnostics.CodeAnalysis;
using TensorGraph;

[assembly: UnconditionalSuppressMessage("Trimming", "IL2055", Justification = Trimming.KeptIfUsed)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2060", Justification = Trimming.KeptIfUsed)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Trimming.KeptIfUsed)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Trimming.KeptIfUsed)]
[assembly: UnconditionalSuppressMessage("AOT", "IL3050", Justification = Trimming.RunsImperatively)]

namespace TensorGraph;

/// <summary>Why reflection over a program's own types is safe in a trimmed program.</summary>
internal static class Trimming
{
    public const string KeptIfUsed = "It looks for members that the program's code uses; one that was trimmed away is used by no code.";

    public const string RunsImperatively = "Without dynamic code graph functions run as plain C#.";
}
