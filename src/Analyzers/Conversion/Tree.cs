using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>How many regions of the graph contain a statement; and at which of these levels a C# catch sees its exceptions.</summary>
internal readonly record struct Position(int Depth, int CaughtDepth)
{
    public bool IsInRegion => Depth > 0;

    /// <summary>True if a throw here is one of the graph.</summary>
    public bool ThrowsFromGraph => Depth > CaughtDepth;
}

/// <summary>
/// A statement between the user's text and the twin's. <see cref="Normalise"/> makes the nodes of a body; each further step takes a list of nodes
/// and gives another one; <see cref="Emit"/> writes the last.
/// </summary>
internal abstract record Node(SyntaxNode Source)
{
    /// <summary>Set by <see cref="Jumps"/>.</summary>
    public Position Position { get; init; }

    /// <summary>Variables that record that a throw is reached for certain. Set by <see cref="Throws"/>.</summary>
    public ImmutableArray<Stop> Stops { get; init; } = [];

    /// <summary>The lists of statements in this one.</summary>
    public virtual IEnumerable<ImmutableArray<Node>> Bodies => [];

    /// <summary>True if the twin holds the statement as it is written: neither it nor anything in it became a part of the graph.</summary>
    public bool IsPlain => !IsConverted && Bodies.All(b => b.ArePlain());

    protected virtual bool IsConverted => false;

    /// <summary>The same node with each of its lists replaced.</summary>
    public virtual Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) => this;
}

/// <summary>A statement that is written as it is, with the names of twins in it.</summary>
internal sealed record Copy(StatementSyntax Statement) : Node(Statement);

/// <summary>A break, continue or return that C# itself can make in the twin.</summary>
internal sealed record Jump(StatementSyntax Statement) : Node(Statement);

/// <summary>A throw; of the graph, if a tensor decides whether it is reached.</summary>
internal sealed record Throw(ThrowStatementSyntax Statement) : Node(Statement)
{
    protected override bool IsConverted => Position.ThrowsFromGraph;
}

/// <summary>
/// A statement around others that keeps its head: braces, <c>using (…)</c>, <c>checked</c>; and what has no meaning around a region, such as
/// <c>lock</c>.
/// </summary>
internal sealed record Wrapped(StatementSyntax Statement, ImmutableArray<Node> Body) : Node(Statement)
{
    public override IEnumerable<ImmutableArray<Node>> Bodies => [Body];

    // A using declaration, with the statements after it.
    protected override bool IsConverted => Statement is LocalDeclarationStatementSyntax;

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) => this with { Body = replace(Body) };
}

internal sealed record Handler(CatchClauseSyntax Clause, ImmutableArray<Node> Body);

internal sealed record Try(TryStatementSyntax Statement, ImmutableArray<Node> Body, ImmutableArray<Handler> Handlers, ImmutableArray<Node>? Finally)
    : Node(Statement)
{
    public override IEnumerable<ImmutableArray<Node>> Bodies => [Body, .. Handlers.Select(h => h.Body), Finally ?? []];

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) =>
        this with { Body = replace(Body), Handlers = [.. Handlers.Select(h => h with { Body = replace(h.Body) })], Finally = Finally is { } last
        ? replace(last)
        : null };
}

/// <summary>A node that stands for no statement of the user's.</summary>
internal abstract record Made(SyntaxNode Source) : Node(Source)
{
    protected override bool IsConverted => true;
}

/// <summary>An expression that is evaluated as a statement: the step of a loop.</summary>
internal sealed record Evaluate(ExpressionSyntax Expression) : Made(Expression);

/// <summary>A jump that a tensor decides: it sets its flag, and a returned value is kept.</summary>
internal sealed record SetFlag(SyntaxNode Source, Flag Flag, ExpressionSyntax? Value = null) : Made(Source);

/// <summary>The end test of a loop: its flag is set unless the condition holds.</summary>
internal sealed record SetFlagUnless(ExpressionSyntax Condition, Flag Flag) : Made(Condition);

/// <summary>Statements that follow an <c>if</c> and run only in one of its branches, since the other one jumps.</summary>
internal sealed record Rest(SyntaxNode Source, Exits Skipped, ImmutableArray<Node> Body) : Made(Source)
{
    public override IEnumerable<ImmutableArray<Node>> Bodies => [Body];

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) => this with { Body = replace(Body) };
}

