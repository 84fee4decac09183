using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>Some code of a function, and the functions that run when it does although they are declared elsewhere.</summary>
/// <param name="Span">The code.</param>
/// <param name="Functions">The lambdas, local functions, and names of methods that become delegates.</param>
internal sealed record RunCode(TextSpan Span, IReadOnlyCollection<SyntaxNode> Functions)
{
    /// <summary>Tells of variables outside of the code that they live as long as it does.</summary>
    public Func<ISymbol, bool>? IsDeclaredBeside { get; init; }

    public bool Runs(SyntaxNode node) => Span.Contains(node.Span) || Functions.Any(f => f.Span.Contains(node.Span));

    /// <summary>True for a variable that the code declares, or a function which it runs: each run has another one.</summary>
    public bool Declares(ISymbol variable)
    {
        // Parameters of the compiler's own have no place.
        if ((variable.Locations.FirstOrDefault() is { } at && Span.Contains(at.SourceSpan)) || IsDeclaredBeside?.Invoke(variable) == true)
            return true;
        return FunctionOf(variable) is { } function && !function.Span.Contains(Span) && Runs(function);
    }

    /// <summary>The lambda or local function that declares a variable.</summary>
    public static SyntaxNode? FunctionOf(ISymbol variable) => variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().Ancestors()
        .FirstOrDefault(Staging.IsFunction) is (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) and var function ? function : null;
}
