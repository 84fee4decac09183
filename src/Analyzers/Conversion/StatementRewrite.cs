using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// Functions inside of code that is copied, which are converted on their own; C# loops that record nodes, which are counted; and variables without a
/// value.
/// </summary>
internal sealed class StatementRewrite(TwinText text) : Rewrite(text)
{
    private StatementSyntax? _copied;

    public override string? Of(SyntaxNode node) => node switch
    {
        AnonymousFunctionExpressionSyntax { Block: { } block } lambda => Function(lambda, block, Model.GetSymbolInfo(lambda).Symbol as IMethodSymbol),
        LocalFunctionStatementSyntax { Body: { } block } function => Function(function, block, Model.GetDeclaredSymbol(function) as IMethodSymbol),
        StatementSyntax loop when loop != _copied && Unrolled(loop) is { } around => $"{around} {Copied(loop)}",
        VariableDeclaratorSyntax { Initializer: null, ArgumentList: null, Parent.Parent: LocalDeclarationStatementSyntax } variable =>
            Unassigned(variable),
        _ => null,
    };

    /// <summary>The text of a statement whose surroundings, if it is a loop, are written already.</summary>
    public string Copied(StatementSyntax statement)
    {
        StatementSyntax? outer = _copied;
        _copied = statement;
        string copy = Text.Of(statement);
        _copied = outer;
        return copy;
    }

    /// <summary>The <c>using</c> around a C# loop that may record nodes, to count them; null for anything else.</summary>
    public string? Unrolled(StatementSyntax loop)
    {
        if (!Staging.Unrolls(loop, Model))
            return null;
        FileLinePositionSpan span = loop.SyntaxTree.GetLineSpan(loop.Span);
        return $"using ({GraphControl}.Unrolled({SymbolDisplay.FormatLiteral(span.Path, quote: true)}, {span.StartLinePosition.Line + 1}))";
    }

    private string? Function(SyntaxNode function, BlockSyntax block, IMethodSymbol? symbol)
    {
        if (symbol is null || !Staging.HasStagedStatement(block, Model))
            return null;
        var converter = new FunctionConverter(new FunctionScope(Context, function, symbol.ReturnType));
        string head = function.SyntaxTree.GetText().ToString(TextSpan.FromBounds(function.SpanStart, block.SpanStart)).TrimEnd();
        string indent = CodeWriter.IndentOf(Text.Depth);
        return $"{head}\n{indent}{{\n{converter.Block(block, Text.Depth + 1)}{indent}}}\n#line hidden\n{indent}";
    }

    /// <summary>A variable without a value gets one that stands for "none yet", so that branches, also those of twins that get it, can be compared.</summary>
    private string? Unassigned(VariableDeclaratorSyntax variable)
    {
        if (Model.GetDeclaredSymbol(variable) is ILocalSymbol local && Structure.Of(local.Type) is { IsCarried: true } structure)
            return $"{variable.Identifier} = {structure.NoValue}";
        // Tracing goes on after a throw of the graph, where C# would ask for a value.
        return Scope.HasThrow ? $"{variable.Identifier} = default!" : null;
    }
}
