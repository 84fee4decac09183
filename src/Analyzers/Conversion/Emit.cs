using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>The last step: writes the nodes as the twin's C#, each line mapped to the user's.</summary>
internal sealed partial class Emit
{
    private const string GraphControl = TensorGraphTypes.GraphControl;

    private readonly FunctionScope _scope;
    private readonly IReadOnlyCollection<Flag> _flagsRead;
    private readonly TwinText _text;

    public Emit(FunctionScope scope, IReadOnlyCollection<Flag> flagsRead)
    {
        _scope = scope;
        _flagsRead = flagsRead;
        _text = new TwinText(scope);
    }

    public CodeWriter Body(ImmutableArray<Node> nodes, bool returnsByFlag, int depth)
    {
        var writer = new CodeWriter(depth);
        foreach (IParameterSymbol parameter in OutParameters())
            Start(writer, Place.Identifier(parameter), Structure.Of(parameter.Type), _scope.Context.OtherNames.MayRead(parameter));
        string? result = returnsByFlag && _scope.ReturnType is not null ? _scope.Result : null;
        if (result is not null)
            writer.Hidden($"{TwinText.TypeText(_scope.ReturnType!)} {result} = {Structure.Of(_scope.ReturnType!).NoValue};");
        Declare(writer, new Flag(FlagKind.Return, _scope.Function));
        Nodes(writer, nodes);
        if (result is not null)
            writer.Hidden($"return {result};");
        return writer;
    }

    /// <summary>
    /// Like a local without a value: branches may be compared before both have given one. What the body may read by another name keeps the value that
    /// the caller has there.
    /// </summary>
    private static void Start(CodeWriter writer, string parameter, Structure structure, bool isRead)
    {
        string none = $"{parameter} = {structure.NoValue};";
        if (isRead)
        {
            writer.Hidden($"global::System.Runtime.CompilerServices.Unsafe.SkipInit(out {parameter});");
            if (string.Join(" || ", structure.Absent(parameter)) is { Length: > 0 } absent)
                writer.Hidden($"if ({absent}) {none}");
        }
        else
        {
            writer.Hidden(none);
        }
    }

    private IEnumerable<IParameterSymbol> OutParameters()
    {
        ISymbol? function = _scope.Function is AnonymousFunctionExpressionSyntax
            ? _scope.Model.GetSymbolInfo(_scope.Function).Symbol
            : _scope.Model.GetDeclaredSymbol(_scope.Function);
        return _scope.HasStaged && function is IMethodSymbol method
            ? method.Parameters.Where(p => p.RefKind == RefKind.Out && Structure.Of(p.Type).IsCarried)
            : [];
    }

