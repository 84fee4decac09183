using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>The head of a method.</summary>
internal sealed partial class TorchRewrite
{
    /// <summary>The whole method on our tensors. It keeps the attribute of a graph function.</summary>
    /// <param name="method">As it is written.</param>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="overrides">True where the method that it overrides has such a form too.</param>
    /// <param name="records">Whether it takes gradients; null for one that does nothing to them.</param>
    public string Method(MethodDeclarationSyntax method, IMethodSymbol symbol, bool overrides, bool? records)
    {
        // The attributes leave their lines.
        SyntaxToken first = method.Modifiers.Count > 0 ? method.Modifiers[0] : method.ReturnType.GetFirstToken();
        string attribute = symbol.GraphFunction() is { } marked ? Attribute(marked) : "";
        string lines = Lines(method.SpanStart, first.SpanStart);
        string modifiers = string.Join(" ", method.Modifiers.Where(m => IsKept(m, symbol, overrides)).Select(m => m.Text));
        // What it overrides has no such form, what overrides it has one.
        if (symbol is { IsOverride: true, IsAbstract: false, IsSealed: false, ContainingType.IsSealed: false } && !overrides)
            modifiers += " virtual";
        string constraints = string.Concat(method.ConstraintClauses.Select(c => " " + Of(c)));
        string head = $"{attribute} {lines}{modifiers} {Of(method.ReturnType)} {TorchSymbols.ShadowName(method.Identifier.Text)}{method.TypeParameterList}"
            + $"{Lines(method.Identifier.Span.End, method.ParameterList.SpanStart)}{Of(method.ParameterList)}{constraints}";
        if (symbol.IsAbstract)
            return head + ";";
        SyntaxNode body = (SyntaxNode?)method.Body ?? method.ExpressionBody!;
        string between = Lines(method.ParameterList.Span.End, body.SpanStart);
        // What backward differentiates is recorded from the start.
        string recording = records is { } differentiates
            ? $" using var __recording = {TorchSymbols.Front}.Record({(differentiates ? "true" : "false")});" : "";
        if (method.Body is { } block)
            return $"{head}{between}{{{recording}{Of(block).Substring(1)}";
        string value = Lines(body.SpanStart, method.ExpressionBody!.Expression.SpanStart) + Of(method.ExpressionBody!.Expression);
        return records is not null ? $"{head}{between} {{{recording} {(symbol.ReturnsVoid ? "" : "return ")}{value}; }}" : $"{head}{between} => {value};";
    }

    private static string Attribute(AttributeData marked)
    {
        string arguments = string.Join(", ", marked.NamedArguments.Select(a => $"{a.Key} = {a.Value.ToCSharpString()}"));
        return $"[global::TensorGraph.GraphFunction({arguments})]";
    }

    private static bool IsKept(SyntaxToken modifier, IMethodSymbol symbol, bool overrides) => modifier.Kind() switch
    {
        SyntaxKind.OverrideKeyword or SyntaxKind.SealedKeyword => overrides,
        SyntaxKind.NewKeyword or SyntaxKind.PartialKeyword => false,
        SyntaxKind.VirtualKeyword => !symbol.ContainingType.IsSealed,
        _ => true,
    };
}
