using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// The beginning of the path to a member: at the method's own object, at a parameter, at nothing (a static member), or somewhere that cannot be named
/// at the start of the method.
/// </summary>
internal enum StateRoot { This, Parameter, Static, Elsewhere }

/// <summary>
/// The kind of state that is read: the value of a field or automatic property, the value that a getter computes, what lies in a collection, or what
/// is another value each time, such as the time of day.
/// </summary>
internal enum StateKind { Value, Computed, Content, Clock }

/// <summary>
/// A read of a field or property that can change between two calls: C# state that a trace freezes. <paramref name="Path"/> leads to it from
/// the root (from a parameter without its name), through <paramref name="Links"/>.
/// </summary>
internal readonly record struct StateRead(StateRoot Root, StateKind Kind, string Parameter, string Path, ISymbol Member,
    ImmutableArray<ISymbol> Links, Location Place)
{
    /// <summary>
    /// The object that keeps it, where members lead there from the root: the root may be gone while something else still leads to that one. Its path,
    /// the rest of <see cref="Path"/>, and its type; null for the root itself.
    /// </summary>
    public (string Path, string Tail, ITypeSymbol Type)? Holder { get; init; }

    /// <summary>False where a getter leads to the holder, which may give another one the next time.</summary>
    public bool IsAlwaysOfHolder { get; init; }

    /// <summary>The reads to compare: of what the holder keeps, and of what the root leads to.</summary>
    public IEnumerable<StateRead> Guards => Holder is null || IsAlwaysOfHolder ? [this] : [this with { Holder = null }, this];

    /// <summary>True if a twin can name it, so that a later call can compare its value.</summary>
    public bool IsComparable => Root != StateRoot.Elsewhere;

    public string Name => Member.ContainingType.Name + "." + Member.Name;
}
