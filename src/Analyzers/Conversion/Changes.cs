using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// What evaluating an expression changes besides giving a value: variables and members that it writes itself, and those written by the
/// methods, local functions and lambdas that it may call.
/// </summary>
internal sealed class Changes(SyntaxNode declaration, SemanticModel model, CallGraph calls)
{
    private readonly Dictionary<SyntaxNode, Uses> _byFunction = MethodFacts.WhileTracing(declaration).Where(IsNested).ToDictionary(f => f, f => UsesOutside(f, model));

    // Names of methods that become delegates.
    private readonly List<SimpleNameSyntax> _groups = [.. MethodFacts.WhileTracing(declaration).OfType<SimpleNameSyntax>().Where(n => IsGroup(n, model))];

    // Names that are assigned, or given by reference, after their declaration.
    private readonly HashSet<string> _assigned = new(declaration.DescendantNodes().SelectMany(n => n switch
    {
        AssignmentExpressionSyntax { Left: var left } => left.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>(),
        ArgumentSyntax { RefKindKeyword.RawKind: not 0, Expression: IdentifierNameSyntax name } => [name],
        RefExpressionSyntax { Expression: IdentifierNameSyntax name } => [name],
        _ => [],
    }).Select(n => n.Identifier.ValueText), StringComparer.Ordinal);

    /// <summary>Variables that a lambda or local function changes although they are declared outside of it.</summary>
    public HashSet<ISymbol> ByFunctions => new HashSet<ISymbol>(_byFunction.Values.SelectMany(u => u.Written), SymbolEqualityComparer.Default);

    /// <summary>Variables that a lambda, local function or query reads although they are declared outside of it: it may do so whenever it is called.</summary>
    public HashSet<ISymbol> ReadByFunctions => new HashSet<ISymbol>(_byFunction.Values.SelectMany(u => u.Read), SymbolEqualityComparer.Default);

    /// <summary>
    /// Variables of outside that a function changes which may be called in the statements: a local function that they call, directly or not; and any
    /// lambda, since a delegate may be called by code that does not name it.
    /// </summary>
    public IEnumerable<ISymbol> ByFunctionsCalledIn(StatementRange range)
    {
        if (_byFunction.Values.All(u => u.Written.Count == 0))
            return [];
        IReadOnlyCollection<SyntaxNode> called = RunBy(range.Statements);
        return _byFunction.Where(f => f.Key is not LocalFunctionStatementSyntax || called.Contains(f.Key) || IsMadeDelegate(f.Key)).SelectMany(f => f.Value.Written);
    }

    /// <summary>The names of what <paramref name="expression"/> changes that others can see, and where.</summary>
    public IEnumerable<(string Name, SyntaxNode Place)> In(ExpressionSyntax expression) => In(expression, new HashSet<SyntaxNode>());

    private IEnumerable<(string Name, SyntaxNode Place)> In(SyntaxNode node, HashSet<SyntaxNode> seen)
    {
        foreach (ISymbol variable in LocalUses.Of(node, model).Where(u => u.IsWrite).Select(u => u.Variable).Distinct<ISymbol>(SymbolEqualityComparer.Default))
        {
            if (IsSeenOutside(variable, node))
                yield return (variable.Name, node);
        }
        foreach (MemberWrite write in MemberWrites.In([node], model))
            yield return (write.Target.ToString(), write.Target);
        foreach (SyntaxNode use in node.DescendantNodesAndSelf())
        {
            foreach (WrittenMember member in MethodFacts.CalledBy(use, model).Where(m => m.MethodKind != MethodKind.PropertySet).SelectMany(calls.MembersWritten))
                yield return (member.Member.Name, use);
        }
        foreach (SimpleNameSyntax name in node.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Where(MethodFacts.IsMethodName))
        {
            ISymbol? symbol = Names.SymbolOf(name, model);
            foreach (SyntaxNode function in CalledThrough(symbol).Where(seen.Add))
            {
                foreach (string changed in OwnWrites(function).Concat(In(function, seen).Select(c => c.Name)))
                    yield return (changed, name);
            }
        }
    }

