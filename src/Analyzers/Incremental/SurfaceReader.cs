using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Reads the surface of a file: once over all tokens for the names, once over all outside of bodies.</summary>
internal sealed class SurfaceReader
{
    private readonly bool _asksBodies;
    private ulong _usings = TextHash.Start;

    public SurfaceReader(SyntaxNode root)
    {
        int position = 0;
        // A nullable directive holds for all that follows, so after one the order of methods matters.
        bool isUniform = true;
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            position++;
            if (IsName(token))
                Mentioned.Add(token.ValueText);
            _asksBodies |= token.IsKind(SyntaxKind.YieldKeyword) || token.IsKind(SyntaxKind.FieldKeyword);
            if (!token.ContainsDirectives)
                continue;
            foreach (SyntaxTrivia directive in token.LeadingTrivia.Where(t => t.IsKind(SyntaxKind.NullableDirectiveTrivia)))
            {
                Rest = TextHash.Add(Rest, $"{directive} {position}");
                isUniform &= position == 1;
            }
        }
        foreach (SyntaxNodeOrToken part in root.DescendantNodesAndTokens(n => !IsBody(n) && !(isUniform && NamedMethod.Is(n))))
        {
            if (part.AsNode() is { } node)
                Declare(node);
            if (isUniform && part.AsNode() is MethodDeclarationSyntax method && NamedMethod.Is(method))
                Methods.Add(Named(method));
            else
                Rest = Add(Rest, part, Shown);
        }
    }

    public HashSet<string> Mentioned { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Shown { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Bases { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Namespaces { get; } = new(StringComparer.Ordinal);

    public List<NamedMethod> Methods { get; } = [];

    public List<(string Name, ulong Path)> Types { get; } = [];

    public List<(string Name, ulong Hash)> Members { get; } = [];

    public ulong Rest { get; private set; } = TextHash.Start;

    public ulong Heirs { get; private set; }

    public bool ActsUnmentioned { get; private set; }

    private NamedMethod Named(MethodDeclarationSyntax method)
    {
        var mentioned = new HashSet<string>(StringComparer.Ordinal);
        ulong hash = Add(PathOf(method), method, mentioned);
        return new NamedMethod(method.Identifier.ValueText, hash, [.. mentioned]);
    }

    private void Declare(SyntaxNode node)
    {
        switch (node)
        {
            case BaseNamespaceDeclarationSyntax space:
                Namespaces.Add(space.Name.ToString());
                break;
            case BaseTypeDeclarationSyntax type:
                ulong path = DeclareType(type, type.Identifier.ValueText);
                if (type.BaseList is { } bases)
                {
                    Heirs = unchecked(Heirs + Add(path ^ _usings, bases));
                    Bases.UnionWith(bases.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText));
                }
                // An extension block is a type without a name.
                ActsUnmentioned |= type is TypeDeclarationSyntax block && block.IsExtensionBlock();
                break;
            case DelegateDeclarationSyntax type:
                DeclareType(type, type.Identifier.ValueText);
                break;
            case MethodDeclarationSyntax method:
                DeclareMember(method, method.Identifier.ValueText);
                break;
            case PropertyDeclarationSyntax property:
                DeclareMember(property, property.Identifier.ValueText);
                break;
            case EventDeclarationSyntax declared:
                DeclareMember(declared, declared.Identifier.ValueText);
                break;
            case IndexerDeclarationSyntax indexer:
                DeclareMember(indexer, WellKnownMemberNames.Indexer);
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

    private ulong DeclareType(MemberDeclarationSyntax type, string name)
    {
        ulong path = TextHash.Add(PathOf(type), name);
        Types.Add((name, path));
        // As an attribute it is written without the ending.
        if (name.EndsWith("Attribute", StringComparison.Ordinal))
            Types.Add((name.Substring(0, name.Length - "Attribute".Length), path));
        return path;
    }

    private void DeclareMember(MemberDeclarationSyntax member, string name) => Members.Add((name, Add(PathOf(member) ^ _usings, member)));

    /// <summary>A hash of the names of all that is around a declaration, and of its own if it is a type.</summary>
    private static ulong PathOf(SyntaxNode declaration)
    {
        ulong path = TextHash.Start;
        foreach (SyntaxNode outer in declaration.AncestorsAndSelf())
        {
            if (outer is BaseNamespaceDeclarationSyntax space)
                path = TextHash.Add(path, space.Name.ToString());
            else if (outer is TypeDeclarationSyntax declared)
                path = TextHash.Add(path, $"{declared.Identifier}{declared.TypeParameterList}");
        }
        return path;
    }

    // The statements of a program's main file are the body of a method that no code sees.
    private static bool IsBody(SyntaxNode node) =>
        node is GlobalStatementSyntax || (node is BlockSyntax or ArrowExpressionClauseSyntax
            && node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax);

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
            return IsBody(node) ? TextHash.Add(hash, _asksBodies ? KindOf(node) : "body") : hash;
        SyntaxToken token = part.AsToken();
        if (IsName(token))
            names?.Add(token.ValueText);
        return TextHash.Add(hash, token.Text);
    }

    // Only its body tells whether a method is an iterator, and whether a property has a field of its own.
    private static string KindOf(SyntaxNode body) =>
        body.DescendantNodes().FirstOrDefault(n => n is YieldStatementSyntax or FieldExpressionSyntax) switch
    {
        YieldStatementSyntax => "yield",
        FieldExpressionSyntax => "field",
        _ => "body",
    };
}
