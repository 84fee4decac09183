using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The changes that a program makes to members of the given names, and to the content of the collections in them, apart from the constructors of
/// their types.
/// </summary>
internal sealed class StateWrites
{
    private readonly List<(ISymbol Member, bool Content, ISymbol Writer)> _writes = [];

    public StateWrites(CallGraph calls, HashSet<string> names, CancellationToken stop)
    {
        foreach (SyntaxTree tree in calls.Compilation.SyntaxTrees)
        {
            // To bind all code would be slow: only members that mention a name are looked at.
            IEnumerable<SyntaxNode> code = tree.GetRoot(stop).DescendantNodes().OfType<SimpleNameSyntax>()
                .Where(n => names.Contains(n.Identifier.ValueText))
                .Select(n => n.Ancestors().FirstOrDefault(IsCode)).OfType<SyntaxNode>().Distinct();
            foreach (SyntaxNode member in code)
                Add(member, calls.Model(tree), names);
        }
    }

    /// <summary>A method that changes what is read, other than those that the trace itself runs; or null.</summary>
    public ISymbol? MethodThatChanges(StateRead read, IReadOnlyCollection<IMethodSymbol> traced)
    {
        foreach ((ISymbol member, bool content, ISymbol writer) in _writes)
        {
            if (content == (read.Kind == StateKind.Content) && SymbolEqualityComparer.Default.Equals(member, read.Member.OriginalDefinition)
                && !traced.Contains(writer, SymbolEqualityComparer.Default))
                return writer;
        }
        return null;
    }

    private static bool IsCode(SyntaxNode node) => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or GlobalStatementSyntax
        or ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }
        or EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } };

    private void Add(SyntaxNode code, SemanticModel model, HashSet<string> names)
    {
        foreach (Effect effect in Effects.Of(code, model).All.Where(e => e.Kind is EffectKind.Write or EffectKind.Fill))
        {
            if (effect.At.Symbol is not { } member || !names.Contains(member.Name)
                || model.GetEnclosingSymbol(effect.Syntax.SpanStart) is not { } writer)
                continue;
            while (writer is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
                writer = writer.ContainingSymbol;
            if (writer is IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor }
                && SymbolEqualityComparer.Default.Equals(writer.ContainingType, member.ContainingType))
                continue;
            // A twin writes what its method writes, and runs only while tracing.
            if (!writer.GetAttributes().Any(a => a.AttributeClass?.Name == "TracedTwinAttribute"))
                _writes.Add((member.OriginalDefinition, effect.Kind == EffectKind.Fill, writer.OriginalDefinition));
        }
    }
}
