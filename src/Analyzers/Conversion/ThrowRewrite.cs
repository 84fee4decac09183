using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Exceptions that the graph throws, made of the values that tensors have then and C# variables have while tracing.</summary>
internal sealed class ThrowRewrite(TwinText text) : Rewrite(text)
{
    public override string? Of(SyntaxNode node) => node is ThrowExpressionSyntax thrown ? DecidedByHost(thrown) : null;

    /// <summary>The call that makes the graph throw: the tensors that the message shows become inputs of the node.</summary>
    public string Call(ExpressionSyntax exception)
    {
        List<ISymbol> shown = [.. exception.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Select(n => Names.SymbolOf(n, Model))
            .Where(s => s is ILocalSymbol or IParameterSymbol && Place.TypeOf(s).IsTensor())
            .Select(s => s!)
            .Distinct<ISymbol>(SymbolEqualityComparer.Default)];
        // Inside the lambda the same names stand for the values at run time.
        string values = string.Join(" ", shown.Select((s, i) => $"var {Place.Identifier(s)} = __values[{i}];"));
        string parameters = string.Join(", ", shown.Select(Place.Identifier));
        string make = Text.Operands.Holding(exception, $"__values => {{ {values} return {Text.Of(exception)}; }}",
            $"global::System.Func<{TwinText.Tensor}[], global::System.Exception>", IsHostVariable);
        string reads = PlainExpression.Is(exception, Model) ? "" : ", mayReadVariables: true";
        return $"{GraphControl}.Throw([{parameters}], {make}{reads})";
    }

    // A counter goes on while tracing.
    private static bool IsHostVariable(ISymbol symbol) =>
        symbol is ILocalSymbol { IsConst: false } or IParameterSymbol && Place.TypeOf(symbol) is { IsRefLikeType: false } type
        && !type.IsTensor();

    /// <summary>An operand <c>throw …</c> that a tensor decides: the graph throws, and tracing goes on with a value that nothing reads.</summary>
    public string Value(ThrowExpressionSyntax thrown, ITypeSymbol? type, string stops = "")
    {
        string instead = type is null ? "default(object)"
            : Structure.Of(type) is { IsFixed: true } tensors
            ? tensors.Build(() => $"{GraphControl}.Undefined")
            : $"default({TwinText.TypeText(type)})!";
        return $"{GraphControl}.Thrown(() => {{ {Call(thrown.Expression)};{stops} }}, {instead})";
    }

    /// <summary>A throw expression that C# decides, where a tensor decides whether it is reached.</summary>
    private string? DecidedByHost(ThrowExpressionSyntax thrown)
    {
        bool inOperand = IsInStagedOperand(thrown);
        if (thrown.Parent is LambdaExpressionSyntax or ArrowExpressionClauseSyntax
            || (!inOperand && (!Text.Position.ThrowsFromGraph || IsCaught(thrown))))
            return null;
        ExpressionSyntax choice = ChoiceOf(thrown);
        if (!IsWholeValue(choice))
        {
            Context.Report(Rules.UnsupportedStatement, thrown.GetLocation(), choice.ToString());
            return null;
        }
        TypeInfo type = Model.GetTypeInfo(choice == thrown ? thrown : (ExpressionSyntax)ParentOf(thrown));
        return Value(thrown, type.Type ?? type.ConvertedType, inOperand ? "" : string.Concat(Text.Stops.Select(s => " " + s)));
    }

    // By a try that is copied as a whole.
    private bool IsCaught(ThrowExpressionSyntax thrown) =>
        thrown.Ancestors().TakeWhile(a => !Staging.IsFunction(a) && !Scope.IsStaged(a))
        .Any(a => a is BlockSyntax { Parent: TryStatementSyntax { Catches.Count: > 0 } attempt } && attempt.Block == a);

    private bool IsInStagedOperand(ThrowExpressionSyntax thrown) =>
        thrown.Ancestors().TakeWhile(a => a is ExpressionSyntax or SwitchExpressionArmSyntax && !Staging.IsFunction(a)).Any(a => a switch
    {
        ConditionalExpressionSyntax conditional => !conditional.Condition.Span.Contains(thrown.Span),
        BinaryExpressionSyntax binary => binary.Right.Span.Contains(thrown.Span),
        SwitchExpressionSyntax match => !match.GoverningExpression.Span.Contains(thrown.Span),
        _ => false,
    } && Scope.IsStaged(a));

    /// <summary>
    /// The whole of <c>?:</c>, <c>??</c> and <c>switch</c> in each other that C# decides and that the throw is one of the values of.
    /// </summary>
    private ExpressionSyntax ChoiceOf(ExpressionSyntax value)
    {
        while (ParentOf(value) is ConditionalExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression }
            or SwitchExpressionSyntax or ParenthesizedExpressionSyntax
            && ParentOf(value) is ExpressionSyntax outer && !Scope.IsStaged(outer))
        {
            if (outer is ConditionalExpressionSyntax conditional && conditional.Condition == value)
                break;
            if (outer is BinaryExpressionSyntax coalesce && coalesce.Left == value)
                break;
            if (outer is SwitchExpressionSyntax match && match.GoverningExpression == value)
                break;
            value = outer;
        }
        return value;
    }

    private static SyntaxNode ParentOf(SyntaxNode value) => value.Parent is SwitchExpressionArmSyntax arm ? arm.Parent! : value.Parent!;

    /// <summary>True if the statement does nothing with the value but to keep it or to give it back.</summary>
    private bool IsWholeValue(ExpressionSyntax value) => !Model.GetConversion(value).IsUserDefined && value.Parent switch
    {
        EqualsValueClauseSyntax
        {
            Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax } all } variable
        } => all.Variables.Last() == variable,
        AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax, Left: not (TupleExpressionSyntax
            or DeclarationExpressionSyntax) } assignment =>
            assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && assignment.Right == value,
        ReturnStatementSyntax => true,
        // The operand that a tensor selects.
        ConditionalExpressionSyntax or BinaryExpressionSyntax or SwitchExpressionArmSyntax => Scope.IsStaged(ParentOf(value)),
        _ => false,
    };
}
