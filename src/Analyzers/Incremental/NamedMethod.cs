using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// A method that changes the meaning only of code that contains its name: a hash of its surface, and the names in that. Most edits of a program's
/// surface add, remove or change such methods.
/// </summary>
internal readonly record struct NamedMethod(string Name, ulong Hash, ImmutableArray<string> Mentioned)
{
    // Methods that C# calls without their names: for statements, patterns, queries, initialisers, records, interpolated strings, tasks.
    private static readonly HashSet<string> s_unwritten = new(StringComparer.Ordinal)
    {
        "Add", "AppendFormatted", "AppendLiteral", "AwaitOnCompleted", "AwaitUnsafeOnCompleted", "BeginInvoke", "Cast", "Create", "Deconstruct",
        "Dispose", "DisposeAsync", "EndInvoke", "EnterScope", "Equals", "Finalize", "GetAsyncEnumerator", "GetAwaiter", "GetEnumerator",
        "GetHashCode", "GetPinnableReference", "GetResult", "GroupBy", "GroupJoin", "Invoke", "Join", "Main", "MoveNext", "MoveNextAsync",
        "OnCompleted", "OrderBy",
        "OrderByDescending", "PrintMembers", "Select", "SelectMany", "SetException", "SetResult", "SetStateMachine", "Slice", "Start", "ThenBy",
        "ThenByDescending", "ToString", "ToStringAndClear", "UnsafeOnCompleted", "Where",
    };

    /// <summary>
    /// False for members that C# finds otherwise: operators, constructors and the like; extensions, by their first parameter; explicit
    /// implementations and overrides, by what they implement. A method that implements an interface is called by the interface's name for it.
    /// </summary>
    public static bool Is(SyntaxNode node) =>
        node is MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null, Parent: TypeDeclarationSyntax type } method && !type.IsExtensionBlock()
        && !method.Modifiers.Any(
            m => m.Kind() is SyntaxKind.AbstractKeyword or SyntaxKind.OverrideKeyword or SyntaxKind.PartialKeyword or SyntaxKind.VirtualKeyword)
        && !method.ParameterList.Parameters.Any(p => p.Modifiers.Any(SyntaxKind.ThisKeyword)) && !s_unwritten.Contains(method.Identifier.ValueText);
}
