using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

internal sealed partial class BodyConverter
{
    /// <summary>The text of a node, with the parts replaced that mean something else in a twin.</summary>
    private string Text(SyntaxNode node)
    {
        var edits = new List<(TextSpan Span, string Text)>();
        Collect(node, edits);
        string source = node.ToString();
        if (edits.Count == 0)
            return source;
        var result = new StringBuilder();
        int position = node.SpanStart;
        foreach ((TextSpan span, string text) in edits)
        {
            result.Append(source, position - node.SpanStart, span.Start - position).Append(text);
            position = span.End;
        }
        return result.Append(source, position - node.SpanStart, node.Span.End - position).ToString();
    }

    private void Collect(SyntaxNode node, List<(TextSpan Span, string Text)> edits)
    {
        if (HostCode.Is(node))
        {
            edits.AddRange(node.DescendantNodesAndSelf().Select(FromCaller).Where(e => e.Text is not null).OrderBy(e => e.Span.Start)!);
            return;
        }
        if (Replacement(node) is { } text)
        {
            if (IsOfSelf(node))
                text = $"{_context.Self}.{text}";
            edits.Add((node.Span, text));
            return;
        }
        if (node is ThisExpressionSyntax && _context.Self is { } self)
            edits.Add((node.Span, self));
        else if (IsOfSelf(node))
            edits.Add((new TextSpan(node.SpanStart, 0), _context.Self + "."));
        if (node is BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax)
            AddMarker(node, edits);
        foreach (SyntaxNode child in node.ChildNodes())
            Collect(child, edits);
        if (FromCaller(node) is { Text: { } given } implied)
            edits.Add((implied.Span, given));
    }

    private (TextSpan Span, string? Text) FromCaller(SyntaxNode node)
    {
        if (CallerInfo.Of(node, Model) is not { } implied)
            return default;
        bool isFirst = node.SyntaxTree.GetRoot().FindToken(implied.Position).GetPreviousToken().IsKind(SyntaxKind.OpenParenToken) && !HasMarker(node);
        return (new TextSpan(implied.Position, 0), isFirst ? implied.Text : ", " + implied.Text);
    }

    private string? Replacement(SyntaxNode node) => (_context.Members.Count > 0 ? Member(node) : null) ?? node switch
    {
        SimpleNameSyntax name => Renamed(name),
        BinaryExpressionSyntax binary when Staging.IsStaged(binary, Model) => ShortCircuit(binary),
        ConditionalExpressionSyntax conditional when Staging.IsStaged(conditional, Model) => Select(conditional),
        SwitchExpressionSyntax match when Staging.IsStaged(match, Model) => Match(match),
        AnonymousFunctionExpressionSyntax lambda => Lambda(lambda),
        LocalFunctionStatementSyntax function => LocalFunction(function),
        ThrowExpressionSyntax thrown => HostThrown(thrown),
        StatementSyntax loop when loop != _copied && Unrolled(loop) is { } around => $"{around} {LoopText(loop)}",
        VariableDeclaratorSyntax { Initializer: null, ArgumentList: null, Parent.Parent: LocalDeclarationStatementSyntax } variable when _context.HasStaged => Unassigned(variable),
        _ => null,
    };

