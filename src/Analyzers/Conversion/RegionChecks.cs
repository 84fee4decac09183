using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

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
                case VariableDeclarationSyntax { Type: RefTypeSyntax } declaration:
                    scope.Context.Report(Rules.RefLocal, declaration.Variables[0].GetLocation(), declaration.Variables[0].Identifier.Text);
                    break;
            }
        }
    }

    /// <summary>Reports what the head of a C# loop does in the iterations that a tensor skips by leaving the loop.</summary>
    public static void CheckHead(StatementSyntax loop, FunctionScope scope)
    {
        foreach ((SyntaxNode place, ISymbol? variable) in new HostEffects(scope.Context.Calls, scope.Context.Effects).InHead(loop))
        {
            if (variable is null || scope.IsReadAfter(loop, variable))
                scope.Context.Report(Rules.EffectInLoopHead, place.GetLocation(), place.ToString());
        }
    }

    public void Run(ImmutableArray<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            if (node is Copy { Statement: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } use })
                CheckDisposal(use.UsingKeyword, use, use.Declaration, nodes.SkipWhile(n => n != node).Skip(1));
            if (node is { IsPlain: true, Source: StatementSyntax statement })
                CheckCopy(statement, node.Position.Depth);
            else
                Check(node);
        }
    }

    private void Check(Node node)
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
        foreach (ImmutableArray<Node> body in node.Bodies)
            Run(body);
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
    private void CheckCopy(StatementSyntax statement, int depth)
    {
        foreach (Effect effect in scope.Context.Effects.In(statement.Span).Where(e => depth > 0 && scope.IsOwn(e)))
        {
            if (effect.Kind == EffectKind.Call && effect.Callee.Has(ApiTraits.Asserts))
                scope.Context.Report(Rules.HostAssertion, effect.Syntax
                    .FirstAncestorOrSelf<InvocationExpressionSyntax>()!.GetLocation(), Names.AccessOf((SimpleNameSyntax)effect.Syntax).ToString());
            if (!effect.Callee.Has(ApiTraits.Changes) || effect.Kind != EffectKind.Fill || effect.Syntax is not ExpressionSyntax collection
                || IsMadeHere(effect.At, statement, depth))
                continue;
            if (IsCollection(Model.GetTypeInfo(collection).Type) && effect.ChangingCall is { } call)
                scope.Context.Report(Rules.ListChanged, PlaceOf(call).GetLocation(), PlaceOf(call).ToString());
            else if (effect.Callee!.ContainingType is { Name: "StringBuilder" } type)
                scope.Context.Report(Rules.HostStateChanged, collection.GetLocation(), collection.ToString(), type.Name);
        }
        foreach (VariableDeclaratorSyntax variable in (statement as LocalDeclarationStatementSyntax)?.Declaration.Variables ?? [])
            _declaredAt[Model.GetDeclaredSymbol(variable)!] = depth;
    }

    /// <summary>The part of a call that a message shows: <c>items.Add</c>.</summary>
    public static SyntaxNode PlaceOf(ExpressionSyntax call) =>
        call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } ? access : call;

    public static bool IsCollection(ITypeSymbol? type) =>
        type is not null && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable) && !type.IsTensor()
        && !type.IsTensorArray();

    // A list that is made under the same conditions as it is filled is a tool of the trace.
    private bool IsMadeHere(Place collection, StatementSyntax statement, int depth) => collection.Kind == PlaceKind.New
        || (collection.Symbol is ILocalSymbol local && (statement.Span.Contains(local.Locations[0].SourceSpan)
        || (_declaredAt.TryGetValue(local, out int declared) && declared == depth)));

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
