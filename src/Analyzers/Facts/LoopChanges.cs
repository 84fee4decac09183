using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Values of C# that change with the loops around a call.</summary>
internal static class LoopChanges
{
    /// <summary>The C# loops of the same function that run a node again, the inner ones first.</summary>
    public static IEnumerable<StatementSyntax> LoopsAround(SyntaxNode node)
    {
        SyntaxNode inner = node;
        foreach (SyntaxNode outer in node.Ancestors().TakeWhile(n => !Staging.IsFunction(n)))
        {
            // What a loop evaluates once is not in it.
            bool once = outer is CommonForEachStatementSyntax each && each.Expression == inner
                || outer is ForStatementSyntax { Declaration: { } declaration } && declaration == inner;
            if (!once && outer is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
                yield return (StatementSyntax)outer;
            inner = outer;
        }
    }

    /// <summary>A type of many values: few different ones (bool, an enum, a remainder, a choice) make few traces.</summary>
    public static bool IsNumberOrText(ITypeSymbol type) =>
        type.TypeKind != TypeKind.Enum && type.SpecialType is >= SpecialType.System_Char and <= SpecialType.System_String;

    /// <summary>True for an expression that has another value in each iteration.</summary>
    public static bool Changes(ExpressionSyntax value, StatementSyntax[] loops, SemanticModel model)
    {
        if (Grows(value, loops, model))
            return true;
        bool isClear = !value.DescendantNodesAndSelf().Any(n =>
            n is InvocationExpressionSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax or ElementAccessExpressionSyntax
            || n.IsKind(SyntaxKind.ModuloExpression) || n.IsKind(SyntaxKind.BitwiseAndExpression));
        return isClear && value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Any(n => model.GetSymbolInfo(n).Symbol is ILocalSymbol local && loops.Any(loop => Changes(local, loop, loops, model)));
    }

    private static bool Changes(ILocalSymbol local, StatementSyntax loop, StatementSyntax[] loops, SemanticModel model)
    {
        SyntaxNode declaration = local.DeclaringSyntaxReferences[0].GetSyntax();
        if (declaration == loop)
            return true;
        if (!loop.Span.Contains(declaration.Span) || declaration.Parent?.Parent == loop)
            return IsNumberOrText(local.Type) && Written(loop, local, model);
        // Declared in the body: it changes if what it starts with does.
        return declaration is VariableDeclaratorSyntax { Initializer.Value: { } start }
            && Changes(start, [.. loops.Where(l => l.Span.Contains(start.Span))], model);
    }

    private static bool Written(StatementSyntax loop, ILocalSymbol local, SemanticModel model) => EffectWalker.Walk(loop, model)
        .Any(e => e is { Kind: EffectKind.Write, At.Kind: PlaceKind.Variable } && e.Syntax is not VariableDeclaratorSyntax
        && SymbolEqualityComparer.Default.Equals(e.At.Symbol, local));

    // The size of a collection that the loop fills.
    private static bool Grows(ExpressionSyntax value, StatementSyntax[] loops, SemanticModel model) =>
        value is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Count" or "Length", Expression: IdentifierNameSyntax name }
        && model.GetSymbolInfo(name).Symbol is { } list and (ILocalSymbol or IFieldSymbol or IParameterSymbol)
        && loops.Any(loop => !list.DeclaringSyntaxReferences.Any(r => loop.Span.Contains(r.Span)) && EffectWalker.Walk(loop, model)
            .Any(e => e.Kind == EffectKind.Fill && e.Callee.Has(ApiTraits.Changes) && SymbolEqualityComparer.Default.Equals(e.At.Symbol, list)));

    /// <summary>True for the time of day, a new ID or a random number, alone or in arithmetic: another value at each call.</summary>
    public static bool IsDrawn(ExpressionSyntax value, SemanticModel model) =>
        !value.DescendantNodesAndSelf().Any(n => n is ConditionalExpressionSyntax or SwitchExpressionSyntax
            || n.IsKind(SyntaxKind.ModuloExpression) || n.IsKind(SyntaxKind.BitwiseAndExpression))
        && value.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => MayBeDrawn(n) && Names.SymbolOf(n, model) is { } symbol
            && (symbol.Has(ApiTraits.IsClock) || IsRandom(symbol, n, model)));

    private static bool MayBeDrawn(SimpleNameSyntax name) => name.Identifier.ValueText.StartsWith("Next", StringComparison.Ordinal)
        || KnownApis.MayHave(name.Identifier.ValueText, ApiTraits.IsClock);

    // Of few numbers each comes again soon.
    private static bool IsRandom(ISymbol symbol, SimpleNameSyntax name, SemanticModel model)
    {
        const int Few = 16;
        if (symbol is not IMethodSymbol { ContainingType: { Name: "Random", ContainingNamespace: { Name: "System" } system } }
            || !system.ContainingNamespace.IsGlobalNamespace)
            return false;
        return !(Names.AccessOf(name).Parent is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments }
            && model.GetConstantValue(arguments[arguments.Count - 1].Expression) is { HasValue: true, Value: <= Few });
    }
}
