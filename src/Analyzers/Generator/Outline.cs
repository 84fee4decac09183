using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// What the rest of a program can see of one file: all of its text but the bodies of its methods. While that stays the same, nothing
/// that was found out about code in other files can have changed.
/// </summary>
internal sealed class Outline
{
    private static readonly ConditionalWeakTable<SyntaxTree, Outline> s_ofTrees = new();
    private static readonly ConditionalWeakTable<Compilation, StrongBox<ulong>> s_ofCompilations = new();

    private readonly ulong _hash = 14695981039346656037;
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _mentioned = new(StringComparer.Ordinal);
    private bool _actsUnmentioned;

    private Outline(SyntaxNode root)
    {
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken))
                _mentioned.Add(token.ValueText);
        }
        foreach (SyntaxNodeOrToken part in root.DescendantNodesAndTokens(n => !IsBody(n)))
        {
            if (part.IsToken)
                _hash = Add(_hash, part.AsToken().Text);
            else
                Add(part.AsNode()!);
        }
    }

    /// <summary>
    /// A hash of all outlines that code in another file may depend on. A file whose types nobody else mentions, such as a new one, is
    /// left out.
    /// </summary>
    public static ulong Of(Compilation compilation) => s_ofCompilations.GetValue(compilation, static c => new StrongBox<ulong>(Combine(c))).Value;

    private static ulong Combine(Compilation compilation)
    {
        Outline[] files = [.. compilation.SyntaxTrees.Select(tree => s_ofTrees.GetValue(tree, static t => new Outline(t.GetRoot())))];
        var mentions = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string type in files.SelectMany(f => f._types))
            mentions[type] = 0;
        foreach (string name in files.SelectMany(f => f._mentioned))
        {
            if (mentions.TryGetValue(name, out int count))
                mentions[name] = count + 1;
        }
        ulong hash = 0;
        foreach (Outline file in files)
        {
            // Its own file mentions each type once, where it declares it.
            if (file._actsUnmentioned || file._types.Any(type => mentions[type] > 1))
                hash = unchecked((hash * 1099511628211) ^ file._hash);
        }
        return hash;
    }

    private void Add(SyntaxNode node)
    {
        switch (node)
        {
            case BaseTypeDeclarationSyntax type:
                _types.Add(type.Identifier.ValueText);
                break;
            case DelegateDeclarationSyntax type:
                _types.Add(type.Identifier.ValueText);
                break;
            // Overrides, implementations, extensions, and what holds for all files.
            case BaseListSyntax or GlobalStatementSyntax or UsingDirectiveSyntax { GlobalKeyword.RawKind: not 0 } or AttributeListSyntax { Target: not null }:
            case ParameterSyntax parameter when parameter.Modifiers.Any(SyntaxKind.ThisKeyword):
                _actsUnmentioned = true;
                break;
        }
    }

    private static bool IsBody(SyntaxNode node) =>
        node is BlockSyntax or ArrowExpressionClauseSyntax && node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax;

    private static ulong Add(ulong hash, string text)
    {
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 1099511628211);
        return unchecked((hash ^ 0xFF) * 1099511628211);
    }
}
