using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Operands that a tensor may skip, of <c>&amp;&amp;</c>, <c>||</c>, <c>?:</c> and <c>switch</c>: they become lambdas.</summary>
internal sealed class OperandRewrite(TwinText text) : Rewrite(text)
{
    public override string? Of(SyntaxNode node) => node switch
    {
        BinaryExpressionSyntax binary when Scope.IsStaged(binary) => ShortCircuit(binary),
        ConditionalExpressionSyntax conditional when Scope.IsStaged(conditional) => Select(conditional),
        SwitchExpressionSyntax match when Scope.IsStaged(match) => Match(match),
        _ => null,
    };

    private string ShortCircuit(BinaryExpressionSyntax binary)
    {
        CheckOperand(binary.Right);
        string method = binary.IsKind(SyntaxKind.LogicalAndExpression) ? "AndAlso" : "OrElse";
        return $"{GraphControl}.{method}({Text.Of(binary.Left)}, {Later(binary.Right, Text.Of(binary.Right))})";
    }

    private string Select(ConditionalExpressionSyntax conditional)
    {
        CheckOperand(conditional.WhenTrue);
        CheckOperand(conditional.WhenFalse);
        string generic = StructureArguments(conditional, SelectedType(conditional), out string leaves);
        string type = generic.Length == 0 ? TwinText.Tensor : generic.Substring(1, generic.Length - 2);
        string then = Later(conditional.WhenTrue, Operand(conditional.WhenTrue, conditional), type), otherwise =
            Later(conditional.WhenFalse, Operand(conditional.WhenFalse, conditional), type);
        return $"{GraphControl}.Select{generic}({Text.Of(conditional.Condition)}, {then}, {otherwise}{leaves})";
    }

    /// <summary>The type that a tensor selects: for <c>a ? 1 : b ? 2 : 3</c> as a tensor, that is a tensor inside too.</summary>
    private ITypeSymbol? SelectedType(ExpressionSyntax expression)
    {
        ITypeSymbol? type = Model.GetTypeInfo(expression).ConvertedType;
        if (type is null || Structure.Of(type).HoldsTensor)
            return type;
        SyntaxNode? outer = expression.Parent;
        while (outer is ParenthesizedExpressionSyntax)
            outer = outer.Parent;
        return outer switch
        {
            ConditionalExpressionSyntax conditional when !conditional.Condition.Span.Contains(expression.Span) => SelectedType(conditional) ?? type,
            SwitchExpressionArmSyntax { Parent: SwitchExpressionSyntax match } arm
                when arm.Expression.Span.Contains(expression.Span) => SelectedType(match) ?? type,
            _ => type,
        };
    }

    private string Operand(ExpressionSyntax operand, ExpressionSyntax selecting)
    {
        if (operand is ThrowExpressionSyntax thrown)
            return Text.Throws.Value(thrown, SelectedType(selecting));
        // In a ? 1 : 2.5 the 1 is a double before it becomes a tensor.
        return Model.GetTypeInfo(selecting).Type is { SpecialType: not SpecialType.None } number
            && !SymbolEqualityComparer.Default.Equals(number, Model.GetTypeInfo(operand).Type)
            ? $"({TwinText.TypeText(number)})({Text.Of(operand)})"
            : Text.Of(operand);
    }

