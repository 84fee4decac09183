using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Why a function was traced once more.</summary>
/// <param name="Argument">The first argument that differs from the concrete function used last; or the relation of sizes, the C# field or the
/// property.</param>
/// <param name="Old">What it was.</param>
/// <param name="New">What it is.</param>
/// <param name="CallSite">The user's line of the call.</param>
public sealed record Retrace(string Argument, string Old, string New, SourceSpan CallSite)
{
    internal static Retrace Of(ConcreteFunction last, GraphCall call)
    {
        int leaf = last.Signature.FirstDifference(call);
        var size = leaf < 0 ? last.SizeDifference(call) : null;
        var (argument, old, now) = leaf >= 0 ? last.Signature.Describe(call, leaf) : size ?? last.StateDifference() ?? ("trace", "for specs",
            "for a call");
        return new(argument, old, now, SourceSpan.Capture())
        {
            Remedy = leaf >= 0 ? RemedyFor(last.Signature, call, leaf) : size is null ? StateRemedy : SizeRemedy,
        };
    }

    private const string SizeRemedy =
        "Each answer about a size that C# code gets has a trace of its own: compare Ops.Size(x, axis), a tensor, where the graph may decide.";

    private const string SameObject = "Pass the same object each time.";

    private const string StateRemedy = "Keep state that changes in a Variable.";

    /// <summary>The change that keeps this from happening on every call.</summary>
    public string Remedy { get; private init; } = "";

    internal string What => $"'{Argument}' was {Old}, is {New}";

    private static string RemedyFor(Signature signature, GraphCall call, int leaf) => signature.RoleOf(leaf) switch
    {
        LeafRole.Presence => "Give the argument in each call, or in none: it may be a tensor of ones or zeros.",
        LeafRole.Count => "Give collections the same number of elements, or one tensor that has them as rows.",
        LeafRole.Key => "Give dictionaries the same keys in the same order.",
        LeafRole.Identity => SameObject,
        _ when leaf >= call.Count || call.Leaves[leaf].IsTensor => signature.DiffersInAlias(call, leaf)
            ? "One tensor as two arguments has a trace of its own: nothing is to be done."
            : "Give tensors one dtype and rank, and declare sizes that vary in InputSignature.",
        _ => RemedyFor(call.Leaves[leaf].StaticType!),
    };

    private static string RemedyFor(Type type) => type == typeof(HostContents)
        ? "What changes in a collection from call to call belongs in a tensor."
        : type.IsValueType || type == typeof(string) ? "Make a C# value that changes from call to call a Tensor parameter." : SameObject;

    /// <summary><c>'x' was f32[2], is f32[3], at Program.cs:12</c></summary>
    public override string ToString() => $"{What}{(CallSite.IsKnown ? $", at {CallSite}" : "")}";
}
