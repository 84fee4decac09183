using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>The code outside of all traces that reads members of the given names, and whether any such code writes them.</summary>
internal sealed class MemberReaders
{
    private readonly List<(ISymbol Member, bool IsRead, ISymbol User)> _uses = [];

    public MemberReaders(CallGraph calls, HashSet<string> names, HashSet<ISymbol> traced, CancellationToken stop)
    {
        foreach (SyntaxTree tree in calls.Compilation.SyntaxTrees)
        {
            SemanticModel? model = null;
            foreach (SimpleNameSyntax name in tree.GetRoot(stop).DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (!names.Contains(name.Identifier.ValueText) || !Names.MayBeMember(name))
                    continue;
                model ??= calls.Model(tree);
                if (Names.SymbolOf(name, model) is (IFieldSymbol or IPropertySymbol) and var member && UserOf(name, model) is { } user
                    && !IsTraced(user, traced))
                    _uses.Add((member.OriginalDefinition, IsRead(Names.AccessOf(name)), user));
            }
        }
    }

    /// <summary>Properties of the same type whose getter gives what a member holds.</summary>
    public static IEnumerable<IPropertySymbol> NamesOf(ISymbol member, CallGraph calls) => member.ContainingType.GetMembers()
        .OfType<IPropertySymbol>().Where(p => p.GetMethod is { } getter && calls.Declaration(getter) is { } declaration
            && new MemberBody(declaration).Expression is { } given
            && Names.Of(given) is SimpleNameSyntax name && name.Identifier.ValueText == member.Name
            && SymbolEqualityComparer.Default.Equals(calls.Model(declaration.SyntaxTree).GetSymbolInfo(given).Symbol, member));

    /// <summary>A method that reads a member, itself or by one of its other names, which no code outside of traces writes; or null.</summary>
    public ISymbol? OnlyReaderOf(ISymbol member, IReadOnlyCollection<IPropertySymbol> names)
    {
        var uses = _uses.Where(u => SymbolEqualityComparer.Default.Equals(u.Member, member.OriginalDefinition)
            ? !names.Contains((u.User as IMethodSymbol)?.AssociatedSymbol, SymbolEqualityComparer.Default)
            : names.Contains(u.Member, SymbolEqualityComparer.Default)).ToList();
        return uses.Count > 0 && uses.All(u => u.IsRead) ? uses[0].User : null;
    }

    private static ISymbol? UserOf(SyntaxNode name, SemanticModel model)
    {
        ISymbol? user = model.GetEnclosingSymbol(name.SpanStart);
        while (user is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
            user = user.ContainingSymbol;
        return user is IMethodSymbol ? user : null;
    }

    // What a twin does, its method does.
    private static bool IsTraced(ISymbol user, HashSet<ISymbol> traced) =>
        traced.Contains(user.OriginalDefinition)
        || user.GetAttributes().Any(a => a.AttributeClass?.Name is "TracedTwinAttribute" or "GraphEntryAttribute")
        || user.IsImplicitlyDeclared && user is not IMethodSymbol { ContainingType.Name: "Program" };

    // A name that is only tested for null, or given another value, is no use of the tensor.
    private static bool IsRead(ExpressionSyntax access) => access.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left != access,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } } => false,
        ArgumentSyntax argument => argument.RefKindKeyword.RawKind == 0,
        IsPatternExpressionSyntax or ConditionalAccessExpressionSyntax => false,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Clear" or "Add" } => false,
        _ => true,
    };
}
