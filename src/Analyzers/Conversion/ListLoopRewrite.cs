using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Lists of tensors that C# walks through. A branch is traced whether it is taken or not, and C# would take an element that it assigns for a change
/// of the list.
/// </summary>
internal sealed class ListLoopRewrite(TwinText text) : Rewrite(text)
{
    private SyntaxNode? _inside;

    public override string? Of(SyntaxNode node)
    {
        if (node == _inside || node.Parent is not CommonForEachStatementSyntax { AwaitKeyword.RawKind: 0 } loop || loop.Expression != node
            || !MayBeList(loop.Expression))
            return null;
        // The part of a struct is written with the copy of the struct ahead of it.
        if (Context.Self is not null && Context.IsOfThis(node))
            return null;
        _inside = node;
        string items = Text.Of(node);
        _inside = null;
        return $"{GraphControl}.Elements({items})";
    }

    private bool MayBeList(ExpressionSyntax items) =>
        Model.GetTypeInfo(items).Type is INamedTypeSymbol { TypeArguments: { Length: 1 } arguments, ContainingNamespace: { Name: "Generic" } } type
        && arguments[0].IsTensor()
        && type.Name is "List" or "IList" or "ICollection" or "IReadOnlyList" or "IReadOnlyCollection" or "IEnumerable";
}
