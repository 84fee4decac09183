using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Finds the calls of graph functions that can be routed to their entries.</summary>
internal static class CallSites
{
    private static readonly SymbolDisplayFormat s_typeFormat =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    // Trees and references do not change, and most of them stay from one compilation to the next.
    private static readonly ConditionalWeakTable<SyntaxTree, HashSet<string>> s_namesOfTrees = new();
    private static readonly ConditionalWeakTable<IAssemblySymbol, HashSet<string>> s_namesOfAssemblies = new();
    private static readonly ConditionalWeakTable<Compilation, HashSet<string>> s_namesOfCompilations = new();

    public static bool IsCandidate(SyntaxNode node) => node is InvocationExpressionSyntax invocation && NameOf(invocation) is not null;

    public static InterceptedCall? Find(SyntaxNode node, SemanticModel model, CancellationToken stop)
    {
        var invocation = (InvocationExpressionSyntax)node;
        // Binding every call of a program would be slow; only calls by the name of some graph function are looked at.
        if (!s_namesOfCompilations.GetValue(model.Compilation, NamesOf).Contains(NameOf(invocation)!))
            return null;
        if (model.GetSymbolInfo(invocation, stop).Symbol is not IMethodSymbol method || method.GraphFunction() is null || WhyNotIntercepted(method) is not null
            || method.Parameters.Any(p => p.RefKind != RefKind.None) || !CallGraph.Of(model.Compilation).HasEntry(CallGraph.Definition(method)) || stop.IsCancellationRequested)
        {
            return null;
        }

        if (model.GetInterceptableLocation(invocation, stop) is not { } location)
            return null;
        return new InterceptedCall(InterceptorOf(method), location.GetInterceptsLocationAttributeSyntax(), location.GetDisplayLocation());
    }

    private static string? NameOf(InvocationExpressionSyntax invocation) => invocation.Expression switch
    {
        SimpleNameSyntax name => name.Identifier.Text,
        // `base.F()` must not be dispatched again.
        MemberAccessExpressionSyntax { Expression: not BaseExpressionSyntax } access => access.Name.Identifier.Text,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.Text,
        _ => null,
    };

    /// <summary>Why an interceptor cannot call the entry of a graph function: it stands outside of all types, and must be able to name those of the call.</summary>
    public static string? WhyNotIntercepted(IMethodSymbol method)
    {
        if (method.ContainingType.TypeKind != TypeKind.Class)
            return "it stands in a struct";
        if (!TwinWriter.IsVisible(method.ContainingType) || !method.TypeArguments.All(TwinWriter.IsVisible))
            return "its class, or a type of the call, is private";
        if (method.DeclaredAccessibility != Accessibility.Public && !TwinWriter.NamesOnlyVisibleTypes(method.OriginalDefinition))
            return "a type in its signature is private";
        return MentionsTypeParameter(method.ContainingType) || method.TypeArguments.Any(MentionsTypeParameter) ? "its types depend on a type parameter at the call" : null;
    }

    private static bool MentionsTypeParameter(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => MentionsTypeParameter(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(MentionsTypeParameter) || (named.ContainingType is { } outer && MentionsTypeParameter(outer)),
        _ => false,
    };

    private static Interceptor InterceptorOf(IMethodSymbol method)
    {
        method = method.ReducedFrom is { } reduced && method.TypeArguments.Length == 0 ? reduced : method;
        string owner = method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        var parameters = new List<string>();
        if (!method.IsStatic)
            parameters.Add($"this {owner} __self");
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            string prefix = method.IsExtensionMethod && parameters.Count == 0 ? "this " : parameter.IsParams ? "params " : "";
            parameters.Add($"{prefix}{parameter.Type.ToDisplayString(s_typeFormat)} @{parameter.Name}");
        }
        string types = method.TypeArguments.Length > 0 ? $"<{string.Join(", ", method.TypeArguments.Select(t => t.ToDisplayString(s_typeFormat)))}>" : "";
        string call = $"{(method.IsStatic ? owner : "__self")}.{TwinNames.Entry(method.Name)}{types}({string.Join(", ", method.Parameters.Select(p => "@" + p.Name))})";
        return new Interceptor(method.Name, method.ReturnType.ToDisplayString(s_typeFormat), string.Join(", ", parameters), call);
    }

    private static HashSet<string> NamesOf(Compilation compilation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
            names.UnionWith(s_namesOfTrees.GetValue(tree, NamesOf));
        foreach (IAssemblySymbol assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name == "TensorGraph")))
                names.UnionWith(s_namesOfAssemblies.GetValue(assembly, NamesOf));
        }
        return names;
    }

    private static HashSet<string> NamesOf(SyntaxTree tree)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        SyntaxNode root = tree.GetRoot();
        foreach (MethodDeclarationSyntax method in root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax).OfType<MethodDeclarationSyntax>())
        {
            // An alias could hide the attribute's name, so any attribute counts.
            if (method.AttributeLists.Count > 0)
                names.Add(method.Identifier.Text);
        }
        return names;
    }

    private static HashSet<string> NamesOf(IAssemblySymbol assembly)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var work = new Stack<INamespaceOrTypeSymbol>([assembly.GlobalNamespace]);
        while (work.Count > 0)
        {
            foreach (ISymbol member in work.Pop().GetMembers())
            {
                if (member is INamespaceOrTypeSymbol inner)
                    work.Push(inner);
                else if (member is IMethodSymbol method && method.GraphFunction() is not null)
                    names.Add(method.Name);
            }
        }
        return names;
    }
}
