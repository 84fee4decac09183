using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// Facts about methods in referenced assemblies: the twins they have, and, from the list that the generator left in an assembly built with
/// it, the methods that hold control flow on tensors.
/// </summary>
internal static class ForeignMethods
{
    private static readonly ConditionalWeakTable<IAssemblySymbol, HashSet<string>> s_staged = new();

    /// <summary>True if the method's assembly says that a tensor decides what the method, or something that it calls, does.</summary>
    public static bool IsStaged(IMethodSymbol method) =>
        method.ContainingAssembly is { } assembly && s_staged.GetValue(assembly, StagedMethodsOf) is { Count: > 0 } staged
        && method.OriginalDefinition.GetDocumentationCommentId() is { } id && staged.Contains(id);

    /// <summary>True if the method, or one that it overrides, has a twin that <paramref name="compilation"/> can call.</summary>
    public static bool HasTwin(IMethodSymbol method, Compilation compilation)
    {
        if (method.MethodKind is MethodKind.Constructor or MethodKind.Conversion)
            return false;
        for (IMethodSymbol? next = method.OriginalDefinition; next is not null; next = next.OverriddenMethod?.OriginalDefinition)
        {
            string id = TwinId(next);
            if (next.ContainingType.GetMembers(TwinNames.Twin(next))
                .Any(twin => twin.GetDocumentationCommentId() == id && IsReachable(twin, compilation)))
                return true;
        }
        return false;
    }

    /// <summary>The virtual method that a method of another assembly says it runs, or null.</summary>
    public static IMethodSymbol? RunBy(IMethodSymbol method) =>
        method is { IsStatic: false, MethodKind: MethodKind.Ordinary, ContainingAssembly: { } assembly }
        && assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name == "TensorGraph"))
        && method.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "RunsOverridesAttribute") is { } runs
        && runs.ConstructorArguments[0].Value is string name
            ? method.ContainingType.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault(CallGraph.IsDispatched)
            : null;

    private static bool IsReachable(ISymbol twin, Compilation compilation) =>
        twin.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedOrInternal
        || compilation.IsSymbolAccessibleWithin(twin, compilation.Assembly);

    // The twin differs in nothing but the name: M:Space.Type.Name(Types).
    private static string TwinId(IMethodSymbol method)
    {
        string id = method.GetDocumentationCommentId()!;
        string type = "M:" + method.ContainingType.GetDocumentationCommentId()!.Substring(2) + ".";
        // The member of an extension block is not named after the block.
        return id.StartsWith(type, StringComparison.Ordinal) ? type + TwinNames.Twin(method) + id.Substring(type.Length + method.Name.Length) : "";
    }

    private static HashSet<string> StagedMethodsOf(IAssemblySymbol assembly)
    {
        IEnumerable<string> ids = assembly.GetAttributes()
            .Where(a => a.AttributeClass is { Name: "StagedMethodsAttribute" } type
            && type.ContainingNamespace.ToDisplayString() == TensorGraphTypes.Services)
            .SelectMany(a => a.ConstructorArguments).SelectMany(a => a.Values).Select(v => v.Value).OfType<string>();
        return new HashSet<string>(ids, StringComparer.Ordinal);
    }
}
