using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>One function that is converted, a method, lambda or local function, and what the steps ask about its statements.</summary>
internal sealed class FunctionScope
{
    private readonly Dictionary<StatementSyntax, bool> _canComplete = [];
    private readonly Dictionary<(StatementRange, bool), RegionDataFlow> _regions = [];
    private readonly Dictionary<ISymbol, bool> _carried = new(SymbolEqualityComparer.Default);
    private Liveness? _liveness;

    public FunctionScope(ConversionContext context, SyntaxNode function, ITypeSymbol? returnType)
    {
        Context = context;
        Function = function;
        ReturnType = returnType is null or { SpecialType: SpecialType.System_Void } ? null : returnType;
        foreach (SyntaxNode node in Staging.InSameFunction(function))
        {
            HasThrow |= node is ThrowStatementSyntax or ThrowExpressionSyntax;
            HasStaged |= node is StatementSyntax statement && IsStaged(statement);
        }
    }

    public ConversionContext Context { get; }

    public SyntaxNode Function { get; }

    /// <summary>Null for void.</summary>
    public ITypeSymbol? ReturnType { get; }

    public SemanticModel Model => Context.Model;

    public bool HasStaged { get; }

    public bool HasThrow { get; }

    /// <summary>The variable that keeps what a return gives until the end of the function.</summary>
    public string Result => Context.Name(Function, "result");

    public string NameOf(Flag flag) =>
        Context.Name(flag.Target, flag.Kind switch { FlagKind.Break => "break", FlagKind.Continue => "continue", _ => "returned" });

    public string NameOf(Stop stop) => Context.Name(stop.Place, stop.Loop is null ? "thrown" : "stopped");

    public bool IsStaged(SyntaxNode node) => Staging.IsStaged(node, Model);

    /// <summary>True for what the function itself does, not a lambda or local function in it.</summary>
    public bool IsOwn(Effect effect) => (effect.Function ?? Context.Declaration) == Function;

    /// <summary>True if evaluating the expression changes something besides giving a value.</summary>
    public bool ChangesState(ExpressionSyntax expression) => Context.Changes.In(expression).Any();

    public bool ChangesOnlyOwnCounter(Evaluate step, Loop loop) =>
        step.Expression is PostfixUnaryExpressionSyntax { Operand: IdentifierNameSyntax name }
        && loop.Statement is ForStatementSyntax { Declaration: { } declaration }
        && declaration.Variables.Any(v => v.Identifier.Text == name.Identifier.Text);

    /// <summary>True if a jump that a tensor decides can end a C# loop; also one that follows such a <c>continue</c>.</summary>
    public bool IsLeftByFlag(StatementSyntax loop, bool isInRegion)
    {
        StatementSyntax body = Staging.BodyOf(loop);
        if (Staging.HasStagedExit(loop, body, Model))
            return true;
        bool leaves = false, skips = false;
        foreach (SyntaxNode node in Staging.InSameFunction(body))
        {
            if (node is ReturnStatementSyntax && isInRegion)
                return true;
            leaves |= node is ReturnStatementSyntax || (node is BreakStatementSyntax && Staging.JumpTarget(node) == loop);
            skips |= node is ContinueStatementSyntax && Staging.JumpTarget(node) == loop && Staging.StagedAncestor(node, loop, Model);
        }
        return leaves && skips;
    }

    public bool IsReadAfter(StatementSyntax loop, ISymbol variable) => Region(StatementRange.Of(loop)).FlowsOut(variable);

    /// <summary>The data flow of a region, made once.</summary>
    public RegionDataFlow Region(StatementRange range, bool isLoop = false)
    {
        if (!_regions.TryGetValue((range, isLoop), out RegionDataFlow region))
            _regions.Add((range, isLoop), region = new RegionDataFlow(this, range, isLoop));
        return region;
    }

    public Liveness Liveness => _liveness ??= new Liveness(Function, Model);

    /// <summary>
    /// True for a variable that regions can carry by its value: made of tensors, and none of its collections is written in place, which other names
    /// might see.
    /// </summary>
    public bool IsCarried(ISymbol variable)
    {
        if (!_carried.TryGetValue(variable, out bool known))
            _carried[variable] = known = Structure.Of(Place.TypeOf(variable)!) is { IsCarried: true } structure
                && (structure.IsFixed || !Context.Filled.Contains(variable));
        return known;
    }

    /// <summary>
    /// True for a variable of an enclosing function, one that a lambda uses, and a parameter whose place has another name: code that flow analysis
    /// can't follow may read it.
    /// </summary>
    public bool IsShared(ISymbol variable) =>
        Context.ChangedByLambdas.Contains(variable) || Context.ReadByLambdas.Contains(variable)
        || !Function.Span.Contains(variable.Locations[0].SourceSpan)
        || (variable is IParameterSymbol { RefKind: RefKind.Ref or RefKind.Out } parameter && Context.OtherNames.MayRead(parameter));

    /// <summary>True if control can reach the end of a statement.</summary>
    public bool CanComplete(StatementSyntax statement)
    {
        if (!_canComplete.TryGetValue(statement, out bool known))
            _canComplete[statement] = known = Completion.IsPossible(statement, this);
        return known;
    }
}
