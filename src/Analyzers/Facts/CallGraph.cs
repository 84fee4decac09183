using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The calls between methods of one compilation, as far as conversion asks: which helpers need a twin, what a call is renamed to,
/// and which tensor fields a call may change.
/// </summary>
internal sealed partial class CallGraph(Compilation compilation)
{
    private static readonly ConditionalWeakTable<Compilation, CallGraph> s_graphs = new();

    private readonly ConcurrentDictionary<IMethodSymbol, MethodFacts> _facts = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _givesNew = new(SymbolEqualityComparer.Default);
    private readonly ReachedMethods _needsTwin = new();
    private readonly ReachedMethods _meetsStaged = new();
    private readonly ReachedMethods _meetsStagedAsWritten = new();
    private readonly ReachedMethods _wantsTwin = new();
    private readonly ConcurrentDictionary<string, bool> _declaredNames = new(StringComparer.Ordinal);
    private readonly Lazy<Implementations> _implementations = new(() => new Implementations(compilation));

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
        return HasTwin(definition) ? TwinNames.Twin(definition) : null;
    }

    /// <summary>True for a method that cannot be called as it is while tracing, since a tensor decides what it does.</summary>
    public bool NeedsTwin(IMethodSymbol method)
    {
        method = Definition(method);
        // A graph function that implements an interface is fine as it is written if no tensor decides in it.
        if (IsInterface(method))
            return MeetsStaged(method);
        if (ImplementsTwin(method))
            return true;
        return Relatives(method).Any(m => m.GraphFunction() is not null && !SymbolEqualityComparer.Default.Equals(m, method))
            || Reaches(method, _needsTwin, IsStagedOrCallsEntry, c => IsInterface(c) ? [] : Family(c));
    }

    /// <summary>
    /// True for an interface's member with a body of its own that is converted. Any other twin of an interface asks the object for its body.
    /// </summary>
    public bool HasConvertedBody(IMethodSymbol method) => IsInterface(method) && !method.IsAbstract
        && (method.IsStatic || IsStaged(method) || Facts(method).Callees.Any(c => c.Method.GraphFunction() is null && MeetsStaged(c.Method)));

    /// <summary>
    /// True for the implementation of an interface's member whose twin does not ask the object for the member itself: a static one, and one with a
    /// body. Without a twin of its own, another body would run.
    /// </summary>
    private bool ImplementsTwin(IMethodSymbol method) => method is { ContainingType.TypeKind: TypeKind.Class
        or TypeKind.Struct, MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation }
        && method.ContainingType.AllInterfaces.Where(i => SymbolEqualityComparer.Default.Equals(i.ContainingAssembly, Compilation.Assembly))
            .SelectMany(i => i.GetMembers()).OfType<IMethodSymbol>()
            .Any(m => (m is { IsStatic: true, IsAbstract: true } || HasConvertedBody(m))
            && SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(m)?.OriginalDefinition, method)
            && MeetsStaged(Definition(m)));

    /// <summary>
    /// True if the method as it is written, without any twin, meets control flow that a tensor decides. A graph function that it calls has a twin.
    /// </summary>
    public bool MeetsStaged(IMethodSymbol method) =>
        Reaches(Definition(method), _meetsStaged, IsStaged, c => c.GraphFunction() is null ? Family(c) : []);

    /// <summary>
    /// The same for a method that is called by code that is not converted, such as a delegate: one that runs overrides, as <c>Module.Call</c>
    /// does, runs their twins while something is traced.
    /// </summary>
    public bool MeetsStagedAsWritten(IMethodSymbol method) => RunAsWritten(Definition(method))
        .Any(body => Reaches(body, _meetsStagedAsWritten, IsStaged, c => c.GraphFunction() is null ? RunAsWritten(c) : []));

    /// <summary>The bodies that run as they are written where code that is not converted calls a method.</summary>
    public IEnumerable<IMethodSymbol> RunAsWritten(IMethodSymbol method) => Family(method).Where(body => !IsRunAsTwin(method, body));

    /// <summary>
    /// True where the twin of a body runs although code that is not converted calls the method: the library runs it. <paramref name="byOthers"/> for a
    /// method that is not called by its name.
    /// </summary>
    public bool IsRunAsTwin(IMethodSymbol method, IMethodSymbol body, bool byOthers = false) =>
        (ForeignMethods.RunBy(method) is not null || (byOthers && IsRunByOthers(body))) && HasTwin(body);

    /// <summary>
    /// True for a method that reads C# state or unrolls a loop, or calls one that does: a twin tells the trace so. Where there can be none the
    /// method is called as it is: the state is frozen, and the loop is not counted.
    /// </summary>
    private bool WantsTwin(IMethodSymbol method) => method.MethodKind == MethodKind.Ordinary
        && Reaches(Definition(method), _wantsTwin, m => Facts(m).Unrolls || Facts(m).StateReads.Any(r => r.IsComparable), Family)
        && Sharing(method).All(m => m.MethodKind == MethodKind.ExplicitInterfaceImplementation || CanHaveTwin(m));

    /// <summary>False for a graph function that breaks a rule of its declaration.</summary>
    public bool HasEntry(IMethodSymbol function)
    {
        if (IsForeign(function))
            return function.ContainingType.GetMembers(TwinNames.Entry(function.Name)).Any();
        return Declaration(function) is MethodDeclarationSyntax declaration && MethodRules.CanBeConverted(function, declaration);
    }

    /// <summary>
    /// True if the method's own body, not only what it calls, holds staged control flow. Of a method in another assembly only that assembly's
    /// list is known, which says so too if something that it calls does.
    /// </summary>
    public bool IsStaged(IMethodSymbol method) => IsForeign(method) ? ForeignMethods.IsStaged(method) : Facts(method).IsStaged;

    public bool IsForeign(ISymbol symbol) => !SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, Compilation.Assembly);

    /// <summary>
    /// True for a helper that gets a twin. Where one is needed but cannot be, an error is reported, and no missing method is called.
    /// </summary>
    public bool HasTwin(IMethodSymbol method) => IsForeign(method)
        ? ForeignMethods.HasTwin(method, Compilation)
        : (method.GraphFunction() is null ? NeedsTwin(method) || WantsTwin(method) : HasEntry(method)) && CanHaveTwin(method);

    private bool CanHaveTwin(IMethodSymbol method) =>
        Declaration(method) is { } declaration && TwinRules.WhyNone(method, this) is null && MethodRules.NotPartial(declaration) is null
        && Container(method) is null;

    /// <summary>
    /// The reason why the type of a method cannot hold its twin; null if it can. That of an interface's member only asks the object for its body,
    /// which may have a twin.
    /// </summary>
    public string? Container(IMethodSymbol method) =>
        method.ExplicitInterfaceImplementations.Any(m => !HasTwin(Definition(m)))
                ? "an explicit implementation of an interface without a twin"
                : MethodRules.Container(method);

    /// <summary>All methods of this compilation that a call of <paramref name="root"/> may run, with itself.</summary>
    public IReadOnlyCollection<IMethodSymbol> ReachedFrom(IMethodSymbol root)
    {
        var reached = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var work = new Stack<IMethodSymbol>([root]);
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            if (!reached.Add(next))
                continue;
            foreach (IMethodSymbol callee in Facts(next).Callees.SelectMany(c => Family(c.Method)))
                work.Push(callee);
        }
        return reached;
    }

    /// <summary>All helpers whose twins the twin of <paramref name="root"/> calls, directly or not.</summary>
    public IReadOnlyList<IMethodSymbol> HelpersOf(IMethodSymbol root)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { root };
        var helpers = new List<IMethodSymbol>();
        var work = new Stack<IMethodSymbol>([root]);
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            // What is called through a type of another assembly is called as it is written: TG1112.
            IEnumerable<IMethodSymbol> needed = Facts(next).Callees.Where(c => !IsForeign(c.Method) || HasTwin(c.Method))
                .SelectMany(c => Family(c.Method));
            // The twin of an override overrides a twin.
            if (next.OverriddenMethod is { } overridden && HasTwin(overridden.OriginalDefinition))
                needed = needed.Append(overridden.OriginalDefinition);
            foreach (IMethodSymbol helper in needed)
            {
                if (helper.GraphFunction() is not null || IsForeign(helper) || !(NeedsTwin(helper) || HasTwin(helper)) || !seen.Add(helper))
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
        var work = new Stack<Callee>(Family(Definition(method))
            .Select(m => new Callee(m, OnThis: true, OnNew: m.MethodKind == MethodKind.Constructor)));
        while (work.Count > 0)
        {
            Callee next = work.Pop();
            if (!seen.Add(next))
                continue;
            MethodFacts facts = Facts(next.Method);
            foreach (WrittenMember member in facts.MembersWritten)
            {
                // Nobody else knows the object yet.
                if (next.OnNew && member.OnThis && !member.Member.IsStatic)
                    continue;
                bool onThis = member.Member.IsStatic || (member.OnThis && next.OnThis);
                if (!member.Content && WrittenSetter(member.Member) is { } setter)
                    work.Push(new Callee(setter, onThis));
                else
                    written.Add(member with { OnThis = onThis });
            }
            foreach (Callee callee in facts.Callees)
            {
                foreach (IMethodSymbol member in Family(callee.Method))
                    work.Push(new Callee(member, callee.OnThis && next.OnThis, callee.OnNew || (callee.OnThis && next.OnNew)));
            }
        }
        return written;
    }

    /// <summary>
    /// The setter of a property whose author wrote its body: what it writes counts, since reading and writing back might not give the same.
    /// </summary>
    public static IMethodSymbol? WrittenSetter(ISymbol? member) =>
        member is IPropertySymbol { IsIndexer: false, SetMethod: { } setter }
        && setter.DeclaringSyntaxReferences
        .FirstOrDefault()?.GetSyntax() is AccessorDeclarationSyntax { Body: not null } or AccessorDeclarationSyntax { ExpressionBody: not null }
        && !MemberBody.OnlyKeeps(setter)
            ? setter
            : null;

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
        if (IsForeign(method))
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

    private bool IsStagedOrCallsEntry(IMethodSymbol method) =>
        IsStaged(method) || Facts(method).Callees.Any(c => IsInterface(c.Method) ? MeetsStaged(c.Method)
        : Family(c.Method).Any(m => m.GraphFunction() is not null));

    /// <summary>
    /// True if a call of <paramref name="method"/> may come to a method that <paramref name="isWanted"/> accepts, through what
    /// <paramref name="runs"/> gives for each method that is called; remembered in <paramref name="known"/>.
    /// </summary>
    private bool Reaches(
        IMethodSymbol method, ReachedMethods known, Func<IMethodSymbol, bool> isWanted, Func<IMethodSymbol, IEnumerable<IMethodSymbol>> runs)
    {
        if (known.Answers.TryGetValue(method, out bool answer))
            return answer;
        IMethodSymbol[] sharing = [.. Sharing(method)];
        answer = known.Any(sharing, isWanted, next => Facts(next).Callees.Select(c => c.Method), runs);
        // The implementations of one interface's member do not share with each other.
        foreach (IMethodSymbol other in IsInterface(method) ? [method] : sharing)
            known.Answers[other] = answer;
        return known.Answers[method] = answer;
    }

    /// <summary>A method with what else a call of it may run: its overrides or implementations in this compilation.</summary>
    public IEnumerable<IMethodSymbol> Family(IMethodSymbol method) =>
        // The hash code of a text is not that of all classes that have one.
        (method.IsSealed || method.ContainingType.IsSealed) && !IsForeignRun(method) ? [method] : Relatives(method);

    private bool IsForeignRun(IMethodSymbol method) => IsForeign(method) && ForeignMethods.RunBy(method) is not null;

    // With the overrides in classes beside its own.
    private IEnumerable<IMethodSymbol> Relatives(IMethodSymbol method) =>
        IsDispatched(method) && (IsInterface(method) || IsDeclaredHere(MemberName(method)))
        ? _implementations.Value.Of(method).Append(method)
        : IsForeign(method) && ForeignMethods.RunBy(method) is { } run ? Family(run).Append(method)
        : [method];

    /// <summary>
    /// The methods that have twins together, or none has: a twin that is inherited would run another body. The twin of another assembly runs each
    /// override's own, so that its overrides are independent.
    /// </summary>
    private IEnumerable<IMethodSymbol> Sharing(IMethodSymbol method)
    {
        IMethodSymbol first = method;
        while (first.OverriddenMethod is { } overridden && !IsForeign(overridden))
            first = overridden.OriginalDefinition;
        return first.OverriddenMethod is { } foreign && HasTwin(foreign.OriginalDefinition)
            ? Relatives(method).Where(m => !IsForeign(m) && Overrides(m, first))
            : Relatives(method);
    }

    private static bool Overrides(IMethodSymbol method, IMethodSymbol overridden)
    {
        for (IMethodSymbol? next = method; next is not null; next = next.OverriddenMethod?.OriginalDefinition)
        {
            if (SymbolEqualityComparer.Default.Equals(next, overridden))
                return true;
        }
        return false;
    }

    /// <summary>True for an override of another assembly's method that has a twin: that assembly's code may run it while it traces.</summary>
    public bool IsRunByOthers(IMethodSymbol method)
    {
        IMethodSymbol root = method;
        while (root.OverriddenMethod is { } overridden)
            root = overridden.OriginalDefinition;
        return IsForeign(root) && HasTwin(root);
    }

    /// <summary>True for a method that a call may reach through another one: virtual ones, and those of interfaces.</summary>
    public static bool IsDispatched(IMethodSymbol method) =>
        IsInterface(method) || ((method.IsVirtual || method.IsAbstract || method.IsOverride) && method.ContainingType.TypeKind == TypeKind.Class);

    // Most virtual methods that are called are the framework's, and to look for overrides takes all members of all types.
    private bool IsDeclaredHere(string member) =>
        member == WellKnownMemberNames.Indexer || _declaredNames.GetOrAdd(member,
        name => Compilation.ContainsSymbolsWithName(name, SymbolFilter.Member));

    public static string MemberName(IMethodSymbol method) => (method.AssociatedSymbol ?? method).Name;

    /// <summary>The constructor of the base class that a constructor runs without saying so, if it is written here.</summary>
    public IMethodSymbol? BaseConstructor(IMethodSymbol constructor) =>
        Constructors.ImplicitBase(constructor, this) is { } found && !IsForeign(found) ? Definition(found) : null;

    private static bool IsInterface(IMethodSymbol method) => method.ContainingType.TypeKind == TypeKind.Interface;

    /// <summary>True if a twin that makes a call runs the twin of <paramref name="body"/>, one of those that the call may come to.</summary>
    public bool RunsTwin(Callee call, IMethodSymbol body) => call.IsNamed
        ? body.GraphFunction() is not null ? HasEntry(body) : HasTwin(call.Method) && HasTwin(body)
        : (NeedsTwin(call.Method) || IsRunByOthers(body)) && HasTwin(call.Method) && HasTwin(body);

    /// <summary>The C# state that a method reads by itself.</summary>
    public ImmutableArray<StateRead> ReadsOf(IMethodSymbol method) => Facts(method).StateReads;

    /// <summary>Methods that may run when a method does, though it does not call them itself.</summary>
    public ImmutableArray<Callee> CalledByOthers(IMethodSymbol method) => Facts(method).CalledByOthers;

    /// <summary>The methods that a method of this compilation calls.</summary>
    public ImmutableArray<Callee> CalleesOf(IMethodSymbol method) => Facts(method).Callees;

    private MethodFacts Facts(IMethodSymbol method) => _facts.GetOrAdd(method, m =>
    {
        MethodFacts own = Declaration(m) is { } declaration ? MethodFacts.Of(declaration, Model(declaration.SyntaxTree))
            : m is { IsImplicitlyDeclared: true, ContainingType.IsRecord: true } && !IsForeign(m)
            ? MethodFacts.OfRecord(m.ContainingType)
            : MethodFacts.None;
        return m.MethodKind == MethodKind.Constructor && !IsForeign(m)
            ? own.With(RunsFirst(m).Select(code => MethodFacts.Of(code, Model(code.SyntaxTree))), BaseConstructor(m))
            : own;
    });

    /// <summary>The initialisers of fields and properties that a constructor runs before its body.</summary>
    public IEnumerable<SyntaxNode> RunsFirst(IMethodSymbol constructor) => Constructors.RunsFirst(constructor);
}
