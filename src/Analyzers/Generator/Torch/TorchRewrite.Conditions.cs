using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Conditions that the value of a tensor decides: there the tensor stands for its value, which only the graph will know.</summary>
internal sealed partial class TorchRewrite
{
    private string Branch(StatementSyntax branch, ExpressionSyntax condition) => Ahead(branch, With(branch, condition));

    // A loop of C# that a tensor may end is one of the graph.
    private bool IsLeftByTensor(StatementSyntax loop) =>
        loop is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax
        && Staging.InSameFunction(loop).OfType<IfStatementSyntax>().Any(branch => HasValueOfTensor(branch.Condition) && Jumps(branch));

    private static bool Jumps(StatementSyntax branch) => branch.DescendantNodes().Any(n =>
        n is ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or ThrowStatementSyntax);

    // A word ahead of a branch or loop in which gradients are taken or changed.
    private string Ahead(StatementSyntax branch, string text)
    {
        if (!MayChangeGradients(branch))
            return text;
        string before = $"{TorchSymbols.Front}.BeforeBranch();";
        return branch.Parent is BlockSyntax ? $"{before} {text}" : $"{{ {before} {text} }}";
    }

    // What follows a jump is in a branch too, and so is a lambda that is called there.
    private bool MayChangeGradients(StatementSyntax branch)
    {
        SyntaxNode function = branch.Ancestors().FirstOrDefault(Staging.IsFunction) ?? branch;
        SyntaxNode method = function.AncestorsAndSelf().OfType<MethodDeclarationSyntax>().FirstOrDefault() ?? function;
        return NameGradients((Jumps(branch) ? function : branch).DescendantNodes().Concat(method.DescendantNodes()
            .Where(n => n != function && n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
            .SelectMany(n => n.DescendantNodes())));
    }

    private bool NameGradients(IEnumerable<SyntaxNode> nodes) => nodes.OfType<SimpleNameSyntax>().Any(name =>
        Names.SymbolOf(name, model) is { } symbol
        && (symbol.IsTorch() ? Gradients.Contains(name.Identifier.Text) : symbol is IMethodSymbol method && changesGradients(method)));

    // What a condition itself does to gradients comes ahead of the branch, too; nothing else stands ahead of a ?:.
    private string Decided(ExpressionSyntax condition, string text) => (condition.FirstAncestorOrSelf<StatementSyntax>() is IfStatementSyntax branch
        && branch.Condition.Span.Contains(condition.Span) && TakesGradients(condition))
        || condition.Ancestors().OfType<ConditionalExpressionSyntax>().Any(choice =>
            choice.Condition.Span.Contains(condition.Span) && NameGradients(choice.DescendantNodes()))
        ? $"{TorchSymbols.Front}.BeforeBranch({text})" : text;

    private bool TakesGradients(ExpressionSyntax condition) => HasValueOfTensor(condition) && NameGradients(condition.DescendantNodesAndSelf());

    // No gradient is taken in the condition of a loop of the graph, so the body begins with it.
    private string Tested(StatementSyntax loop, ExpressionSyntax condition, StatementSyntax body)
    {
        string head = loop is WhileStatementSyntax ? "while (true" : Copied(loop.ChildNodes().TakeWhile(n => n != condition), loop.SpanStart, condition.SpanStart);
        string rest = Copied(loop.ChildNodes().SkipWhile(n => n != condition).Skip(1).TakeWhile(n => n != body), condition.Span.End, body.SpanStart);
        return Ahead(loop, $"{head}{rest}{{ if (!({Condition(condition)})) break; {Of(body)} }}");
    }

    private string Copied(IEnumerable<SyntaxNode> nodes, int at, int end)
    {
        string text = "";
        foreach (SyntaxNode node in nodes)
        {
            text += Source(at, node.SpanStart) + Of(node);
            at = node.Span.End;
        }
        return text + Source(at, end);
    }

    /// <summary>Names of TorchSharp's members that take, change or use gradients.</summary>
    public static readonly HashSet<string> Gradients = ["backward", "zero_grad", "clip_grad_norm_", "clip_grad_value_", "grad", "step"];

    private string Condition(ExpressionSyntax condition) => condition switch
    {
        ParenthesizedExpressionSyntax inner => $"({Condition(inner.Expression)})",
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => $"!{Condition(not.Operand)}",
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both => Both(both),
        _ => Decided(condition, Number(condition)),
    };

    private string Both(BinaryExpressionSyntax both) =>
        Condition(both.Left) + Source(both.Left.Span.End, both.Right.SpanStart) + Condition(both.Right);

    private string Number(ExpressionSyntax number) => number switch
    {
        ParenthesizedExpressionSyntax inner => $"({Number(inner.Expression)})",
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => $"!{Number(not.Operand)}",
        BinaryExpressionSyntax binary when HasValueOfTensor(binary) =>
            Number(binary.Left) + Source(binary.Left.Span.End, binary.Right.SpanStart) + Number(binary.Right),
        CastExpressionSyntax cast when IsTensor(cast.Expression) => Value(cast.Expression, cast.Type.ToString()),
        CastExpressionSyntax cast when HasValueOfTensor(cast.Expression) => Number(cast.Expression),
        InvocationExpressionSyntax call when ValueOfTensor(call) is { } type =>
            Value(((MemberAccessExpressionSyntax)call.Expression).Expression, type, NameOf(call).StartsWith("item", StringComparison.Ordinal) ? "Item" : "Number"),
        _ => Of(number),
    };

    private string Value(ExpressionSyntax tensor, string type, string read = "Number") => $"{TorchSymbols.Front}.{read}<{type}>({Of(tensor)})";

    /// <summary>True if the value of a tensor is read in an expression, outside of lambdas.</summary>
    private bool HasValueOfTensor(ExpressionSyntax expression) => Staging.InSameFunction(expression).Any(node => node switch
    {
        CastExpressionSyntax cast => IsTensor(cast.Expression) && !IsTensor(cast),
        InvocationExpressionSyntax call => ValueOfTensor(call) is not null || IsLength(call),
        IdentifierNameSyntax name => IsLength(name),
        _ => false,
    });

    /// <summary>The C# type of the number that a call reads from a tensor.</summary>
    private string? ValueOfTensor(InvocationExpressionSyntax call)
    {
        if (call.Expression is not MemberAccessExpressionSyntax access || access.Name.Identifier.Text is not ("item" or "ToBoolean" or "ToSingle"
            or "ToDouble" or "ToInt32" or "ToInt64" or "ToByte" or "ToSByte" or "ToInt16"))
            return null;
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method || !method.IsTorch()
            || !(method.ReducedFrom?.Parameters[0].Type ?? method.ContainingType).IsTorchTensor())
            return null;
        return access.Name is GenericNameSyntax generic ? generic.TypeArgumentList.Arguments[0].ToString()
            : method.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
    }

    private string? Cast(CastExpressionSyntax cast)
    {
        if (IsLength(cast.Expression) && IsFloat(cast.Type))
            return Value(cast.Expression, cast.Type.ToString());
        if ((IsTensor(cast.Expression) && !IsTensor(cast)) || IsLength(cast.Expression))
            report(Diagnostic.Create(Rules.ValueOfTorchTensor, cast.GetLocation(), $"({cast.Type})"));
        return null;
    }
}
