using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// A method without which all code means what it did, unless the code names it: what can be seen of the method, and the names in that. To such
/// methods a program is changed most often.
/// </summary>
internal readonly record struct NamedMethod(string Name, ulong Hash, ImmutableArray<string> Mentioned)
{
    // What C# calls by these names without their being written: by statements, patterns, queries, initialisers, records, interpolated strings, tasks.
    private static readonly HashSet<string> s_unwritten = new(StringComparer.Ordinal)
    {
        "Add", "AppendFormatted", "AppendLiteral", "AwaitOnCompleted", "AwaitUnsafeOnCompleted", "Cast", "Create", "Deconstruct", "Dispose", "DisposeAsync", "EnterScope", "Equals",
        "Finalize", "GetAsyncEnumerator", "GetAwaiter", "GetEnumerator", "GetHashCode", "GetPinnableReference", "GetResult", "GroupBy", "GroupJoin", "Invoke", "BeginInvoke", "EndInvoke",
        "Join", "Main", "MoveNext", "MoveNextAsync", "OnCompleted", "OrderBy", "OrderByDescending", "PrintMembers", "Select", "SelectMany", "SetException", "SetResult",
        "SetStateMachine", "Slice", "Start", "ThenBy", "ThenByDescending", "ToString", "ToStringAndClear", "UnsafeOnCompleted", "Where",
    };

    /// <summary>
    /// False for members that C# finds otherwise: operators, constructors and the like; extensions, by their first parameter; explicit
    /// implementations and overrides, by what they stand for. A method that implements an interface is called by the interface's name for it, which is its own.
    /// </summary>
    public static bool Is(SyntaxNode node) =>
        node is MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null, Parent: TypeDeclarationSyntax type } method && !type.IsExtensionBlock()
        && !method.Modifiers.Any(m => m.Kind() is SyntaxKind.AbstractKeyword or SyntaxKind.OverrideKeyword or SyntaxKind.PartialKeyword or SyntaxKind.VirtualKeyword)
        && !method.ParameterList.Parameters.Any(p => p.Modifiers.Any(SyntaxKind.ThisKeyword)) && !s_unwritten.Contains(method.Identifier.ValueText);
}
