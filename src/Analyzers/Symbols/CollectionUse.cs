using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// What a graph function does with a C# collection that it gets: one whose content decides what is traced must be compared by content, one that
/// the trace may keep (for an Ops.HostCall to write to) by identity.
/// </summary>
internal sealed record CollectionUse(bool ReadsContent, bool KeepsObject)
{
    /// <summary>What must hold where nothing is known.</summary>
    private static readonly CollectionUse s_both = new(true, true);

    /// <summary>The use of a parameter; null if it is no collection.</summary>
    public static CollectionUse? Of(IParameterSymbol parameter)
    {
        if (!IsCollection(parameter.Type))
            return null;
        if (parameter.ContainingSymbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not MethodDeclarationSyntax { } method || IsHidden(parameter.Name, method))
            return s_both;
        // Default values and other parameters can't name it, so only the body counts. Names are enough, since none is hidden.
        bool reads = false, keeps = false;
        foreach (IdentifierNameSyntax name in ((SyntaxNode?)method.Body ?? method.ExpressionBody ?? (SyntaxNode)method).DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != parameter.Name || (name.Parent is MemberAccessExpressionSyntax access && access.Name == name))
                continue;
            bool inHostCall = name.Ancestors().Any(HostCode.Is);
            reads |= !inHostCall && !IsChangeOnly(name);
            keeps |= inHostCall || name.Ancestors().TakeWhile(n => n != method).Any(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) || !IsPlainRead(name);
        }
        return new CollectionUse(reads, keeps || !reads);
    }

    /// <summary>True for a collection of the framework, also behind an interface.</summary>
    public static bool IsCollection(ITypeSymbol type) => type is IArrayTypeSymbol
        || (type.SpecialType != SpecialType.System_String && type.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) == true
            && (IsEnumerable(type) || type.AllInterfaces.Any(IsEnumerable)) && !type.IsValueType);

    private static bool IsEnumerable(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_Collections_IEnumerable || type.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T;

    // seen.Add("…");
    private static bool IsChangeOnly(IdentifierNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } call } access && access.Expression == name && call.Expression == access;

    // sizes[0], sizes.Length, foreach (int size in sizes), Ops.Reshape(x, sizes), new Shape(sizes)
    private static bool IsPlainRead(IdentifierNameSyntax name) => name.Parent switch
    {
        ElementAccessExpressionSyntax element => element.Expression == name && !(element.Parent is AssignmentExpressionSyntax assignment && assignment.Left == element)
            && element.Parent is not (PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax or RefExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax),
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Length" or "Count", Parent: not InvocationExpressionSyntax } => true,
        ForEachStatementSyntax each => each.Expression == name,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Ops" } } } } => true,
        ArgumentSyntax { Parent.Parent: ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.Text: "Shape" } } } => true,
        _ => false,
    };

    // A parameter of a lambda or local function, or a member of an anonymous type, of the same name.
    private static bool IsHidden(string name, MethodDeclarationSyntax method) =>
        method.DescendantNodes().OfType<ParameterSyntax>().Count(p => p.Identifier.ValueText == name) > 1;
}
