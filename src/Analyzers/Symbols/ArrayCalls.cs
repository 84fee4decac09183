using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Methods of the framework that put elements into an array, list or span: <c>Array.Copy(a, b, n)</c>, <c>a.CopyTo(b, 0)</c>, <c>b.AsSpan().Fill(x)</c>.</summary>
internal static class ArrayCalls
{
    private static readonly HashSet<string> s_names =
        ["Fill", "Copy", "ConstrainedCopy", "Reverse", "Sort", "Clear", "CopyTo", "TryCopyTo", "SetValue"];

    /// <summary>What the call named here changes; null if it is none of these methods.</summary>
    public static ExpressionSyntax? ChangedBy(SimpleNameSyntax name, SemanticModel model)
    {
        if (!s_names.Contains(name.Identifier.Text) || name.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access || access.Name != name
            || Names.SymbolOf(name, model) is not IMethodSymbol { ContainingType: { } type } method || type.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) != true)
        {
            return null;
        }
        // What is copied to is an argument. Array's static methods, and those of spans, name or extend what they change.
        bool copies = method.Name.IndexOf("Copy", StringComparison.Ordinal) >= 0;
        if (!copies && type.Name is not ("Array" or "Span" or "MemoryExtensions"))
            return null;
        bool isArgument = copies || (method.IsStatic && method.ReducedFrom is null);
        return isArgument ? Argument(call, method, copies ? "destination" : "array") : Of(access.Expression);
    }

    private static ExpressionSyntax? Argument(InvocationExpressionSyntax call, IMethodSymbol method, string name)
    {
        int index = method.Parameters.ToList().FindIndex(p => p.Name.StartsWith(name, StringComparison.Ordinal));
        if (index < 0)
            index = 0;
        return index < call.ArgumentList.Arguments.Count ? Of(call.ArgumentList.Arguments[index].Expression) : null;
    }

    // A span of an array is the array.
    private static ExpressionSyntax Of(ExpressionSyntax value) =>
        value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "AsSpan" } span } ? span.Expression : value;
}
