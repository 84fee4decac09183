using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

internal enum FlagKind { Break, Continue, Return }

/// <summary>
/// A tensor that is true once a jump was taken: what is left of a break, continue or return that a tensor decides.
/// <paramref name="Target"/> is the loop, switch or function that the jump leaves.
/// </summary>
internal sealed record Flag(FlagKind Kind, SyntaxNode Target);

/// <summary>The flags that some statements may have set when they end.</summary>
internal readonly struct Exits(ImmutableHashSet<Flag> flags)
{
    private readonly ImmutableHashSet<Flag>? _flags = flags;

    public static readonly Exits None;

    public ImmutableHashSet<Flag> Flags => _flags ?? [];

    public bool Any => Flags.Count > 0;

    /// <summary>True if all that was jumped to is the end of the function.</summary>
    public bool AreReturns => Any && Flags.All(f => f.Kind == FlagKind.Return);

    public static Exits Of(Flag flag) => new([flag]);

    public Exits And(Exits other) => !other.Any ? this : !Any ? other : new(Flags.Union(other.Flags));

    /// <summary>The flags that are left when the loop or switch that some of the jumps leave has ended.</summary>
    public Exits After(SyntaxNode target) => new(Flags.Where(f => f.Target != target || f.Kind == FlagKind.Return).ToImmutableHashSet());

    public Exits WithoutContinue(SyntaxNode loop) => new(Flags.Where(f => f.Target != loop || f.Kind != FlagKind.Continue).ToImmutableHashSet());

    /// <summary>The flags in a fixed order: by kind, then by place.</summary>
    public IEnumerable<Flag> Ordered => Flags.OrderBy(f => f.Kind).ThenBy(f => f.Target.SpanStart);
}
