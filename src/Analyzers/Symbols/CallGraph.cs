using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Who calls whom in one compilation, as far as conversion asks: which helpers need a twin, what a call is renamed to,
/// and which tensor fields a call may change.
/// </summary>
internal sealed class CallGraph(Compilation compilation)
{
    private static readonly ConditionalWeakTable<Compilation, CallGraph> s_graphs = new();

    private readonly ConcurrentDictionary<IMethodSymbol, MethodFacts> _facts = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _needsTwin = new(SymbolEqualityComparer.Default);
    private readonly Lazy<ILookup<IMethodSymbol, IMethodSymbol>> _overrides = new(() => Overrides(compilation));

    public Compilation Compilation { get; } = compilation;

    /// <summary>One model for each file, so that what is bound once stays bound.</summary>
    public SemanticModel Model(SyntaxTree tree) => _models.GetOrAdd(tree, t => Compilation.GetSemanticModel(t));

    public static CallGraph Of(Compilation compilation) => s_graphs.GetValue(compilation, c => new CallGraph(c));

    /// <summary>The name that a twin uses instead of <paramref name="method"/>'s, or null if it calls the method itself.</summary>
    public string? NameInTwin(IMethodSymbol method)
    {
        IMethodSymbol definition = Definition(method);
        if (definition.GraphFunction() is not null)
            return HasEntry(definition) ? TwinNames.Entry(definition.Name) : null;
        return HasTwin(definition) ? TwinNames.Twin(definition.Name) : null;
    }

    /// <summary>True for a method of this compilation that cannot be called as it is while tracing, since a tensor decides what it does.</summary>
    public bool NeedsTwin(IMethodSymbol method)
    {
        method = Definition(method);
        if (_needsTwin.TryGetValue(method, out bool known))
            return known;
        var reached = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        bool needs = Reaches(method, reached);
        _needsTwin[method] = needs;
        if (!needs)
        {
            foreach (IMethodSymbol other in reached)
                _needsTwin[other] = false;
        }
        return needs;
    }

    /// <summary>False for a graph function that breaks a rule of its declaration.</summary>
    public bool HasEntry(IMethodSymbol function)
    {
        if (!SymbolEqualityComparer.Default.Equals(function.ContainingAssembly, Compilation.Assembly))
            return function.ContainingType.GetMembers(TwinNames.Entry(function.Name)).Any();
        return Declaration(function) is MethodDeclarationSyntax declaration && MethodRules.CanBeConverted(function, declaration);
    }

    /// <summary>True if the method's own body, not only what it calls, holds staged control flow.</summary>
    public bool IsStaged(IMethodSymbol method) => Facts(method).IsStaged;

    /// <summary>True for a helper that gets a twin. Where one is needed but cannot be, an error is reported, and no missing method is called.</summary>
    public bool HasTwin(IMethodSymbol method) =>
        (method.GraphFunction() is null ? NeedsTwin(method) : HasEntry(method))
        && Declaration(method) is MethodDeclarationSyntax declaration && MethodRules.NotPartial(declaration) is null && MethodRules.Container(method) is null;

