using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Code of queries, iterators and <c>Lazy</c>: it runs when the variable that holds them is used, not where they are made.</summary>
internal sealed class DeferredCode(Effects effects, CallGraph calls, Func<SyntaxNode, bool> isFunction)
{
    private static readonly HashSet<string> s_types = new(StringComparer.Ordinal)
    {
        "System.Lazy", "System.Threading.ThreadLocal", "System.Collections.IEnumerable", "System.Collections.IEnumerator",
        "System.Collections.Generic.IEnumerable", "System.Collections.Generic.IEnumerator", "System.Linq.IQueryable",
        "System.Linq.IOrderedEnumerable", "System.Linq.ParallelQuery", "System.Linq.OrderedParallelQuery",
    };

    private readonly Dictionary<ISymbol, SyntaxNode[]> _known = new(SymbolEqualityComparer.Default);

    /// <summary>True for a type whose objects may run code of their maker when they are used.</summary>
    public static bool IsIn(ITypeSymbol type) =>
        type is INamedTypeSymbol { ContainingNamespace: { } space } && s_types.Contains($"{space.ToDisplayString()}.{type.Name}");

    /// <summary>The lambdas, queries, local functions and names of methods that the values of a variable run.</summary>
    public IReadOnlyCollection<SyntaxNode> Of(ILocalSymbol variable, Func<Effect, IEnumerable<SyntaxNode>> calledThrough)
    {
        if (_known.TryGetValue(variable, out SyntaxNode[] known))
            return known;
        // One that is made of itself has nothing new.
        _known[variable] = [];
        return _known[variable] = [.. effects.WritesOf(variable).Select(ValueAt).OfType<ExpressionSyntax>()
            .SelectMany(v => In(v, calledThrough)).Distinct()];
    }

    private static ExpressionSyntax? ValueAt(SyntaxNode write) => write switch
    {
        VariableDeclaratorSyntax { Initializer.Value: { } value } => value,
        _ => (write.Parent as AssignmentExpressionSyntax)?.Right,
    };

    private IEnumerable<SyntaxNode> In(ExpressionSyntax value, Func<Effect, IEnumerable<SyntaxNode>> calledThrough)
    {
        foreach (SyntaxNode function in value.DescendantNodesAndSelf().Where(isFunction))
            yield return function;
        foreach (Effect effect in effects.In(value.Span))
        {
            if (effect is { Kind: EffectKind.Call, Callee: { MethodKind: not MethodKind.LocalFunction } method })
            {
                if (Changes.IsGroup(effect) || (calls.Declaration(CallGraph.Definition(method)) is { } body && IsIterator(body)))
                    yield return effect.Syntax;
                continue;
            }
            foreach (SyntaxNode function in calledThrough(effect))
            {
                if (effect.Kind == EffectKind.Read || Changes.IsGroup(effect) || IsIterator(function))
                    yield return function;
            }
        }
    }

    public static bool IsIterator(SyntaxNode function) => Staging.InSameFunction(function).Any(n => n is YieldStatementSyntax);
}
