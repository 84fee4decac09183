using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>What the rest of a program can see of one file: all of its text but the bodies of its methods. And which names the file mentions.</summary>
internal sealed class Outline
{
    public const ulong Start = 14695981039346656037;

    private static readonly ConditionalWeakTable<SyntaxTree, Outline> s_ofTrees = new();

    private readonly HashSet<string> _mentioned = new(StringComparer.Ordinal);
    private readonly List<(string Name, ulong Path)> _types = [];
    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _bases = new(StringComparer.Ordinal);
    private readonly List<(string Name, ulong Hash)> _members = [];
    private readonly bool _yields;
    private ulong _usings = Start;

    private Outline(SyntaxNode root)
    {
        Hash = Start;
        int position = 0;
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            position++;
            if (token.IsKind(SyntaxKind.IdentifierToken))
                _mentioned.Add(token.ValueText);
            _yields |= token.IsKind(SyntaxKind.YieldKeyword);
            // It holds for all that follows.
            foreach (SyntaxTrivia directive in token.ContainsDirectives ? token.LeadingTrivia.Where(t => t.IsKind(SyntaxKind.NullableDirectiveTrivia)) : [])
                Hash = Add(Hash, $"{directive} {position}");
        }
        Hash = Add(Hash, root);
        foreach (SyntaxNode node in root.DescendantNodes(n => !IsBody(n)))
            Add(node);
    }

    public static Outline Of(SyntaxTree tree) => s_ofTrees.GetValue(tree, static t => new Outline(t.GetRoot()));

    public ulong Hash { get; }

    /// <summary>A hash of who inherits from whom here.</summary>
    public ulong Heirs { get; private set; }

    /// <summary>The names in the lists of base types.</summary>
    public IReadOnlyCollection<string> Bases => _bases;

    /// <summary>True for a file that changes the meaning of files that do not mention it: by extension methods, or what holds for all files.</summary>
    public bool ActsUnmentioned { get; private set; }

    public IReadOnlyCollection<string> Mentioned => _mentioned;

    /// <summary>The types that are declared here; the path tells those of one name apart.</summary>
    public IReadOnlyCollection<(string Name, ulong Path)> Types => _types;

    public IReadOnlyCollection<string> Namespaces => _namespaces;

    public IReadOnlyCollection<(string Name, ulong Hash)> Members => _members;

    private void Add(SyntaxNode node)
    {
        switch (node)
        {
            case BaseNamespaceDeclarationSyntax space:
                _namespaces.Add(space.Name.ToString());
                break;
            case BaseTypeDeclarationSyntax type:
                ulong path = AddType(type, type.Identifier.ValueText);
                if (type.BaseList is { } bases)
                {
                    Heirs = unchecked(Heirs + Add(path ^ _usings, bases));
                    _bases.UnionWith(bases.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText));
                }
                // An extension block is a type without a name.
                if (type is TypeDeclarationSyntax { Keyword.ValueText: "extension" })
                    ActsUnmentioned = true;
                break;
            case DelegateDeclarationSyntax type:
                AddType(type, type.Identifier.ValueText);
                break;
            case MethodDeclarationSyntax method:
                AddMember(method, method.Identifier.ValueText);
                break;
            case PropertyDeclarationSyntax property:
                AddMember(property, property.Identifier.ValueText);
                break;
            case EventDeclarationSyntax declared:
                AddMember(declared, declared.Identifier.ValueText);
                break;
            case IndexerDeclarationSyntax indexer:
                AddMember(indexer, WellKnownMemberNames.Indexer);
                break;
            case UsingDirectiveSyntax directive:
                _usings = Add(_usings, directive);
                ActsUnmentioned |= directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword);
                break;
            case AttributeListSyntax { Target.Identifier.RawKind: (int)SyntaxKind.AssemblyKeyword or (int)SyntaxKind.ModuleKeyword }:
            case ParameterSyntax parameter when parameter.Modifiers.Any(SyntaxKind.ThisKeyword):
                ActsUnmentioned = true;
                break;
        }
    }

    private ulong AddType(MemberDeclarationSyntax type, string name)
    {
        ulong path = Add(Start, name);
        foreach (SyntaxNode outer in type.AncestorsAndSelf())
        {
            if (outer is BaseNamespaceDeclarationSyntax space)
                path = Add(path, space.Name.ToString());
            else if (outer is TypeDeclarationSyntax declared)
                path = Add(path, $"{declared.Identifier}{declared.TypeParameterList}");
        }
        _types.Add((name, path));
        // As an attribute it goes without the ending.
        if (name.EndsWith("Attribute", StringComparison.Ordinal))
            _types.Add((name.Substring(0, name.Length - "Attribute".Length), path));
        return path;
    }

    private void AddMember(MemberDeclarationSyntax member, string name) => _members.Add((name, Add(Start, member)));

    // The statements of a program's main file are the body of a method that nobody sees.
    private static bool IsBody(SyntaxNode node) =>
        node is GlobalStatementSyntax || (node is BlockSyntax or ArrowExpressionClauseSyntax && node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax);

    // Whether a method is an iterator is known only from its body.
    private ulong Add(ulong hash, SyntaxNode node)
    {
        foreach (SyntaxNodeOrToken part in node.DescendantNodesAndTokens(n => !IsBody(n)))
        {
            if (part.IsToken)
                hash = Add(hash, part.AsToken().Text);
            else if (IsBody(part.AsNode()!))
                hash = Add(hash, _yields && part.AsNode()!.DescendantNodes().Any(n => n is YieldStatementSyntax) ? "yield" : "body");
        }
        return hash;
    }

    public static ulong Add(ulong hash, string text)
    {
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 1099511628211);
        return unchecked((hash ^ 0xFF) * 1099511628211);
    }
}
