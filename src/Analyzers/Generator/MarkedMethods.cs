using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Methods that may be graph functions, as far as syntax tells: an alias could hide the attribute's name, so any attribute of a simple name counts.
/// </summary>
internal static class MarkedMethods
{
    // Trees and references do not change, and most of them stay from one compilation to the next.
    private static readonly ConditionalWeakTable<SyntaxTree, MethodDeclarationSyntax[]> s_ofTrees = new();
    private static readonly ConditionalWeakTable<SyntaxTree, MethodDeclarationSyntax[]> s_overridesOfTrees = new();
    private static readonly ConditionalWeakTable<IAssemblySymbol, HashSet<string>> s_namesOfAssemblies = new();
    private static readonly ConditionalWeakTable<Compilation, HashSet<string>> s_namesOfCompilations = new();

    public static MethodDeclarationSyntax[] In(SyntaxTree tree) => s_ofTrees.GetValue(tree, static t =>
        [.. t.GetRoot().DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
        .OfType<MethodDeclarationSyntax>().Where(m => m.AttributeLists.Any(list => list.Attributes.Any(MayBeGraphFunction)))]);

    // Code of other generators has attributes by the hundred, with the names of their namespaces: the last name of those is that of a type.
    private static bool MayBeGraphFunction(AttributeSyntax attribute) => attribute.Name switch
    {
        QualifiedNameSyntax qualified => IsGraphFunction(qualified.Right),
        AliasQualifiedNameSyntax qualified => IsGraphFunction(qualified.Name),
        _ => true,
    };

    private static bool IsGraphFunction(SimpleNameSyntax name) => name.Identifier.ValueText is "GraphFunction" or "GraphFunctionAttribute";

    /// <summary>Overrides that another assembly may run while it traces, as far as syntax tells.</summary>
    public static MethodDeclarationSyntax[] OverridesIn(SyntaxTree tree) => s_overridesOfTrees.GetValue(tree, static t =>
        [.. t.GetRoot().DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
        .OfType<MethodDeclarationSyntax>().Where(m => m.Modifiers.Any(SyntaxKind.OverrideKeyword)
            && m.Identifier.Text is not ("ToString" or "Equals" or "GetHashCode" or "Dispose"))]);

    /// <summary>True if a compilation, or what it references, has methods that may be graph functions.</summary>
    public static bool AnyIn(Compilation compilation) => NamesIn(compilation).Count > 0;

    /// <summary>False where no graph function has the name that is called.</summary>
    public static bool MayBeCalledBy(InvocationExpressionSyntax call, Compilation compilation) => call.Expression switch
    {
        SimpleNameSyntax name => NamesIn(compilation).Contains(name.Identifier.Text),
        MemberAccessExpressionSyntax access => NamesIn(compilation).Contains(access.Name.Identifier.Text),
        MemberBindingExpressionSyntax binding => NamesIn(compilation).Contains(binding.Name.Identifier.Text),
        _ => false,
    };

    private static HashSet<string> NamesIn(Compilation compilation) => s_namesOfCompilations.GetValue(compilation, NamesOf);

    private static HashSet<string> NamesOf(Compilation compilation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            foreach (MethodDeclarationSyntax method in In(tree))
                names.Add(method.Identifier.Text);
        }
        foreach (IAssemblySymbol assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name == "TensorGraph")))
                names.UnionWith(s_namesOfAssemblies.GetValue(assembly, NamesOf));
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