    /// <summary>Arms are tried in order while tracing; one with a tensor <c>when</c> becomes a branch whose other side tries the rest.</summary>
    private string Match(SwitchExpressionSyntax match)
    {
        string generic = StructureArguments(match, SelectedType(match), out string leaves);
        var arms = new List<string>();
        foreach (SwitchExpressionArmSyntax arm in match.Arms)
        {
            CheckOperand(arm.Expression);
            if (arm.WhenClause is { } test)
                CheckOperand(test.Condition);
            string when = arm.WhenClause is { } clause
                ? Staging.IsTensor(clause.Condition, Model)
                ? $"() => {Text.Of(clause.Condition)}"
                : $"() => {GraphControl}.Constant({Text.Of(clause.Condition)})"
                : "null";
            string text = $"__value => __value is {PatternText(arm.Pattern)} ? {GraphControl}.Arm{generic}({when}, () => {Operand(arm.Expression, match)}) : null";
            arms.Add(Holding(arm, text, $"global::System.Func<{ValueType(match)}, global::{TensorGraphTypes.Services}.Arm{generic}?>"));
        }
        return $"{GraphControl}.Match{generic.Replace("<", $"<{ValueType(match)}, ").Replace("()", "")}({Text.Of(match.GoverningExpression)}{leaves}, {string.Join(", ", arms)})";
    }

    /// <summary>A delegate for an operand that runs only if a tensor says so.</summary>
    public string Later(ExpressionSyntax operand, string text, string type = TwinText.Tensor) =>
        Holding(operand, $"() => {text}", $"global::System.Func<{type}>");

    /// <summary>
    /// A lambda that stands for something which is no function in C#. No lambda can hold a parameter that is passed by reference; but what such an
    /// operand reads cannot change until it runs, so that it may hold the values.
    /// </summary>
    public string Holding(SyntaxNode operand, string lambda, string type, Func<ISymbol, bool>? isHeld = null)
    {
        List<string> names = [.. operand.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Where(n => !CallRewrite.IsInNameOf(n))
            .Select(n => Names.SymbolOf(n, Model)).OfType<ISymbol>()
            .Where(s => (s is IParameterSymbol { RefKind: not RefKind.None } || isHeld?.Invoke(s) == true)
            && !operand.Span.Contains(s.Locations[0].SourceSpan)).Select(Place.Identifier).Distinct()];
        if (names.Count == 0)
            return lambda;
        string values = names.Count == 1 ? names[0] : $"({string.Join(", ", names)})";
        IEnumerable<string> held = names.Select((name, i) => $"var {name} = __held{(names.Count == 1 ? "" : $".Item{i + 1}")}; ");
        return $"{GraphControl}.Holding({values}, __held => {{ {string.Concat(held)}return ({type})({lambda}); }})";
    }

    private static string PatternText(PatternSyntax pattern) => pattern is DiscardPatternSyntax ? "var _" : pattern.ToString();

    private string ValueType(SwitchExpressionSyntax match) => TwinText.TypeText(Model.GetTypeInfo(match.GoverningExpression).Type!);

    /// <summary>Type argument and leaf functions for a value that a tensor selects.</summary>
    private string StructureArguments(ExpressionSyntax expression, ITypeSymbol? type, out string leaves)
    {
        leaves = "";
        Structure? structure = type is null ? null : Structure.Of(type);
        if (structure is not { IsFixed: true })
        {
            Context.Report(Rules.StagedValue, expression.GetLocation(), type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)
                ?? "this");
            return "";
        }
        if (structure.Kind == StructureKind.Tensor)
            return expression is SwitchExpressionSyntax ? $"<{structure.BareTypeName}>" : "";
        int index = 0;
        leaves = $", static __value => [{string.Join(", ", structure.Leaves("", "__value").Select(l => l.Expression))}], static __leaves => {structure.Build(() => $"__leaves[{index++}]")}";
        return $"<{structure.BareTypeName}>";
    }

    /// <summary>An operand that may be skipped becomes a lambda, in which nothing may be declared or changed that others see.</summary>
    public void CheckOperand(ExpressionSyntax operand)
    {
        if (Context is { IsOfStruct: true, Self: null } && operand.DescendantNodesAndSelf().FirstOrDefault(Context.IsOfThis) is { } own)
            Context.Report(Rules.UnsupportedContainer, own.GetLocation(), own.ToString(), "a member of a struct that changes it");
        foreach (Change change in Context.Changes.In(operand))
            Context.Report(Rules.ChangeInOperand, (change.IsOfVariable ? operand : change.Place).GetLocation(), change.Name);
    }
}