    private void Nodes(CodeWriter writer, ImmutableArray<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            if (node is { IsPlain: true, Source: StatementSyntax statement })
                Copied(writer, node, statement);
            else
                Converted(writer, node);
        }
    }

    private void Copied(CodeWriter writer, Node node, StatementSyntax statement)
    {
        _text.Enter(node, writer);
        writer.Comments(statement);
        if (_text.Statements.Unrolled(statement) is { } around)
            writer.Hidden(around);
        writer.Mapped(statement, "", _text.Statements.Copied(statement));
    }

    private void Converted(CodeWriter writer, Node node)
    {
        if (node is not (Made or Guard) && node.Source is StatementSyntax and not BlockSyntax)
            writer.Comments(node.Source);
        _text.Enter(node, writer);
        switch (node)
        {
            case Wrapped wrapped:
                Wrapped(writer, wrapped);
                break;
            case Rest rest:
                Nodes(writer, rest.Body);
                break;
            case Evaluate step:
                writer.Mapped(step.Expression, "", _text.Of(step.Expression), ";");
                break;
            case SetFlag jump:
                SetFlag(writer, jump);
                break;
            case SetFlagUnless test:
                writer.Mapped(test.Condition, $"{_scope.NameOf(test.Flag)} = {GraphControl}.Not(", _text.Of(test.Condition), ");");
                break;
            case Throw { Statement.Expression: { } exception }:
                writer.Mapped(exception, "", _text.Throws.Call(exception), ";");
                foreach (string stop in _text.Stops)
                    writer.Hidden(stop);
                break;
            case Stoppable stoppable:
                Stoppable(writer, stoppable);
                break;
            case Guard guard:
                Guarded(writer, guard, guard.Kind switch { GuardKind.Rest => "rest", GuardKind.Step => "step", _ => "test" });
                break;
            case Try attempt:
                Try(writer, attempt);
                break;
            case If branch:
                If(writer, branch);
                break;
            case Loop { IsStaged: true } loop:
                StagedLoop(writer, loop);
                break;
            case Loop loop:
                HostLoop(writer, loop);
                break;
            case Switch { IsStaged: true } match:
                StagedSwitch(writer, match);
                break;
            case Switch match:
                HostSwitch(writer, match);
                break;
        }
    }

    private void Block(CodeWriter writer, ImmutableArray<Node> nodes)
    {
        writer.OpenBlock();
        Nodes(writer, nodes);
        writer.CloseBlock();
    }

    private void Wrapped(CodeWriter writer, Wrapped wrapped)
    {
        switch (wrapped.Statement)
        {
            case UsingStatementSyntax use:
                SyntaxNode resource = (SyntaxNode?)use.Declaration ?? use.Expression!;
                writer.Mapped(resource, "using (", _text.Of(resource), ")");
                break;
            case CheckedStatementSyntax check:
                writer.Hidden(check.Keyword.Text);
                break;
        }
        Block(writer, wrapped.Body);
    }

    private void SetFlag(CodeWriter writer, SetFlag jump)
    {
        if (jump.Value is { } value && _scope.ReturnType is not null)
            writer.Mapped(value, $"{_scope.Result} = ", _text.Of(value), ";");
        if (_flagsRead.Contains(jump.Flag))
            writer.Hidden($"{_scope.NameOf(jump.Flag)} = {GraphControl}.True;");
    }

    private void Stoppable(CodeWriter writer, Stoppable stoppable)
    {
        string name = _scope.NameOf(stoppable.Stop);
        writer.Hidden($"bool {name} = false;");
        Nodes(writer, [stoppable.Statement]);
        writer.Hidden($"if (!{name})");
        Block(writer, stoppable.Body);
    }

    private void Try(CodeWriter writer, Try attempt)
    {
        writer.Hidden("try");
        Block(writer, attempt.Body);
        foreach (Handler handler in attempt.Handlers)
        {
            CatchClauseSyntax clause = handler.Clause;
            _text.Enter(attempt, writer);
            string filter = (clause.Declaration is { } declaration ? " " + declaration : "")
                + (clause.Filter is { } when ? " " + _text.Of(when) : "");
            writer.Mapped(clause, "", "catch" + filter);
            Block(writer, handler.Body);
        }
        if (attempt.Finally is { } final)
        {
            writer.Hidden("finally");
            Block(writer, final);
        }
    }

    private void If(CodeWriter writer, If branch)
    {
        ExpressionSyntax condition = branch.Statement.Condition;
        if (branch.IsStaged)
        {
            string name = _scope.Context.Name(branch.Source, "if");
            Region(writer, name, condition, "If(", _text.Of(condition), branch.Results, inner => Nodes(inner, branch.Then),
                branch.Else is { } otherwise ? inner => Nodes(inner, otherwise) : null);
            return;
        }
        writer.Mapped(condition, "if (", _text.Of(condition), ")");
        Block(writer, branch.Then);
        if (branch.Else is { } other)
        {
            writer.Hidden("else");
            Block(writer, other);
        }
    }

    /// <summary>Statements that run if none of the flags is set.</summary>
    private void Guarded(CodeWriter writer, Guard guard, string kind) =>
        Region(writer, _scope.Context.Name(guard.Source, kind), null, "If(", NoneOf(guard.Flags), guard.Results, inner => Nodes(inner, guard.Body));

    /// <summary>A branch of the graph, with the values that it gives to the code after it.</summary>
    private static void Region(CodeWriter writer, string name, SyntaxNode? source, string method, string condition, RegionResults results,
        Action<CodeWriter> then, Action<CodeWriter>? otherwise = null)
    {
        IReadOnlyList<CarriedVariable> carried = results.Variables;
        foreach (string variable in results.Restored)
            writer.Hidden($"{GraphControl}.Save({variable}, out var {Saved(name, variable)});");
        string end = carried.Count == 0 ? ");" : $", {CarriedVariable.Start(carried)});";
        if (source is null)
            writer.Hidden($"var {name} = {GraphControl}.{method}{condition}{end}");
        else
            writer.Mapped(source, $"var {name} = {GraphControl}.{method}", condition, end);
        writer.Hidden($"if ({name}.Then())");
        writer.OpenBlock();
        then(writer);
        writer.Hidden(CarriedVariable.End(carried, name, "EndThen"));
        writer.CloseBlock();
        if (otherwise is not null)
        {
            Assign(writer, carried, name + ".Before");
            Restore(writer, name, results.Restored);
            writer.Hidden($"if ({name}.Else())");
            writer.OpenBlock();
            otherwise(writer);
            writer.Hidden(CarriedVariable.End(carried, name, "EndElse"));
            writer.CloseBlock();
        }
        writer.Hidden($"{name}.End();");
        Assign(writer, carried, name + ".Result");
        Restore(writer, name, results.Dead);
    }

    private static string Saved(string name, string variable) => $"{name}_{variable.TrimStart('@')}";

    private static void Restore(CodeWriter writer, string name, ImmutableArray<string> variables)
    {
        foreach (string variable in variables)
            writer.Hidden($"{variable} = {Saved(name, variable)};");
    }

    private static void Assign(CodeWriter writer, IReadOnlyList<CarriedVariable> carried, string source)
    {
        if (CarriedVariable.Assign(carried, source) is { } assignment)
            writer.Hidden(assignment);
    }

    /// <summary>Declares the flag of a jump, if something reads it.</summary>
    private void Declare(CodeWriter writer, Flag flag)
    {
        if (_flagsRead.Contains(flag))
            writer.Hidden($"{TwinText.Tensor} {_scope.NameOf(flag)} = {GraphControl}.False;");
    }

    /// <summary>A condition that holds while none of the flags is set.</summary>
    private string NoneOf(Exits flags) => $"{GraphControl}.NoneOf({Names(flags)})";

    private string Names(Exits flags) => string.Join(", ", flags.Ordered.Select(_scope.NameOf));
}