    /// <summary>The twin or entry that is called, or made a delegate of, instead of the named method.</summary>
    private string? Renamed(SimpleNameSyntax name)
    {
        if (!MethodFacts.IsMethodName(name)
            || Names.SymbolOf(name, Model) is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension } method
            || IsInNameOf(name))
        {
            return null;
        }
        if (_context.Calls.NameInTwin(method) is not { } renamed)
            return null;
        CheckDelegates(name, method);
        // The entry of an overridden graph function would dispatch to the override again.
        if (name.Parent is MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax })
            renamed = TwinNames.Twin(method.Name);
        if (_stagedDepth > 0 && _context.Calls.Calls(method, _context.Method))
            _context.Report(Rules.StagedRecursion, name.GetLocation(), method.Name);
        return name is GenericNameSyntax generic ? renamed + Text(generic.TypeArgumentList) : renamed;
    }

    private static bool IsInNameOf(SyntaxNode name) =>
        name.Ancestors().TakeWhile(n => n is not StatementSyntax).OfType<InvocationExpressionSyntax>().Any(i => i.Expression is IdentifierNameSyntax { Identifier.Text: "nameof" });

    private string ShortCircuit(BinaryExpressionSyntax binary)
    {
        CheckOperand(binary.Right);
        string method = binary.IsKind(SyntaxKind.LogicalAndExpression) ? "AndAlso" : "OrElse";
        return $"{Flow}.{method}({Text(binary.Left)}, {Later(binary.Right, Text(binary.Right))})";
    }

    private string Select(ConditionalExpressionSyntax conditional)
    {
        CheckOperand(conditional.WhenTrue);
        CheckOperand(conditional.WhenFalse);
        string generic = StructureArguments(conditional, SelectedType(conditional), out string leaves);
        string type = generic.Length == 0 ? Tensor : generic.Substring(1, generic.Length - 2);
        string then = Later(conditional.WhenTrue, Operand(conditional.WhenTrue, conditional), type), otherwise = Later(conditional.WhenFalse, Operand(conditional.WhenFalse, conditional), type);
        return $"{Flow}.Select{generic}({Text(conditional.Condition)}, {then}, {otherwise}{leaves})";
    }

    /// <summary>What a tensor selects: for <c>a ? 1 : b ? 2 : 3</c> as a tensor, that is a tensor inside too.</summary>
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
            SwitchExpressionArmSyntax { Parent: SwitchExpressionSyntax match } arm when arm.Expression.Span.Contains(expression.Span) => SelectedType(match) ?? type,
            _ => type,
        };
    }

    private string Operand(ExpressionSyntax operand, ExpressionSyntax selecting)
    {
        if (operand is ThrowExpressionSyntax thrown)
            return ThrownValue(thrown, SelectedType(selecting));
        // In a ? 1 : 2.5 the 1 is a double before it becomes a tensor.
        return Model.GetTypeInfo(selecting).Type is { SpecialType: not SpecialType.None } number && !SymbolEqualityComparer.Default.Equals(number, Model.GetTypeInfo(operand).Type)
            ? $"({TypeText(number)})({Text(operand)})"
            : Text(operand);
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
                ? Staging.IsTensor(clause.Condition, Model) ? $"() => {Text(clause.Condition)}" : $"() => {Flow}.Constant({Text(clause.Condition)})"
                : "null";
            string text = $"__value => __value is {PatternText(arm.Pattern)} ? {Flow}.Arm{generic}({when}, () => {Operand(arm.Expression, match)}) : null";
            arms.Add(Holding(arm, text, $"global::System.Func<{ValueType(match)}, global::{TensorGraphTypes.Services}.Arm{generic}?>"));
        }
        return $"{Flow}.Match{generic.Replace("<", $"<{ValueType(match)}, ").Replace("()", "")}({Text(match.GoverningExpression)}{leaves}, {string.Join(", ", arms)})";
    }

    /// <summary>A delegate for an operand that runs only if a tensor says so.</summary>
    private string Later(ExpressionSyntax operand, string text, string type = Tensor) => Holding(operand, $"() => {text}", $"global::System.Func<{type}>");

    /// <summary>
    /// A lambda that stands for something which is no function in C#. No lambda can hold a parameter that is passed by reference; but what such an
    /// operand reads cannot change until it runs, so that it may hold the values.
    /// </summary>
    private string Holding(SyntaxNode operand, string lambda, string type, Func<ISymbol, bool>? isHeld = null)
    {
        List<string> names = [.. operand.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Where(n => !IsInNameOf(n)).Select(n => Names.SymbolOf(n, Model)).OfType<ISymbol>()
            .Where(s => (s is IParameterSymbol { RefKind: not RefKind.None } || isHeld?.Invoke(s) == true) && !operand.Span.Contains(s.Locations[0].SourceSpan)).Select(StagedRegion.Identifier).Distinct()];
        if (names.Count == 0)
            return lambda;
        string values = names.Count == 1 ? names[0] : $"({string.Join(", ", names)})";
        IEnumerable<string> held = names.Select((name, i) => $"var {name} = __held{(names.Count == 1 ? "" : $".Item{i + 1}")}; ");
        return $"{Flow}.Holding({values}, __held => {{ {string.Concat(held)}return ({type})({lambda}); }})";
    }

    private static string PatternText(PatternSyntax pattern) => pattern is DiscardPatternSyntax ? "var _" : pattern.ToString();

    private string ValueType(SwitchExpressionSyntax match) => TypeText(Model.GetTypeInfo(match.GoverningExpression).Type!);

    /// <summary>Type argument and leaf functions for a value that a tensor selects.</summary>
    private string StructureArguments(ExpressionSyntax expression, ITypeSymbol? type, out string leaves)
    {
        leaves = "";
        Structure? structure = type is null ? null : Structure.Of(type);
        if (structure is not { IsFixed: true })
        {
            _context.Report(Rules.StagedValue, expression.GetLocation(), type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) ?? "this");
            return "";
        }
        if (structure.Kind == StructureKind.Tensor)
            return expression is SwitchExpressionSyntax ? $"<{structure.BareTypeName}>" : "";
        int index = 0;
        leaves = $", static __value => [{string.Join(", ", structure.Leaves("", "__value").Select(l => l.Expression))}], static __leaves => {structure.Build(() => $"__leaves[{index++}]")}";
        return $"<{structure.BareTypeName}>";
    }

    /// <summary>An operand that may be skipped becomes a lambda, in which nothing may be declared or changed that others see.</summary>
    private void CheckOperand(ExpressionSyntax operand)
    {
        if (_context is { IsOfStruct: true, Self: null } && operand.DescendantNodesAndSelf().FirstOrDefault(IsOfThis) is { } own)
            _context.Report(Rules.UnsupportedContainer, own.GetLocation(), own.ToString(), "a member of a struct that changes it");
        foreach ((string name, SyntaxNode place) in _context.Changes.In(operand))
            _context.Report(Rules.ChangeInOperand, place.GetLocation(), name);
    }

    private string? Lambda(AnonymousFunctionExpressionSyntax lambda)
    {
        if (lambda.Block is not { } block || Model.GetSymbolInfo(lambda).Symbol is not IMethodSymbol symbol || !HasStaged(block))
            return null;
        var converter = new BodyConverter(_context, lambda, symbol.ReturnsVoid ? null : symbol.ReturnType);
        string head = lambda.SyntaxTree.GetText().ToString(TextSpan.FromBounds(lambda.SpanStart, block.SpanStart));
        return $"{head}\n{{\n{converter.Block(block, 2)}}}\n#line hidden\n";
    }

    private string? LocalFunction(LocalFunctionStatementSyntax function)
    {
        if (function.Body is not { } block || Model.GetDeclaredSymbol(function) is not IMethodSymbol symbol || !HasStaged(block))
            return null;
        var converter = new BodyConverter(_context, function, symbol.ReturnsVoid ? null : symbol.ReturnType);
        string head = function.SyntaxTree.GetText().ToString(TextSpan.FromBounds(function.SpanStart, block.SpanStart));
        return $"{head}\n{{\n{converter.Block(block, 2)}}}\n#line hidden\n";
    }

    private bool HasStaged(SyntaxNode node) => Staging.HasStagedStatement(node, Model);

    /// <summary>A variable without a value gets one that stands for "none yet", so that branches can be compared.</summary>
    private string? Unassigned(VariableDeclaratorSyntax variable)
    {
        if (Model.GetDeclaredSymbol(variable) is ILocalSymbol local && Structure.Of(local.Type) is { IsFixed: true } structure)
            return $"{variable.Identifier} = {structure.Build(() => $"{Flow}.Undefined")}";
        // Tracing goes on behind a throw of the graph, where C# would ask for a value.
        return _hasThrow ? $"{variable.Identifier} = default!" : null;
    }
}
