using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The first step: the user's statements as nodes. All kinds of loops become one, with a condition, a body and a tail that each iteration ends with.
/// </summary>
internal sealed class Normalise(FunctionScope scope)
{
    public ImmutableArray<Node> Run(BlockSyntax body) => List(body.Statements);

    private ImmutableArray<Node> List(IEnumerable<StatementSyntax> statements) => [.. statements.Select(Statement)];

    private ImmutableArray<Node> Inside(StatementSyntax statement) =>
        statement is BlockSyntax block ? List(block.Statements) : [Statement(statement)];

    private Node Statement(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => new Wrapped(block, List(block.Statements)),
        IfStatementSyntax branch => new If(branch, scope.IsStaged(branch), Inside(branch.Statement), branch.Else is { } other
            ? Inside(other.Statement)
            : null)
        {
            Range = StatementRange.Of(branch),
        },
        WhileStatementSyntax loop => Loop(loop, loop.Condition, loop.Statement),
        DoStatementSyntax loop => Loop(loop, loop.Condition, loop.Statement),
        ForStatementSyntax loop => Loop(loop, loop.Condition, loop.Statement),
        CommonForEachStatementSyntax loop => Loop(loop, null, loop.Statement),
        SwitchStatementSyntax match => new Switch(match, scope.IsStaged(match), [.. match.Sections.Select(s => Section(s, match))]),
        ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax => new Jump(statement),
        ThrowStatementSyntax thrown => new Throw(thrown),
        TryStatementSyntax attempt => new Try(attempt, List(attempt.Block.Statements),
            [.. attempt.Catches.Select(c => new Handler(c, List(c.Block.Statements)))],
            attempt.Finally is { } last ? List(last.Block.Statements) : null),
        UsingStatementSyntax use => new Wrapped(use, Inside(use.Statement)),
        CheckedStatementSyntax check => new Wrapped(check, Inside(check.Block)),
        LockStatementSyntax held => new Wrapped(held, Inside(held.Statement)),
        UnsafeStatementSyntax code => new Wrapped(code, Inside(code.Block)),
        FixedStatementSyntax pinned => new Wrapped(pinned, Inside(pinned.Statement)),
        LabeledStatementSyntax labeled => new Wrapped(labeled, Inside(labeled.Statement)),
        _ => new Copy(statement),
    };

    private Loop Loop(StatementSyntax loop, ExpressionSyntax? condition, StatementSyntax body)
    {
        ExpressionSyntax? test = condition is not null && Staging.IsAlwaysTrue(condition, scope.Model) ? null : condition;
        return new Loop(loop, scope.IsStaged(loop), Inside(body))
        {
            Range = StatementRange.Of(loop),
            Condition = test,
            Test = loop is DoStatementSyntax ? TestPlace.Last : test is not null && scope.IsStaged(loop) && scope.ChangesState(
            test) ? TestPlace.InBody : TestPlace.First,
            Tail = loop is ForStatementSyntax { Incrementors: var steps } && scope.IsStaged(loop) ? [.. steps.Select(s => new Evaluate(s))] : [],
        };
    }

    private Section Section(SwitchSectionSyntax section, SwitchStatementSyntax match) =>
        new(section, List(section.Statements)) { Range = StatementRange.Of(match) };
}
