using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>Reports what has no meaning in or around a region of the graph: it would happen once, while tracing.</summary>
internal sealed class RegionChecks(FunctionScope scope)
{
    private readonly Dictionary<ISymbol, int> _declaredAt = new(SymbolEqualityComparer.Default);

    private SemanticModel Model => scope.Model;

    /// <summary>Reports statements that cannot be in a function with regions.</summary>
    public static void CheckFunction(FunctionScope scope)
    {
        foreach (SyntaxNode node in Staging.InSameFunction(scope.Function).Where(_ => scope.HasStaged))
        {
            switch (node)
            {
                case GotoStatementSyntax or LabeledStatementSyntax:
                    scope.Context.Report(Rules.Goto, node.GetFirstToken().GetLocation(), node.GetFirstToken().Text);
                    break;
                case YieldStatementSyntax or AwaitExpressionSyntax or CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 }:
                    scope.Context.Report(Rules.AwaitOrYield, node.GetFirstToken().GetLocation(), node is YieldStatementSyntax ? "yield" : "await");
                    break;
                case UnsafeStatementSyntax or FixedStatementSyntax when Staging.HasStagedStatement(node, scope.Model):
                    scope.Context.Report(Rules.UnsafeCode, node.GetFirstToken().GetLocation(), node.GetFirstToken().Text);
                    break;
                case AssignmentExpressionSyntax { Left: ThisExpressionSyntax } whole:
                    scope.Context.Report(Rules.UnsupportedContainer, whole.GetLocation(), whole.ToString(), "a member of a struct that replaces it");
                    break;
                case LockStatementSyntax when Staging.HasStagedStatement(node, scope.Model):
                    scope.Context.Report(Rules.Lock, node.GetFirstToken().GetLocation());
                    break;
                case VariableDeclarationSyntax { Type: RefTypeSyntax } declaration when !IsStraight(declaration.Variables[0], scope):
                    scope.Context.Report(Rules.RefLocal, declaration.Variables[0].GetLocation(), declaration.Variables[0].Identifier.Text);
                    break;
            }
        }
    }

    /// <summary>True for a reference that is used up before or after all regions, and that no jump in one of them can skip.</summary>
    private static bool IsStraight(VariableDeclaratorSyntax reference, FunctionScope scope)
    {
        ISymbol variable = scope.Model.GetDeclaredSymbol(reference)!;
        SyntaxNode block = reference.FirstAncestorOrSelf<BlockSyntax>()!;
        int end = block.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(Names.SymbolOf(n, scope.Model), variable))
            .Select(n => n.Span.End).Append(reference.Span.End).Max();
        var used = TextSpan.FromBounds(reference.SpanStart, end);
        return !Staging.InSameFunction(scope.Function).OfType<StatementSyntax>().Where(scope.IsStaged).Any(s => s.Span.OverlapsWith(used)
            || Staging.InSameFunction(s).Any(n =>
                n is ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or ThrowStatementSyntax));
    }

    /// <summary>Reports what the head of a C# loop does in the iterations that a tensor skips by leaving the loop.</summary>
    public static void CheckHead(StatementSyntax loop, FunctionScope scope)
    {
        foreach ((SyntaxNode place, ISymbol? variable) in new HostEffects(scope.Context).InHead(loop))
        {
            if (variable is null || scope.IsReadAfter(loop, variable))
                scope.Context.Report(Rules.EffectInLoopHead, place.GetLocation(), place.ToString());
        }
    }

    public void Run(ImmutableArray<Node> nodes) => Run(nodes, 0);

    // What a return skips is skipped with all that could see it: such regions do not count for objects that only this function knows.
    private void Run(ImmutableArray<Node> nodes, int afterReturn)
    {
        foreach (Node node in nodes)
        {
            int depth = node.Position.Depth;
            if (node is Copy { Statement: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } use })
                CheckDisposal(use.UsingKeyword, use, use.Declaration, nodes.SkipWhile(n => n != node).Skip(1));
            if (node is { IsPlain: true, Source: StatementSyntax statement })
            {
                CheckCode(statement, depth, depth - afterReturn);
                foreach (SyntaxNode variable in VariablesOf(statement))
                    _declaredAt[Model.GetDeclaredSymbol(variable)!] = depth - afterReturn;
            }
            else
            {
                if (node is Loop { IsStaged: true } and not { Statement: CommonForEachStatementSyntax })
                    depth++;
                foreach (SyntaxNode? code in CodeOf(node))
                    CheckCode(code, depth, depth - afterReturn);
                Check(node, afterReturn);
            }
        }
    }

    /// <summary>Expressions of a statement that became a part of the graph, besides the statements in it.</summary>
    private static IEnumerable<SyntaxNode?> CodeOf(Node node) => node switch
    {
        If branch => [branch.Statement.Condition],
        Loop { Statement: CommonForEachStatementSyntax loop } => [loop.Expression],
        Loop loop => [loop.Condition],
        Switch match => [match.Statement.Expression],
        SetFlag flag => [flag.Value],
        SetFlagUnless test => [test.Condition],
        Evaluate step => [step.Expression],
        Wrapped { Statement: UsingStatementSyntax use } => [(SyntaxNode?)use.Declaration ?? use.Expression],
        Wrapped { Statement: LocalDeclarationStatementSyntax declaration } => [declaration],
        _ => [],
    };

    private void Check(Node node, int afterReturn)
    {
        switch (node)
        {
            case SetFlag { Source: ReturnStatementSyntax { Expression: not null } returned } when scope.ReturnType is { } type
                && !Structure.Of(type).IsCarried:
                scope.Context.Report(Rules.StagedReturn, returned.GetLocation(), type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
                break;
            case Throw { Statement: { Expression: null } rethrown }:
                scope.Context.Report(Rules.UnsupportedStatement, rethrown.GetLocation(), "throw;");
                break;
            case Try attempt:
                if (attempt.Handlers.Length > 0 && Staging.HasStagedStatement(attempt.Statement.Block, Model))
                    scope.Context.Report(Rules.CatchAroundStaged, attempt.Statement.Catches[0].CatchKeyword.GetLocation());
                if (attempt.Statement.Finally is { } last)
                    CheckFinally(last.FinallyKeyword, [last.Block], attempt.Body);
                break;
            case Wrapped { Statement: UsingStatementSyntax use } wrapped:
                CheckDisposal(use.UsingKeyword, use, (SyntaxNode?)use.Declaration ?? use.Expression!, wrapped.Body);
                break;
            case Wrapped { Statement: LockStatementSyntax or UnsafeStatementSyntax or FixedStatementSyntax or LabeledStatementSyntax } wrapped
                when !Staging.HasStagedStatement(wrapped.Statement, Model):
                scope.Context.Report(Rules.UnsupportedStatement, wrapped.Statement.GetFirstToken().GetLocation(), wrapped.Statement
                    .GetFirstToken().Text);
                break;
            case Switch match:
                CheckSections(match.Statement);
                break;
        }
        bool skippedByReturn = node switch
        {
            Rest rest => rest.Skipped.AreReturns,
            Guard guard => guard.Flags.AreReturns,
            Loop { IsGuarded: true } loop => loop.Exits.AreReturns,
            _ => false,
        };
        foreach (ImmutableArray<Node> body in node.Bodies)
            Run(body, skippedByReturn ? afterReturn + 1 : afterReturn);
    }

    /// <summary>
    /// Reports what would happen to tensors at the end of a block that the graph leaves by an exception, which ends its run at once.
    /// </summary>
    private void CheckFinally(SyntaxToken keyword, IEnumerable<SyntaxNode> final, IEnumerable<Node> body)
    {
        if (scope.HasThrow && body.Any(n => ThrowsFromGraph(n.Source, n.Position))
            && final.Any(f => f.DescendantNodes().Any(n => HasGraphEffect(n, scope.Context.Calls.Model(n.SyntaxTree)))))
            scope.Context.Report(Rules.UnsupportedStatement, keyword.GetLocation(), keyword.Text);
    }

    private bool ThrowsFromGraph(SyntaxNode body, Position position) =>
        Staging.InSameFunction(body).Any(n => n is ThrowStatementSyntax or ThrowExpressionSyntax
        && (position.ThrowsFromGraph || n.Ancestors().TakeWhile(a => a != body.Parent).Any(scope.IsStaged)));

    private void CheckDisposal(SyntaxToken keyword, SyntaxNode use, SyntaxNode resource, IEnumerable<Node> body) =>
        CheckFinally(keyword, [.. resource.DescendantNodes().OfType<AnonymousFunctionExpressionSyntax>(), .. DisposedBy(use)], body);

    private IEnumerable<SyntaxNode> DisposedBy(SyntaxNode use) =>
        scope.Context.Effects.ImplicitCallsAt(use).SelectMany(scope.Context.Calls.ReachedFrom).Select(scope.Context.Calls.Declaration)
        .OfType<SyntaxNode>();

    private static bool HasGraphEffect(SyntaxNode node, SemanticModel model) => Staging.Records(node, model)
        || (node is InvocationExpressionSyntax call && model.GetSymbolInfo(call).Symbol?.ContainingType is { Name: "Ops" or "Variable" } type
        && type.IsOfLibrary());

    /// <summary>Reports calls that change a C# collection or assert something, if a tensor decides whether they happen.</summary>
    private void CheckCode(SyntaxNode? code, int depth, int depthOfOwn)
    {
        if (depth == 0 || code is null or LocalFunctionStatementSyntax)
            return;
        CheckAssertions(code);
        // A list that is made under the same conditions as it is filled is a tool of the trace.
        RunCode run = scope.Context.Changes.RunBy(code) with { IsDeclaredBeside = v => _declaredAt.TryGetValue(v, out int at) && at == depthOfOwn };
        foreach (Effect effect in scope.Context.Changes.OfObjects(run).Where(e => depthOfOwn > 0 || !IsOwn(e.At.Root)))
            Report(effect);
        foreach ((ISymbol variable, SyntaxNode place) in scope.Context.Changes.OfOlderClosures(run))
            scope.Context.Report(Rules.HostVariableChanged, place.GetLocation(), variable.Name,
                Place.TypeOf(variable)!.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
    }

    // var list = …; var (a, b) = …; Split(text, out var list);
    private static IEnumerable<SyntaxNode> VariablesOf(SyntaxNode? statement) =>
        statement is LocalDeclarationStatementSyntax or ExpressionStatementSyntax
            ? Staging.InSameFunction(statement).Where(n => n is VariableDeclaratorSyntax or SingleVariableDesignationSyntax)
            : [];

    private bool IsOwn(Place root) => root.Symbol is { } variable && scope.Context.Effects.IsNew(root)
        && scope.Function.Span.Contains(variable.Locations[0].SourceSpan);

    private void CheckAssertions(SyntaxNode code)
    {
        foreach (Effect effect in scope.Context.Effects.In(code.Span).Where(e => e.Kind == EffectKind.Call && scope.IsOwn(e)))
        {
            if (effect.Callee.Has(ApiTraits.Asserts))
                scope.Context.Report(Rules.HostAssertion, effect.Syntax
                    .FirstAncestorOrSelf<InvocationExpressionSyntax>()!.GetLocation(), Names.AccessOf((SimpleNameSyntax)effect.Syntax).ToString());
        }
    }

    private void Report(Effect change)
    {
        ITypeSymbol? type = change.At.Type ?? Model.GetTypeInfo(change.Syntax).Type;
        if (IsCollection(type) && change.Kind == EffectKind.Fill)
            scope.Context.Report(Rules.ListChanged, change.ChangedBy.GetLocation(), change.ChangedBy.ToString());
        else
            scope.Context.Report(Rules.HostStateChanged, change.Syntax.GetLocation(), change.Syntax.ToString(),
                (type ?? change.Callee!.ContainingType).WithNullableAnnotation(NullableAnnotation.NotAnnotated)
                    .ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
    }

    public static bool IsCollection(ITypeSymbol? type) =>
        type is not null && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable) && !type.IsTensor()
        && !type.IsTensorArray();

    /// <summary>Each section becomes a block of its own: a variable that one declares and another uses has no place.</summary>
    private void CheckSections(SwitchStatementSyntax match)
    {
        foreach (SwitchSectionSyntax section in match.Sections)
        {
            if (Staging.IsStaged(match, Model) && section.Labels.Count > 1
                && section.Labels.Any(l => l is CasePatternSwitchLabelSyntax { WhenClause: not null }))
                scope.Context.Report(Rules.UnsupportedStatement, section.Labels[1].GetLocation(), "several case labels with when");
            var declared = new HashSet<ISymbol>(section.Statements.OfType<LocalDeclarationStatementSyntax>().SelectMany(d => d.Declaration.Variables)
                .Select(v => Model.GetDeclaredSymbol(v)!), SymbolEqualityComparer.Default);
            IdentifierNameSyntax? use = match.Sections.Where(s => s != section && declared.Count > 0)
                .SelectMany(s => s.DescendantNodes().OfType<IdentifierNameSyntax>())
                .FirstOrDefault(n => Names.SymbolOf(n, Model) is { } symbol && declared.Contains(symbol));
            if (use is not null)
                scope.Context.Report(Rules.UnsupportedStatement, use.GetLocation(), "a variable of another case");
        }
    }
}
