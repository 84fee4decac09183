using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// A use of a local or parameter. A definite write replaces the whole value: not a write of one field, not one that a short-circuit may skip.
/// </summary>
internal readonly record struct LocalUse(ISymbol Variable, SyntaxNode Place, bool IsWrite, bool IsDefinite)
{
    /// <summary>The uses in an expression or simple statement, in the order of evaluation, without those in nested functions.</summary>
    public static IEnumerable<LocalUse> In(SyntaxNode code, SemanticModel model)
    {
        foreach (Effect effect in EffectWalker.Walk(code, model))
        {
            if (effect.Function is not null)
                continue;
            if (effect is { Kind: EffectKind.Read, At: { Kind: PlaceKind.Variable, Symbol: { } read } })
                yield return new(read, effect.Syntax, IsWrite: false, IsDefinite: false);
            else if (effect is { Kind: EffectKind.Write, At.Variable: { } written })
                yield return new(written, effect.Syntax, IsWrite: true, effect.IsDefinite && effect.At.Kind == PlaceKind.Variable);
        }
    }
}
