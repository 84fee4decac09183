using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Conditions for a method to be a graph function. The generator skips what the analyzer reports here.</summary>
internal static class MethodRules
{
    public static bool CanBeConverted(IMethodSymbol method, MethodDeclarationSyntax declaration) =>
        Find(method, declaration).All(d => d.Severity != DiagnosticSeverity.Error);

    /// <summary>All violations, each a row of its own below.</summary>
    public static IEnumerable<Diagnostic> Find(IMethodSymbol method, MethodDeclarationSyntax declaration)
    {
        Location name = declaration.Identifier.GetLocation();
        if (NotPartial(declaration) is { } type)
            yield return Diagnostic.Create(Rules.TypeIsNotPartial, type.Identifier.GetLocation(), type.Identifier.Text,
                $"the graph function '{method.Name}'");
        string? outer = method.ContainingType.TypeKind == TypeKind.Interface
            ? "an interface"
            : method.ContainingType.IsExtensionBlock() ? "an extension block"
            : method.ContainingType.IsValueType && !method.IsStatic ? "a struct, of which only static methods can be graph functions"
            : method.ExplicitInterfaceImplementations.Length > 0 ? "an explicit interface implementation"
            : Container(method);
        if (outer is { } container)
            yield return Diagnostic.Create(Rules.UnsupportedContainer, name, method.Name, container);
        if (declaration is { Body: null, ExpressionBody: null })
            yield return Diagnostic.Create(Rules.MethodHasNoBody, name, method.Name, method.IsAbstract
                ? "abstract"
                : method.IsExtern ? "extern" : "declared without a body");
        if (Suspends(method, declaration) is var (construct, remedy))
            yield return Diagnostic.Create(Rules.AsyncOrIterator, name, method.Name, construct, remedy);
        else if (!IsResult(method.ReturnType) && !method.ReturnsVoid
            && !(method.ReturnType.HoldsTorchTensor() && method.ContainingModule?.IsTorchOn() == true))
            yield return Diagnostic.Create(Rules.UnsupportedReturnType, declaration.ReturnType.GetLocation(), method.Name, Show(method.ReturnType));
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            Location place = parameter.Locations.FirstOrDefault() ?? name;
            if (parameter.RefKind != RefKind.None)
                yield return Diagnostic.Create(Rules.ParameterByReference, place, parameter.Name, method.Name, Word(parameter.RefKind),
                    Remedy(parameter));
            else if ((parameter.Type.IsRefLikeType && !Structure.OfParameter(parameter.Type).HoldsTensor)
                || parameter.Type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Dynamic)
                yield return Diagnostic.Create(Rules.UnsupportedParameterType, place, parameter.Name, method.Name, Show(parameter.Type));
        }
    }

    /// <summary>The innermost type around a method that is not partial.</summary>
    public static TypeDeclarationSyntax? NotPartial(SyntaxNode method) =>
        method.Ancestors().OfType<TypeDeclarationSyntax>().FirstOrDefault(t => !t.IsExtensionBlock() && !t.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>The reason why a method's type cannot hold any twin; null if it can.</summary>
    public static string? Container(IMethodSymbol method)
    {
        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.IsFileLocal)
                return "a file-local type";
        }
        return null;
    }

    private static bool IsIterator(MethodDeclarationSyntax declaration) => Staging.InSameFunction(declaration).Any(n => n is YieldStatementSyntax);

    private static bool ReturnsTask(IMethodSymbol method) =>
        method.ReturnType is INamedTypeSymbol { Name: "Task"
        or "ValueTask", ContainingNamespace: { Name: "Tasks", ContainingNamespace.Name: "Threading" } };

    // Only what is made of tensors alone: a host value in a result would be frozen while tracing.
    private static bool IsResult(ITypeSymbol type) => IsResult(Structure.Of(type));

    private static bool IsResult(Structure structure) =>
        structure.Kind == StructureKind.Tensor || (structure.Kind != StructureKind.Static && structure.Parts.All(p => IsResult(p.Part)));

    private static string Show(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    private static (string Construct, string Remedy)? Suspends(IMethodSymbol method, MethodDeclarationSyntax declaration) =>
        IsIterator(declaration) ? ("contains 'yield'", "Return the tensors in an array or List, or stacked in one Tensor")
        : method.IsAsync ? ("is declared 'async'", "Return Tensor, and await in the caller: a tensor can be awaited")
        : ReturnsTask(method) ? ($"returns '{Show(method.ReturnType)}'", "Return Tensor: a call does not wait, and the caller can await the tensor")
        : null;

    private static string Word(RefKind kind) => kind switch
    {
        RefKind.Out => "out",
        RefKind.Ref => "ref",
        RefKind.In => "in",
        _ => "ref readonly",
    };

    private static string Remedy(IParameterSymbol parameter) => parameter.RefKind switch
    {
        RefKind.Out => $"Return '{parameter.Name}', in a tuple with the other results",
        RefKind.Ref => $"Take '{parameter.Name}' as it is and return its new value, in a tuple with the other results",
        var kind => $"Leave '{Word(kind)}' out: nothing is copied when a tensor or object is passed",
    };
}
