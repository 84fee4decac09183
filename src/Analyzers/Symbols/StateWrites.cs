using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Who changes the members of the given names, and who the content of the collections in them, apart from the constructors of their types.</summary>
internal sealed class StateWrites
{
    private readonly List<(ISymbol Member, bool Content, ISymbol Writer)> _writes = [];

    public StateWrites(CallGraph calls, HashSet<string> names, CancellationToken stop)
    {
        foreach (SyntaxTree tree in calls.Compilation.SyntaxTrees)
        {
            foreach (SimpleNameSyntax name in tree.GetRoot(stop).DescendantNodes().OfType<SimpleNameSyntax>().Where(n => names.Contains(n.Identifier.Text)))
                Add(name, calls.Model(tree));
        }
    }

    /// <summary>A method that changes what is read, other than those that the trace itself runs; or null.</summary>
    public ISymbol? MethodThatChanges(StateRead read, IReadOnlyCollection<IMethodSymbol> traced)
    {
        foreach ((ISymbol member, bool content, ISymbol writer) in _writes)
        {
            if (content == (read.Kind == StateKind.Content) && SymbolEqualityComparer.Default.Equals(member, read.Member.OriginalDefinition) && !traced.Contains(writer, SymbolEqualityComparer.Default))
                return writer;
        }
        return null;
    }

    private void Add(SimpleNameSyntax name, SemanticModel model)
    {
        ExpressionSyntax member = Names.AccessOf(name);
        bool content = IsContentChanged(member);
        if (!content && !IsWritten(member))
            return;
        if (Names.SymbolOf(name, model) is not { } symbol || model.GetEnclosingSymbol(name.SpanStart) is not { } writer)
            return;
        while (writer is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
            writer = writer.ContainingSymbol;
        if (writer is IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } && SymbolEqualityComparer.Default.Equals(writer.ContainingType, symbol.ContainingType))
            return;
        // A twin writes what its method writes, and runs only while tracing.
        if (writer.GetAttributes().Any(a => a.AttributeClass?.Name == "TracedTwinAttribute"))
            return;
        _writes.Add((symbol.OriginalDefinition, content, writer.OriginalDefinition));
    }

    /// <summary>True for <c>member[i] = …</c> and <c>member.Add(…)</c>.</summary>
    public static bool IsContentChanged(ExpressionSyntax member) =>
        (member.Parent is ElementAccessExpressionSyntax element && element.Expression == member && IsWritten(element))
        || (member.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } call && call.Expression == member && RegionChecks.IsCollectionChange(call.Name));

    private static bool IsWritten(ExpressionSyntax target) => target.Parent switch
    {
        // An initialiser writes to a new object.
        AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } => false,
        AssignmentExpressionSyntax assignment => assignment.Left == target,
        PrefixUnaryExpressionSyntax unary => unary.IsKind(SyntaxKind.PreIncrementExpression) || unary.IsKind(SyntaxKind.PreDecrementExpression),
        PostfixUnaryExpressionSyntax unary => unary.IsKind(SyntaxKind.PostIncrementExpression) || unary.IsKind(SyntaxKind.PostDecrementExpression),
        ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } => true,
        ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax swap } tuple } => swap.Left == tuple,
        // ref float rate = ref _rate;
        RefExpressionSyntax { Parent: not null } => true,
        _ => false,
    };
}
