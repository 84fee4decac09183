using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// What the head of a C# loop does besides giving a value. If a tensor can leave the loop, its head runs while tracing for all the turns that might
/// happen, so that each such effect happens too often.
/// </summary>
internal sealed class HostEffects(CallGraph calls, SemanticModel model)
{
    // Calls that change the object they are called on, or read what cannot be read again.
    private static readonly HashSet<string> s_advances = ["MoveNext", "Read", "ReadLine", "TryDequeue", "TryPop", "TryTake", "Next", "NextDouble", "NextSingle"];
    private static readonly HashSet<string> s_effectfulOps = ["Print", "Assert", "HostCall", "SetSeed"];

    /// <summary>The effects, each with the local or parameter that it changes, if that is what it does.</summary>
    public IEnumerable<(SyntaxNode Place, ISymbol? Variable)> InHead(StatementSyntax loop) => loop switch
    {
        WhileStatementSyntax l => In(l.Condition),
        DoStatementSyntax l => In(l.Condition),
        ForStatementSyntax l => l.Incrementors.Prepend(l.Condition).OfType<ExpressionSyntax>().SelectMany(In),
        CommonForEachStatementSyntax l => InSequence(l.Expression),
        _ => [],
    };

    private IEnumerable<(SyntaxNode Place, ISymbol? Variable)> In(SyntaxNode code)
    {
        foreach (SyntaxNode node in code.DescendantNodesAndSelf())
        {
            foreach (ExpressionSyntax target in MemberWrites.Targets(node))
                yield return (target, model.GetSymbolInfo(target).Symbol is { } symbol and (ILocalSymbol or IParameterSymbol) ? symbol : null);
            if (IsEffect(node, model) || MethodFacts.CalledBy(node, model).Any(HasEffect))
                yield return (node is SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access } ? access : node, null);
        }
    }

    // The sequence itself is evaluated once; what runs in each turn are iterators and lambdas in it.
    private IEnumerable<(SyntaxNode Place, ISymbol? Variable)> InSequence(ExpressionSyntax sequence)
    {
        foreach (SyntaxNode node in sequence.DescendantNodesAndSelf())
        {
            if (node is LambdaExpressionSyntax lambda)
            {
                foreach ((SyntaxNode Place, ISymbol? Variable) effect in In(lambda.Body).Where(e => e.Variable is null || !lambda.Span.Contains(e.Variable.Locations[0].SourceSpan)))
                    yield return effect;
            }
            else if (MethodFacts.CalledBy(node, model).Any(m => IsIterator(m) && HasEffect(m)))
            {
                yield return (node, null);
            }
        }
    }

    private bool IsIterator(IMethodSymbol method) =>
        calls.Declaration(CallGraph.Definition(method)) is { } declaration && Staging.InSameFunction(declaration).Any(n => n is YieldStatementSyntax);

    private bool HasEffect(IMethodSymbol method) =>
        method.MethodKind != MethodKind.Constructor && !calls.IsForeign(method) && calls.ReachedFrom(CallGraph.Definition(method)).Any(OwnEffect);

    private bool OwnEffect(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.Constructor || calls.Declaration(method) is not { } declaration)
            return false;
        SemanticModel own = calls.Model(declaration.SyntaxTree);
        return MemberWrites.In([declaration], own).Any() || declaration.DescendantNodes().Any(n => IsEffect(n, own));
    }

    /// <summary>A call of a method of another assembly that is known to act on the world, on its object, or, when the graph runs, on its state.</summary>
    private static bool IsEffect(SyntaxNode node, SemanticModel model)
    {
        if (node is not SimpleNameSyntax { Parent: MemberAccessExpressionSyntax or InvocationExpressionSyntax } name
            || model.GetSymbolInfo(name).Symbol is not IMethodSymbol { ContainingType: { } type } method)
        {
            return false;
        }
        bool isForeign = !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, model.Compilation.Assembly);
        return TG7101_HostSideEffect.Acts(type) || (isForeign && s_advances.Contains(method.Name))
            || (RegionChecks.IsCollectionChange(name) && IsMutableCollection(type))
            || (type.Is("Ops") && (s_effectfulOps.Contains(method.Name) || method.Name.StartsWith("Random", StringComparison.Ordinal)))
            || (type.Is("Variable") && method.Name.StartsWith("Assign", StringComparison.Ordinal));
    }

    private static bool IsMutableCollection(INamedTypeSymbol type) =>
        type.SpecialType != SpecialType.System_String && type.ContainingNamespace?.Name != "Immutable"
        && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable);
}
