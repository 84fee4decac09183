using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

internal sealed partial class BodyConverter
{
    /// <summary>A variable of the twin that says, while tracing, that a throw of the graph is reached for certain once this level is; for the turns of a C# loop or a list of statements.</summary>
    private readonly record struct Stop(string Name, int Depth, StatementSyntax? Loop);

    /// <summary>
    /// A throw that a tensor decides happens when the graph runs: the tensors that its message shows become inputs of the node that throws.
    /// </summary>
    private void Throw(CodeWriter writer, ThrowStatementSyntax thrown)
    {
        if (thrown.Expression is not { } exception)
        {
            _context.Report(Rules.UnsupportedStatement, thrown.GetLocation(), "throw;");
            return;
        }
        writer.Mapped(exception, "", ThrowText(exception), ";");
        foreach (string stop in Stops())
            writer.Hidden(stop);
    }

    /// <summary>True if C# decides, in a staged branch or body, whether the statement throws.</summary>
    private bool ThrowsByHost(StatementSyntax statement) =>
        statement is not (ThrowStatementSyntax or LocalFunctionStatementSyntax) && Staging.InSameFunction(statement)
            .Any(n => n is ThrowStatementSyntax or ThrowExpressionSyntax && !n.Ancestors().TakeWhile(a => a != statement.Parent).Any(a => Staging.IsStaged(a, Model) || a is TryStatementSyntax { Catches.Count: > 0 }));

    private bool ThrowsFromGraph(StatementSyntax body) => Staging.InSameFunction(body).Any(n => n is ThrowStatementSyntax or ThrowExpressionSyntax
        && (_stagedDepth > _caughtDepth || n.Ancestors().TakeWhile(a => a != body.Parent).Any(a => Staging.IsStaged(a, Model))));

    /// <summary>Reports what would happen to tensors at the end of a block that the graph leaves by an exception, which ends its run at once.</summary>
    private void CheckFinally(SyntaxToken keyword, IEnumerable<SyntaxNode> final, IEnumerable<StatementSyntax> body)
    {
        if (body.Any(ThrowsFromGraph) && final.Any(f => f.DescendantNodes().Any(n => HasGraphEffect(n, _context.Calls.Model(n.SyntaxTree)))))
            _context.Report(Rules.UnsupportedStatement, keyword.GetLocation(), keyword.Text);
    }

    private void CheckDisposal(SyntaxToken keyword, SyntaxNode use, SyntaxNode resource, IEnumerable<StatementSyntax> body) =>
        CheckFinally(keyword, [.. resource.DescendantNodes().OfType<AnonymousFunctionExpressionSyntax>(), .. DisposedBy(use)], body);

    private IEnumerable<SyntaxNode> DisposedBy(SyntaxNode use) =>
        ImplicitCalls.Of(use, Model).SelectMany(_context.Calls.ReachedFrom).Select(_context.Calls.Declaration).OfType<SyntaxNode>();

    private static bool HasGraphEffect(SyntaxNode node, SemanticModel model) => Staging.Records(node, model)
        || (node is InvocationExpressionSyntax call && model.GetSymbolInfo(call).Symbol?.ContainingType is { Name: "Ops" or "Variable" } type && type.ContainingNamespace.ToDisplayString() == "TensorGraph");

    /// <summary>
    /// The exception happens when the graph runs. What follows is not traced then: it may rely on what the exception speaks of.
    /// </summary>
    private Exits Stopping(CodeWriter writer, IReadOnlyList<StatementSyntax> list, int index)
    {
        HoistLocalFunctions(writer, list, index + 1);
        string name = _context.Name(list[index], "thrown");
        writer.Hidden($"bool {name} = false;");
        _stops.Add(new Stop(name, _stagedDepth, null));
        Exits exits = Statement(writer, list[index]);
        _stops.RemoveAt(_stops.Count - 1);
        writer.Hidden($"if (!{name})");
        writer.OpenBlock();
        exits = Rest(writer, exits, list, index);
        writer.CloseBlock();
        return exits;
    }

    // What says that nothing more is reached of the blocks at this level.
    private IEnumerable<string> Stops() => _stops.Where(s => s.Depth == _stagedDepth).Select(s => s.Name).Distinct().Select(name => $"{name} = true;");

    /// <summary>What a jump out of a C# loop skips is reached in every turn that goes on: if it throws, no further turn is reached.</summary>
    private void RaiseStops(Exits guards) => _stops.AddRange(
    [
        .. _stops.Where(s => s.Loop is { } loop && s.Depth == _stagedDepth - 1
            && guards.Flags.All(f => f.Kind == FlagKind.Return || (f.Target == loop ? f.Kind == FlagKind.Break : f.Target.Span.Contains(loop.Span))))
            .Select(s => s with { Depth = _stagedDepth }),
    ]);

    // No further turn is reached behind a turn that throws for certain, and it may rely on what the exception speaks of.
    private Exits StoppableBody(CodeWriter writer, StatementSyntax loop, StatementSyntax body, string? stop)
    {
        if (stop is not null)
            _stops.Add(new Stop(stop, _stagedDepth, loop));
        Exits exits = LoopBody(writer, loop, body);
        if (stop is not null)
            _stops.RemoveAt(_stops.Count - 1);
        return exits;
    }

