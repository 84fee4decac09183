using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds calls, in a graph function or in what it reaches, that run a method with control flow on tensors as it is written: one of another
/// assembly without a twin, or one of this project through a type of another assembly.
/// </summary>
internal static class TG1112_CallIsNotConverted
{
    public static IEnumerable<Diagnostic> Find(IMethodSymbol root, CallGraph calls)
    {
        foreach (IMethodSymbol method in calls.ReachedFrom(root))
        {
            if (calls.CalleesOf(method).Any(c => WhyNotConverted(c.Method, calls) is not null))
            {
                foreach (Diagnostic diagnostic in CallsIn(method, root, calls))
                    yield return diagnostic;
            }
        }
    }

    private static IEnumerable<Diagnostic> CallsIn(IMethodSymbol method, IMethodSymbol root, CallGraph calls)
    {
        SyntaxNode declaration = calls.Declaration(method)!;
        SemanticModel model = calls.Model(declaration.SyntaxTree);
        foreach (Effect call in Effects.Of(declaration, model).WhileTracing)
        {
            if (call is { Kind: EffectKind.Call, Form: not CallForm.Callback, Callee: { MethodKind: not MethodKind.LocalFunction } callee }
                && WhyNotConverted(CallGraph.Definition(callee), calls, Receiver(call.Syntax, model) ?? callee.ContainingType) is { } why)
            {
                yield return Diagnostic.Create(Rules.CallIsNotConverted, call.Syntax.GetLocation(), Show(callee), root.Name, why.Reason, why.Remedy);
            }
        }
    }

    private static (string Reason, string Remedy)? WhyNotConverted(IMethodSymbol callee, CallGraph calls, ITypeSymbol? on = null)
    {
        if (callee.GraphFunction() is not null || !calls.IsForeign(callee) || calls.HasTwin(callee))
            return null;
        string place = $"assembly '{callee.ContainingAssembly.Name}'";
        if (calls.IsStaged(callee))
        {
            return ($"it stands in {place}, without a traced twin",
                callee.MethodKind == MethodKind.Ordinary ? "Mark it with [GraphFunction] there" : "Move the code to a [GraphFunction] method there");
        }
        return calls.Family(callee).FirstOrDefault(m => !calls.IsForeign(m) && calls.MeetsStaged(m)
            && (on is null || MayBe(m.ContainingType, callee.ContainingType, on, calls))) is { } body
            ? ($"it is declared in {place}, so '{Show(body)}' runs as it is written",
            "Call it through a class or partial interface of this project that declares the method")
            : null;
    }

    private static ITypeSymbol? Receiver(SyntaxNode node, SemanticModel model) => node switch
    {
        SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access } when access.Name == node => model.GetTypeInfo(access.Expression).Type,
        ElementAccessExpressionSyntax access => model.GetTypeInfo(access.Expression).Type,
        _ => null,
    };

    /// <summary>False if no object of <paramref name="type"/>, which holds a body, can be one that the call is made on.</summary>
    private static bool MayBe(INamedTypeSymbol type, INamedTypeSymbol declaring, ITypeSymbol on, CallGraph calls)
    {
        // The body of a class may serve an interface that a class derived from it implements; a type parameter may be anything.
        bool implements = type.AllInterfaces.Concat(Bases(type)).Any(i => SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, declaring));
        if (!implements || type.IsGenericType || on.TypeKind == TypeKind.TypeParameter
            || (on is INamedTypeSymbol { TypeArguments: var arguments } && arguments.Any(a => a.TypeKind == TypeKind.TypeParameter)))
            return true;
        return on.TypeKind is not (TypeKind.Interface or TypeKind.Class) || calls.Compilation.ClassifyCommonConversion(type, on).IsImplicit
            || (on.TypeKind == TypeKind.Class && calls.Compilation.ClassifyCommonConversion(on, type).IsImplicit);
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? next = type; next is not null; next = next.BaseType)
            yield return next;
    }

    private static string Show(IMethodSymbol method) => $"{method.ContainingType.Name}.{(method.AssociatedSymbol ?? method).Name}";
}
