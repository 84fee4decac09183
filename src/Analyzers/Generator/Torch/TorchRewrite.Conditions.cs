using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Conditions that the value of a tensor decides: there the tensor stands for its value, which only the graph will know.</summary>
internal sealed partial class TorchRewrite
{
    // Gradients that it takes are computed before it.
    private string Branch(IfStatementSyntax branch)
    {
        string text = With(branch, branch.Condition);
        SyntaxNode? function = branch.Ancestors().FirstOrDefault(Staging.IsFunction);
        // What follows a jump is a branch too.
        bool jumps = branch.DescendantNodes().Any(n => n is ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax
            or ThrowStatementSyntax);
        IdentifierNameSyntax[] changes = [.. (jumps ? function ?? branch : branch).DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.SpanStart >= branch.SpanStart && s_gradients.Contains(n.Identifier.Text) && model.GetSymbolInfo(n).Symbol.IsTorch())];
        if (changes.Length == 0)
            return text;
        IEnumerable<string> losses = changes.Select(n => n.Parent).OfType<MemberAccessExpressionSyntax>()
            .Where(access => access.Name.Identifier.Text == "backward").Select(access => access.Expression).OfType<IdentifierNameSyntax>()
            .Where(loss => model.GetSymbolInfo(loss).Symbol is ILocalSymbol local && IsAssigned(local))
            .Select(loss => loss.Identifier.Text).Distinct();
        string before = $"{TorchSymbols.Front}.BeforeBranch({string.Join(", ", losses)});";
        return branch.Parent is BlockSyntax ? $"{before} {text}" : $"{{ {before} {text} }}";

        bool IsAssigned(ILocalSymbol local) => model.AnalyzeDataFlow(branch) is { Succeeded: true } flow
            && flow.DefinitelyAssignedOnEntry.Contains(local, SymbolEqualityComparer.Default);
    }

    private static readonly HashSet<string> s_gradients = ["backward", "zero_grad", "clip_grad_norm_", "clip_grad_value_", "grad"];

    private string Condition(ExpressionSyntax condition) => condition switch
    {
        ParenthesizedExpressionSyntax inner => $"({Condition(inner.Expression)})",
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => $"!{Condition(not.Operand)}",
        BinaryExpressionSyntax binary when HasValueOfTensor(binary) =>
            Condition(binary.Left) + Source(binary.Left.Span.End, binary.Right.SpanStart) + Condition(binary.Right),
        CastExpressionSyntax cast when IsTensor(cast.Expression) => Value(cast.Expression, cast.Type.ToString()),
        CastExpressionSyntax cast when HasValueOfTensor(cast.Expression) => Condition(cast.Expression),
        InvocationExpressionSyntax call when ValueOfTensor(call) is { } type =>
            Value(((MemberAccessExpressionSyntax)call.Expression).Expression, type),
        _ => Of(condition),
    };

    private string Value(ExpressionSyntax tensor, string type) => $"{TorchSymbols.Front}.Number<{type}>({Of(tensor)})";

    /// <summary>True if the value of a tensor is read in an expression, outside of lambdas.</summary>
    private bool HasValueOfTensor(ExpressionSyntax expression) => Staging.InSameFunction(expression).Any(node => node switch
    {
        CastExpressionSyntax cast => IsTensor(cast.Expression) && !IsTensor(cast),
        InvocationExpressionSyntax call => ValueOfTensor(call) is not null,
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
        if ((IsTensor(cast.Expression) && !IsTensor(cast)) || IsLength(cast.Expression))
            report(Diagnostic.Create(Rules.ValueOfTorchTensor, cast.GetLocation(), $"({cast.Type})"));
        return null;
    }
}
