using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Local functions may be called before their declaration; where a list of statements is split, they move in front.</summary>
internal static class LocalFunctions
{
    /// <summary>
    /// Moves the local functions of <paramref name="rest"/> to <paramref name="before"/>, and gives what is left. One that uses a variable of the
    /// rest can't be called before, and stays.
    /// </summary>
    public static IReadOnlyList<Node> Hoist(ImmutableArray<Node>.Builder before, IReadOnlyList<Node> rest, SemanticModel model)
    {
        if (!rest.Any(n => n.Source is LocalFunctionStatementSyntax))
            return rest;
        var declared = new HashSet<ISymbol>(rest.Select(n => n.Source).OfType<LocalDeclarationStatementSyntax>()
            .SelectMany(d => d.Declaration.Variables).Select(v => model.GetDeclaredSymbol(v)!),
            SymbolEqualityComparer.Default);
        var left = new List<Node>();
        foreach (Node node in rest)
        {
            bool moves = node.Source is LocalFunctionStatementSyntax function
                && !function.DescendantNodes().OfType<IdentifierNameSyntax>()
                .Any(n => Names.SymbolOf(n, model) is { } used && declared.Contains(used));
            if (moves)
                before.Add(node);
            else
                left.Add(node);
        }
        return left;
    }
}