/// <summary>A statement that may throw for certain while tracing, and what follows it.</summary>
internal sealed record Stoppable(Stop Stop, Node Statement, ImmutableArray<Node> Body) : Made(Statement.Source)
{
    public override IEnumerable<ImmutableArray<Node>> Bodies => [[Statement], Body];

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) =>
        this with { Statement = replace([Statement])[0], Body = replace(Body) };
}

/// <summary>A statement that may be a region of the graph.</summary>
internal abstract record RegionNode(SyntaxNode Source) : Node(Source)
{
    /// <summary>The user's statements in the region.</summary>
    public StatementRange Range { get; init; }

    /// <summary>Flags that the region may set.</summary>
    public Exits Exits { get; init; }

    /// <summary>The values that leave the region. Set by <see cref="ControlFlow"/>.</summary>
    public RegionResults Results { get; init; } = RegionResults.None;
}

internal enum GuardKind { Rest, Step, Test }

/// <summary>Runs its statements if none of its flags is set: what follows a jump.</summary>
internal sealed record Guard(SyntaxNode Source, GuardKind Kind, Exits Flags, ImmutableArray<Node> Body) : RegionNode(Source)
{
    public override IEnumerable<ImmutableArray<Node>> Bodies => [Body];

    protected override bool IsConverted => true;

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) => this with { Body = replace(Body) };
}

internal sealed record If(IfStatementSyntax Statement, bool IsStaged, ImmutableArray<Node> Then, ImmutableArray<Node>? Else) : RegionNode(Statement)
{
    /// <summary>The statements after the <c>if</c> that became a part of one branch, and the flags of the other one.</summary>
    public StatementRange? Rest { get; init; }

    public Exits RestFlags { get; init; }

    public override IEnumerable<ImmutableArray<Node>> Bodies => [Then, Else ?? []];

    protected override bool IsConverted => IsStaged;

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) =>
        this with { Then = replace(Then), Else = Else is { } other ? replace(other) : null };
}

/// <summary>The place where a loop tests its condition.</summary>
internal enum TestPlace { First, InBody, Last }

internal sealed record Loop(StatementSyntax Statement, bool IsStaged, ImmutableArray<Node> Body) : RegionNode(Statement)
{
    /// <summary>Null if only a jump ends the loop.</summary>
    public ExpressionSyntax? Condition { get; init; }

    /// <summary>In the body, where changes are carried: the end test of <c>do</c>, and a condition that changes something.</summary>
    public TestPlace Test { get; init; }

    /// <summary>The last statements of each iteration, also after <c>continue</c>: the step of a <c>for</c>, the test of a <c>do</c>.</summary>
    public ImmutableArray<Node> Tail { get; init; } = [];

    /// <summary>True for a C# loop whose iterations run only while no flag says otherwise.</summary>
    public bool IsGuarded { get; init; }

    /// <summary>Ends a C# loop in which a throw is reached for certain.</summary>
    public Stop? Stop { get; init; }

    public override IEnumerable<ImmutableArray<Node>> Bodies => [Body, Tail];

    protected override bool IsConverted => IsStaged || IsGuarded;

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) =>
        this with { Body = replace(Body), Tail = replace(Tail) };
}

internal sealed record Section(SwitchSectionSyntax Statement, ImmutableArray<Node> Body) : RegionNode(Statement)
{
    public override IEnumerable<ImmutableArray<Node>> Bodies => [Body];

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) => this with { Body = replace(Body) };
}

internal sealed record Switch(SwitchStatementSyntax Statement, bool IsStaged, ImmutableArray<Section> Sections) : Node(Statement)
{
    public override IEnumerable<ImmutableArray<Node>> Bodies => [[.. Sections]];

    protected override bool IsConverted => IsStaged;

    public override Node WithBodies(Func<ImmutableArray<Node>, ImmutableArray<Node>> replace) =>
        this with { Sections = [.. replace([.. Sections]).Cast<Section>()] };
}

internal static class NodeExtensions
{
    public static bool ArePlain(this ImmutableArray<Node> nodes) => nodes.All(n => n.IsPlain);
}