    /// <summary>An exception that the graph throws, made of the values that tensors have then and C# variables have here.</summary>
    private string ThrowText(ExpressionSyntax exception)
    {
        List<ISymbol> shown = [.. exception.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Select(n => Names.SymbolOf(n, Model))
            .Where(s => s is ILocalSymbol or IParameterSymbol && StagedRegion.TypeOf(s).IsTensor())
            .Select(s => s!)
            .Distinct<ISymbol>(SymbolEqualityComparer.Default)];
        // Inside the lambda the same names stand for the values at run time.
        string values = string.Join(" ", shown.Select((s, i) => $"var {StagedRegion.Identifier(s)} = __values[{i}];"));
        string parameters = string.Join(", ", shown.Select(StagedRegion.Identifier));
        string make = Holding(exception, $"__values => {{ {values} return {Text(exception)}; }}", $"global::System.Func<{Tensor}[], global::System.Exception>", IsHostVariable);
        return $"{Flow}.Throw([{parameters}], {make})";
    }

    // A counter goes on while tracing.
    private static bool IsHostVariable(ISymbol symbol) =>
        symbol is ILocalSymbol { IsConst: false } or IParameterSymbol && StagedRegion.TypeOf(symbol) is { IsRefLikeType: false } type && !type.IsTensor();

    /// <summary>An operand <c>throw …</c> that a tensor decides: the graph throws, and tracing goes on with a value that nobody reads.</summary>
    private string ThrownValue(ThrowExpressionSyntax thrown, ITypeSymbol? type, string stops = "")
    {
        string instead = type is null ? "default(object)" : Structure.Of(type) is { IsFixed: true } tensors ? tensors.Build(() => $"{Flow}.Undefined") : $"default({TypeText(type)})!";
        return $"{Flow}.Thrown(() => {{ {ThrowText(thrown.Expression)};{stops} }}, {instead})";
    }

    /// <summary>A throw expression that C# decides, where a tensor decides whether it is reached.</summary>
    private string? HostThrown(ThrowExpressionSyntax thrown)
    {
        bool inOperand = IsInStagedOperand(thrown);
        if (thrown.Parent is LambdaExpressionSyntax or ArrowExpressionClauseSyntax || (!inOperand && (_stagedDepth <= _caughtDepth || IsCaught(thrown))))
            return null;
        ExpressionSyntax choice = ChoiceOf(thrown);
        if (!IsWholeValue(choice))
        {
            _context.Report(Rules.UnsupportedStatement, thrown.GetLocation(), choice.ToString());
            return null;
        }
        TypeInfo type = Model.GetTypeInfo(choice == thrown ? thrown : (ExpressionSyntax)ParentOf(thrown));
        return ThrownValue(thrown, type.Type ?? type.ConvertedType, inOperand ? "" : string.Concat(Stops().Select(s => " " + s)));
    }

    // By a try that is copied as a whole.
    private bool IsCaught(ThrowExpressionSyntax thrown) =>
        thrown.Ancestors().TakeWhile(a => !Staging.IsFunction(a) && !Staging.IsStaged(a, Model)).Any(a => a is BlockSyntax { Parent: TryStatementSyntax { Catches.Count: > 0 } attempt } && attempt.Block == a);

    private bool IsInStagedOperand(ThrowExpressionSyntax thrown) => thrown.Ancestors().TakeWhile(a => a is ExpressionSyntax or SwitchExpressionArmSyntax && !Staging.IsFunction(a)).Any(a => a switch
    {
        ConditionalExpressionSyntax conditional => !conditional.Condition.Span.Contains(thrown.Span),
        BinaryExpressionSyntax binary => binary.Right.Span.Contains(thrown.Span),
        SwitchExpressionSyntax match => !match.GoverningExpression.Span.Contains(thrown.Span),
        _ => false,
    } && Staging.IsStaged(a, Model));

    /// <summary>The whole of <c>?:</c>, <c>??</c> and <c>switch</c> in each other that C# decides and that the throw is one of the values of.</summary>
    private ExpressionSyntax ChoiceOf(ExpressionSyntax value)
    {
        while (ParentOf(value) is ConditionalExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } or SwitchExpressionSyntax or ParenthesizedExpressionSyntax
            && ParentOf(value) is ExpressionSyntax outer && !Staging.IsStaged(outer, Model))
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

    /// <summary>True if nothing is done with the value in its statement but to keep it or to give it back.</summary>
    private bool IsWholeValue(ExpressionSyntax value) => !Model.GetConversion(value).IsUserDefined && value.Parent switch
    {
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax } all } variable } => all.Variables.Last() == variable,
        AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax, Left: not (TupleExpressionSyntax or DeclarationExpressionSyntax) } assignment =>
            assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && assignment.Right == value,
        ReturnStatementSyntax => true,
        // The operand that a tensor selects.
        ConditionalExpressionSyntax or BinaryExpressionSyntax or SwitchExpressionArmSyntax => Staging.IsStaged(ParentOf(value), Model),
        _ => false,
    };
}
