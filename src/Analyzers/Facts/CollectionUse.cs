using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The use that a graph function makes of a C# collection that it gets: one whose content decides what is traced must be compared by content, one
/// that the trace may keep (for an Ops.HostCall to write to) by identity.
/// </summary>
internal sealed record CollectionUse(bool ReadsContent, bool KeepsObject)
{
    /// <summary>The use to assume where nothing is known.</summary>
    private static readonly CollectionUse s_both = new(true, true);

    /// <summary>The use of a parameter; null if it is no collection.</summary>
    public static CollectionUse? Of(IParameterSymbol parameter, CallGraph calls)
    {
        if (!IsCollection(parameter.Type))
            return null;
        if (calls.Declaration(CallGraph.Definition((IMethodSymbol)parameter.ContainingSymbol)) is not { } declaration)
            return s_both;
        bool reads = false, keeps = false;
        foreach (Effect use in Effects.Of(declaration, calls.Model(declaration.SyntaxTree)).All)
        {
            if (use.Kind is not (EffectKind.Read or EffectKind.Write) || use.Syntax is not IdentifierNameSyntax name
                || !IsSame(use.At.Symbol, parameter))
                continue;
            reads |= !use.IsOnHost && !IsChangeOnly(name);
            keeps |= use.IsOnHost || use.Function is not null || !IsPlainRead(name);
        }
        return new CollectionUse(reads, keeps || !reads);
    }

    // The parts of a partial method have parameters of their own.
    private static bool IsSame(ISymbol? used, IParameterSymbol parameter) =>
        used is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) } }
        && used.Name == parameter.Name;

    /// <summary>True for a collection of the framework, also behind an interface.</summary>
    public static bool IsCollection(ITypeSymbol type) => type is IArrayTypeSymbol
        || (type.SpecialType != SpecialType.System_String
        && type.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) == true
            && (IsEnumerable(type) || type.AllInterfaces.Any(IsEnumerable)) && !type.IsValueType);

    private static bool IsEnumerable(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_Collections_IEnumerable
        || type.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T;

    // seen.Add("…");
    private static bool IsChangeOnly(IdentifierNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } call } access
        && access.Expression == name && call.Expression == access;

    // sizes[0], sizes.Length, foreach (int size in sizes), Ops.Reshape(x, sizes), new Shape(sizes)
    private static bool IsPlainRead(IdentifierNameSyntax name) => name.Parent switch
    {
        ElementAccessExpressionSyntax element => element.Expression == name
            && !(element.Parent is AssignmentExpressionSyntax assignment && assignment.Left == element)
            && element.Parent is not (PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax or RefExpressionSyntax
            or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax),
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Length" or "Count", Parent: not InvocationExpressionSyntax } => true,
        ForEachStatementSyntax each => each.Expression == name,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Ops" } } } } => true,
        ArgumentSyntax { Parent.Parent: ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.Text: "Shape" } } } => true,
        _ => false,
    };
}