    // A variable that a pattern or `out` declares may be read after the expression.
    private static bool IsSeenOutside(ISymbol variable, SyntaxNode node) =>
        !node.Span.Contains(variable.Locations[0].SourceSpan)
        || node.Ancestors().First(a => a is BlockSyntax or MemberDeclarationSyntax or SwitchSectionSyntax or ArrowExpressionClauseSyntax).DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.ValueText == variable.Name && !node.Span.Contains(n.Span));

    /// <summary>The names of what a delegate changes when it is called.</summary>
    public IEnumerable<string> OfDelegate(ExpressionSyntax value)
    {
        SimpleNameSyntax? name = value as SimpleNameSyntax ?? (value as MemberAccessExpressionSyntax)?.Name;
        IEnumerable<SyntaxNode> functions = value is AnonymousFunctionExpressionSyntax ? [value]
            : name is null ? []
            : CalledThrough(Names.SymbolOf(name, model)).Concat(_groups.Where(g => g == name));
        return functions.SelectMany(f => OwnWrites(f).Concat(In(f, [f]).Select(c => c.Name)));
    }

    private IEnumerable<string> OwnWrites(SyntaxNode function) => _byFunction.TryGetValue(function, out Uses uses) ? uses.Written.Select(v => v.Name) : [];

    /// <summary>What may run when <paramref name="code"/> does, although it may stand elsewhere: local functions; if a delegate is used, lambdas and the methods that delegates are made of.</summary>
    public IReadOnlyCollection<SyntaxNode> RunBy(IEnumerable<SyntaxNode> code)
    {
        var found = new HashSet<SyntaxNode>();
        var work = new Queue<SyntaxNode>(code);
        while (work.Count > 0)
        {
            foreach (SimpleNameSyntax name in work.Dequeue().DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Where(MethodFacts.IsMethodName))
            {
                foreach (SyntaxNode function in CalledThrough(Names.SymbolOf(name, model)).Where(found.Add))
                    work.Enqueue(function);
            }
        }
        return found;
    }

    /// <summary>The lambdas, local functions and names of methods that may run when a name is called: a delegate may be any lambda.</summary>
    private IEnumerable<SyntaxNode> CalledThrough(ISymbol? symbol) => symbol switch
    {
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } local => local.OriginalDefinition.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).Where(_byFunction.ContainsKey),
        ILocalSymbol { Type.TypeKind: TypeKind.Delegate } local when OnlyValueOf(local) is { } function => [function],
        ILocalSymbol { Type.TypeKind: TypeKind.Delegate } or IFieldSymbol { Type.TypeKind: TypeKind.Delegate } or IPropertySymbol { Type.TypeKind: TypeKind.Delegate } =>
            _byFunction.Keys.Where(f => f is AnonymousFunctionExpressionSyntax || IsMadeDelegate(f)).Concat(_groups),
        _ => [],
    };

    /// <summary>The lambda, local function or name of a method that a variable holds from its declaration on; null if it may hold another one.</summary>
    private SyntaxNode? OnlyValueOf(ILocalSymbol local)
    {
        if (_assigned.Contains(local.Name) || local.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: { } value })
            return null;
        return value switch
        {
            AnonymousFunctionExpressionSyntax lambda => lambda,
            SimpleNameSyntax name when Names.SymbolOf(name, model) is IMethodSymbol { MethodKind: MethodKind.LocalFunction } function => function.OriginalDefinition.DeclaringSyntaxReferences[0].GetSyntax(),
            SimpleNameSyntax name => _groups.FirstOrDefault(g => g == name),
            MemberAccessExpressionSyntax access => _groups.FirstOrDefault(g => g == access.Name),
            _ => null,
        };
    }

    private bool IsMadeDelegate(SyntaxNode function) =>
        function is LocalFunctionStatementSyntax local && declaration.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.ValueText == local.Identifier.ValueText && n.Parent is not InvocationExpressionSyntax);

    private static bool IsGroup(SimpleNameSyntax name, SemanticModel model) =>
        MethodFacts.IsMethodName(name) && !(Names.AccessOf(name).Parent is InvocationExpressionSyntax call && call.Expression == Names.AccessOf(name))
        && name.Parent is not MemberBindingExpressionSyntax && !(name.Parent is MemberAccessExpressionSyntax access && access.Expression == name)
        && Names.SymbolOf(name, model) is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension };

    private static bool IsNested(SyntaxNode node) => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax;

    private static SyntaxNode? BodyOf(SyntaxNode function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.Body,
        LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody?.Expression,
        _ => function,
    };

    private static Uses UsesOutside(SyntaxNode function, SemanticModel model)
    {
        DataFlowAnalysis? flow = BodyOf(function) switch
        {
            StatementSyntax statement => model.AnalyzeDataFlow(statement),
            ExpressionSyntax expression => model.AnalyzeDataFlow(expression),
            _ => null,
        };
        // The compiler does not count a property of a struct that a deconstruction assigns.
        IEnumerable<ISymbol> written = function.DescendantNodesAndSelf().Where(IsNested).Select(BodyOf).OfType<SyntaxNode>()
            .SelectMany(b => LocalUses.Of(b, model)).Where(u => u.IsWrite).Select(u => u.Variable);
        return new Uses(Outside(written.Concat(flow?.WrittenInside ?? [])), Outside(flow?.ReadInside));

        HashSet<ISymbol> Outside(IEnumerable<ISymbol>? variables) =>
            new((variables ?? []).Where(v => !function.Span.Contains(v.Locations[0].SourceSpan)), SymbolEqualityComparer.Default);
    }

    private sealed record Uses(HashSet<ISymbol> Written, HashSet<ISymbol> Read);
}
