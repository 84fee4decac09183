using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// <c>extension(…) { }</c> inside a static class. The user's compiler may know them although the referenced one has no name for them: they are types
/// without a name.
/// </summary>
internal static class ExtensionBlocks
{
    public static bool IsExtensionBlock(this INamedTypeSymbol type) => type is { Name.Length: 0, ContainingType.IsStatic: true };

    public static bool IsExtensionBlock(this TypeDeclarationSyntax type) => type.Keyword.Text == "extension";

    /// <summary>The type that its members are reached through.</summary>
    public static INamedTypeSymbol NamedType(this INamedTypeSymbol type) => type.IsExtensionBlock() ? type.ContainingType : type;
}
