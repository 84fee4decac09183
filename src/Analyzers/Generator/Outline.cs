using System.Collections.Immutable;
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
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);
    private readonly List<NamedMethod> _methods = [];
    private readonly List<(string Name, ulong Path)> _types = [];
    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _bases = new(StringComparer.Ordinal);
    private readonly List<(string Name, ulong Hash)> _members = [];
    private readonly bool _asksBodies;
    private ulong _usings = Start;
    private MentionedTypes? _mentionedTypes;

    private Outline(SyntaxNode root)
    {
        Rest = Start;
        int position = 0;
        bool isUniform = true;
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            position++;
            if (IsName(token))
                _mentioned.Add(token.ValueText);
            _asksBodies |= token.IsKind(SyntaxKind.YieldKeyword) || token.IsKind(SyntaxKind.FieldKeyword);
            // It holds for all that follows, so the order of methods counts.
            foreach (SyntaxTrivia directive in token.ContainsDirectives ? token.LeadingTrivia.Where(t => t.IsKind(SyntaxKind.NullableDirectiveTrivia)) : [])
            {
                Rest = Add(Rest, $"{directive} {position}");
                isUniform &= position == 1;
            }
        }
        foreach (SyntaxNodeOrToken part in root.DescendantNodesAndTokens(n => !IsBody(n) && !(isUniform && NamedMethod.Is(n))))
        {
            if (isUniform && part.AsNode() is MethodDeclarationSyntax method && NamedMethod.Is(method))
                _methods.Add(Named(method));
            else
                Rest = Add(Rest, part, _shown);
        }
        Hash = HashWithout([]);
        foreach (SyntaxNode node in root.DescendantNodes(n => !IsBody(n)))
            Add(node);
    }

    public static Outline Of(SyntaxTree tree) => s_ofTrees.GetValue(tree, static t => new Outline(t.GetRoot()));

    /// <summary>A hash of all that can be seen.</summary>
    public ulong Hash { get; }

    /// <summary>A hash of what can be seen apart from <see cref="Methods"/>.</summary>
    public ulong Rest { get; }

    /// <summary>The methods of this file that only code sees which names them.</summary>
    public IReadOnlyCollection<NamedMethod> Methods => _methods;

    /// <summary>A hash of who inherits from whom here.</summary>
    public ulong Heirs { get; private set; }

    /// <summary>The names in the lists of base types.</summary>
    public IReadOnlyCollection<string> Bases => _bases;

    /// <summary>True for a file that changes the meaning of files that do not mention it: by extension methods, or what holds for all files.</summary>
    public bool ActsUnmentioned { get; private set; }

    /// <summary>The types that are declared here; the path tells those of one name apart.</summary>
    public IReadOnlyCollection<(string Name, ulong Path)> Types => _types;

    public IReadOnlyCollection<string> Namespaces => _namespaces;

    public IReadOnlyCollection<(string Name, ulong Hash)> Members => _members;

    /// <summary>True if a name is in the file, in a body or elsewhere.</summary>
    public bool Mentions(string name) => _mentioned.Contains(name);

    /// <summary>
    /// The names of types in the file, and those that can be seen. Few of its names are, and to find them costs most of an edit; so they are remembered as
    /// long as the program, of which <paramref name="types"/> is a hash, has types of the same names.
    /// </summary>
    public MentionedTypes TypesIn(ulong types, Func<string, bool> isType) => _mentionedTypes is { } known && known.Types == types
        ? known
        : _mentionedTypes = new MentionedTypes(types, [.. _mentioned.Where(isType)], [.. ShownWithout([]).Where(isType).Distinct()]);

    /// <summary>A hash of all that can be seen apart from the methods of some names.</summary>
    public ulong HashWithout(HashSet<string> methods) => _methods.Where(m => !methods.Contains(m.Name)).Aggregate(Rest, (hash, m) => unchecked(hash + m.Hash));

    /// <summary>The names in what can be seen apart from the methods of some names.</summary>
    public IEnumerable<string> ShownWithout(HashSet<string> methods) => _shown.Concat(_methods.Where(m => !methods.Contains(m.Name)).SelectMany(m => m.Mentioned));

    private NamedMethod Named(MethodDeclarationSyntax method)
    {
        var mentioned = new HashSet<string>(StringComparer.Ordinal);
        ulong hash = Add(PathOf(method), method, mentioned);
        return new NamedMethod(method.Identifier.ValueText, hash, [.. mentioned]);
    }

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
                ActsUnmentioned |= type is TypeDeclarationSyntax block && block.IsExtensionBlock();
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
        ulong path = Add(PathOf(type), name);
        _types.Add((name, path));
        // As an attribute it goes without the ending.
        if (name.EndsWith("Attribute", StringComparison.Ordinal))
            _types.Add((name.Substring(0, name.Length - "Attribute".Length), path));
        return path;
    }

    /// <summary>A hash of the names of all that is around a declaration, and of its own if it is a type.</summary>
    private static ulong PathOf(SyntaxNode declaration)
    {
        ulong path = Start;
        foreach (SyntaxNode outer in declaration.AncestorsAndSelf())
        {
            if (outer is BaseNamespaceDeclarationSyntax space)
                path = Add(path, space.Name.ToString());
            else if (outer is TypeDeclarationSyntax declared)
                path = Add(path, $"{declared.Identifier}{declared.TypeParameterList}");
        }
        return path;
    }

    private void AddMember(MemberDeclarationSyntax member, string name) => _members.Add((name, Add(Start, member)));

    // The statements of a program's main file are the body of a method that nobody sees.
    private static bool IsBody(SyntaxNode node) =>
        node is GlobalStatementSyntax || (node is BlockSyntax or ArrowExpressionClauseSyntax && node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax);

    // An attribute may name a member in a string.
    private static bool IsName(SyntaxToken token) => token.IsKind(SyntaxKind.IdentifierToken) || token.IsKind(SyntaxKind.StringLiteralToken);

    private ulong Add(ulong hash, SyntaxNode node, HashSet<string>? names = null)
    {
        foreach (SyntaxNodeOrToken part in node.DescendantNodesAndTokens(n => !IsBody(n)))
            hash = Add(hash, part, names);
        return hash;
    }

    private ulong Add(ulong hash, SyntaxNodeOrToken part, HashSet<string>? names)
    {
        if (part.AsNode() is { } node)
            return IsBody(node) ? Add(hash, _asksBodies ? KindOf(node) : "body") : hash;
        SyntaxToken token = part.AsToken();
        if (IsName(token))
            names?.Add(token.ValueText);
        return Add(hash, token.Text);
    }

    // Only its body tells whether a method is an iterator, and whether a property has a field of its own.
    private static string KindOf(SyntaxNode body) => body.DescendantNodes().FirstOrDefault(n => n is YieldStatementSyntax or FieldExpressionSyntax) switch
    {
        YieldStatementSyntax => "yield",
        FieldExpressionSyntax => "field",
        _ => "body",
    };

    public static ulong Add(ulong hash, string text)
    {
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 1099511628211);
        return unchecked((hash ^ 0xFF) * 1099511628211);
    }

    public sealed record MentionedTypes(ulong Types, ImmutableArray<string> InFile, ImmutableArray<string> Shown);
}
