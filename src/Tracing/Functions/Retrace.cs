using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Why a function was traced once more.</summary>
/// <param name="Argument">The first argument that differs from the concrete function used last; or the C# field or property.</param>
/// <param name="Old">What it was.</param>
/// <param name="New">What it is.</param>
/// <param name="CallSite">The user's line of the call.</param>
public sealed record Retrace(string Argument, string Old, string New, SourceSpan CallSite)
{
    internal static Retrace Of(ConcreteFunction last, GraphCall call, GraphFunctionDefinition function)
    {
        var (argument, old, now) = last.Signature.Difference(call, function.Parameters) ?? last.StateDifference() ?? ("sizes", "equal", "different");
        return new(argument, old, now, SourceSpan.Capture());
    }

    /// <summary><c>'x' was f32[2], is f32[3], at Program.cs:12</c></summary>
    public override string ToString() => $"'{Argument}' was {Old}, is {New}{(CallSite.IsKnown ? $", at {CallSite}" : "")}";
}