    /// <summary>All helpers whose twins the twin of <paramref name="root"/> calls, directly or not.</summary>
    public IReadOnlyList<IMethodSymbol> HelpersOf(IMethodSymbol root)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { root };
        var helpers = new List<IMethodSymbol>();
        var work = new Stack<IMethodSymbol>([root]);
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            IEnumerable<IMethodSymbol> needed = Facts(next).Callees.SelectMany(c => Family(c.Method));
            // The twin of an override overrides a twin.
            if (next.OverriddenMethod is { } overridden && HasTwin(overridden.OriginalDefinition))
                needed = needed.Append(overridden.OriginalDefinition);
            foreach (IMethodSymbol helper in needed)
            {
                if (helper.GraphFunction() is not null || !NeedsTwin(helper) || !seen.Add(helper))
                    continue;
                helpers.Add(helper);
                work.Push(helper);
            }
        }
        return helpers;
    }

    /// <summary>Tensor fields and properties that a call of <paramref name="method"/> may write, with the calls it makes in turn.</summary>
    public IReadOnlyCollection<WrittenMember> MembersWritten(IMethodSymbol method)
    {
        var written = new HashSet<WrittenMember>();
        var seen = new HashSet<Callee>();
        var work = new Stack<Callee>(Family(Definition(method)).Select(m => new Callee(m, OnThis: true)));
        while (work.Count > 0)
        {
            Callee next = work.Pop();
            if (!seen.Add(next))
                continue;
            MethodFacts facts = Facts(next.Method);
            foreach (WrittenMember member in facts.MembersWritten)
                written.Add(member with { OnThis = member.Member.IsStatic || (member.OnThis && next.OnThis) });
            foreach (Callee callee in facts.Callees)
            {
                foreach (IMethodSymbol member in Family(callee.Method))
                    work.Push(new Callee(member, callee.OnThis && next.OnThis));
            }
        }
        return written;
    }

    /// <summary>True if a call of <paramref name="from"/> can come back to <paramref name="to"/>.</summary>
    public bool Calls(IMethodSymbol from, IMethodSymbol to)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var work = new Stack<IMethodSymbol>([Definition(from)]);
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            if (SymbolEqualityComparer.Default.Equals(next, to))
                return true;
            if (!seen.Add(next))
                continue;
            foreach (Callee callee in Facts(next).Callees)
                work.Push(callee.Method);
        }
        return false;
    }

    public static IMethodSymbol Definition(IMethodSymbol method)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        return method.PartialImplementationPart ?? method;
    }

    /// <summary>The declaration with a body, or of an abstract method, if the method is written in this compilation.</summary>
    public SyntaxNode? Declaration(IMethodSymbol method)
    {
        if (!SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, Compilation.Assembly))
            return null;
        return method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
        {
            MethodDeclarationSyntax { Body: null, ExpressionBody: null } when !method.IsAbstract => null,
            BaseMethodDeclarationSyntax declaration => declaration,
            AccessorDeclarationSyntax accessor => accessor,
            ArrowExpressionClauseSyntax arrow => arrow,
            _ => null,
        };
    }

    private bool Reaches(IMethodSymbol method, HashSet<IMethodSymbol> seen)
    {
        var work = new Stack<IMethodSymbol>(Family(method));
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            if (!seen.Add(next))
                continue;
            MethodFacts facts = Facts(next);
            if (facts.IsStaged || (next.GraphFunction() is not null && !SymbolEqualityComparer.Default.Equals(next, method)))
                return true;
            foreach (Callee callee in facts.Callees)
            {
                if (callee.Method.GraphFunction() is not null)
                    return true;
                foreach (IMethodSymbol member in Family(callee.Method))
                    work.Push(member);
            }
        }
        return false;
    }

    /// <summary>A virtual method with its overrides in this compilation: any of them may be what a call runs.</summary>
    private IEnumerable<IMethodSymbol> Family(IMethodSymbol method)
    {
        if (!(method.IsVirtual || method.IsAbstract || method.IsOverride) || method.ContainingType.TypeKind != TypeKind.Class)
            return [method];
        return _overrides.Value[RootOf(method)].Append(method);
    }

    private static IMethodSymbol RootOf(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } overridden)
            method = overridden.OriginalDefinition;
        return method;
    }

    private static ILookup<IMethodSymbol, IMethodSymbol> Overrides(Compilation compilation)
    {
        var found = new List<IMethodSymbol>();
        var work = new Stack<INamespaceOrTypeSymbol>([compilation.Assembly.GlobalNamespace]);
        while (work.Count > 0)
        {
            foreach (ISymbol member in work.Pop().GetMembers())
            {
                if (member is INamespaceOrTypeSymbol inner)
                    work.Push(inner);
                else if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } method && (method.IsOverride || method.IsVirtual || method.IsAbstract))
                    found.Add(method);
            }
        }
        return found.ToLookup<IMethodSymbol, IMethodSymbol, IMethodSymbol>(RootOf, m => m, SymbolEqualityComparer.Default);
    }

    private MethodFacts Facts(IMethodSymbol method) => _facts.GetOrAdd(method, m =>
        Declaration(m) is { } declaration ? MethodFacts.Of(declaration, Model(declaration.SyntaxTree)) : MethodFacts.None);
}
