using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Facts for the conversion of one method, shared with the conversion of the lambdas and local functions in it.</summary>
internal sealed class ConversionContext
{
    private readonly Dictionary<(SyntaxNode Node, string Kind), string> _names = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly HashSet<(string Id, Location Location)> _reported = [];
    private readonly HashSet<string> _usersNames;
    private readonly Action<Diagnostic> _report;

    public ConversionContext(IMethodSymbol method, SyntaxNode declaration, SemanticModel model, CallGraph calls, Action<Diagnostic> report)
    {
        Method = method;
        Declaration = declaration;
        Model = model;
        Calls = calls;
        _report = report;
        _usersNames = new HashSet<string>(declaration.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText)
            .Where(name => name.StartsWith("__", StringComparison.Ordinal)), StringComparer.Ordinal);
        HasStaged = declaration.DescendantNodes().OfType<StatementSyntax>().Any(s => Staging.IsStagedStatement(s, model));
        Effects = Effects.Of(declaration, model);
        Filled = new HashSet<ISymbol>(Effects.All.Where(e => e.Kind == EffectKind.Fill).Select(e => FilledVariable(e.At))
            .OfType<ISymbol>(), SymbolEqualityComparer.Default);
        Effect[] changes = [.. Effects.WhileTracing.Where(e => e.IsWriteOfMember || e.Kind is EffectKind.Fill or EffectKind.Advance
            || IsCallThatWrites(e, calls))];
        StateChanges = new EffectIndex(changes);
        StateChangesInFunctions = new EffectIndex(changes.Where(e => e.Function is not null));
        Changes = new Changes(declaration, model, calls);
        OtherNames = new OtherNames(this);
        ChangedByLambdas = Changes.ByFunctions;
        ReadByLambdas = Changes.ReadByFunctions;
        Self = IsOfStruct && method.MethodKind != MethodKind.Constructor && !calls.MembersWritten(method).Any(w => w.OnThis && !w.Member.IsStatic)
            ? "__self"
            : null;
        TensorStructure = new Structure(StructureKind.Tensor, model.Compilation.ObjectType, []);
        Members = new HashSet<IMethodSymbol>(calls.CalleesOf(method).Select(c => c.Method)
            .Where(m => MustBeCalledByTwin(m, calls)), SymbolEqualityComparer.Default);
    }

    public IMethodSymbol Method { get; }

    public SyntaxNode Declaration { get; }

    public SemanticModel Model { get; }

    public CallGraph Calls { get; }

    /// <summary>
    /// Members with twins that the method calls without the name of a method: accessors, operators, constructors, methods behind statements.
    /// </summary>
    public IReadOnlyCollection<IMethodSymbol> Members { get; }

    /// <summary>True for a method of a struct, of which no lambda can capture <c>this</c>.</summary>
    public bool IsOfStruct => Method.ContainingType.IsValueType && !Method.IsStatic;

    /// <summary>The copy of a struct that its method uses instead of <c>this</c>, since it changes nothing in it.</summary>
    public string? Self { get; }

    /// <summary>True if any statement of the method, or of a function in it, is staged.</summary>
    public bool HasStaged { get; }

    public bool HasErrors { get; private set; }

    public Changes Changes { get; }

    public OtherNames OtherNames { get; }

    /// <summary>The effects of the method.</summary>
    public Effects Effects { get; }

    /// <summary>
    /// Effects that may change members and elements while tracing: writes, changes of collections, and calls of methods that write members.
    /// </summary>
    public EffectIndex StateChanges { get; }

    /// <summary>Those in lambdas and local functions.</summary>
    public EffectIndex StateChangesInFunctions { get; }

    /// <summary>Variables in whose collections elements are written in place.</summary>
    public HashSet<ISymbol> Filled { get; }

    /// <summary>Variables that a lambda or local function changes although they are declared outside of it.</summary>
    public HashSet<ISymbol> ChangedByLambdas { get; }

    /// <summary>Variables that a lambda, local function or query reads although they are declared outside of it.</summary>
    public HashSet<ISymbol> ReadByLambdas { get; }

    /// <summary>The structure of a variable that the conversion itself declares.</summary>
    public Structure TensorStructure { get; }

    public bool HasTwin(IMethodSymbol method) => Members.Contains(CallGraph.Definition(method), SymbolEqualityComparer.Default);

    /// <summary>True for <c>this</c>, and for the name of a member of the method's own object without a receiver.</summary>
    public bool IsOfThis(SyntaxNode node) => node switch
    {
        ThisExpressionSyntax => true,
        SimpleNameSyntax name => Names.MayBeMember(name) && Names.AccessOf(name) == name
            && name.Parent is not (MemberBindingExpressionSyntax or AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax })
            && Names.SymbolOf(name, Model) is { IsStatic: false }
            and (IFieldSymbol or IPropertySymbol or IEventSymbol or IMethodSymbol { MethodKind: not MethodKind.LocalFunction })
            and { ContainingType: { } type }
            && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, Method.ContainingType.OriginalDefinition),
        _ => false,
    };

    /// <summary>A name for something that the conversion declares, the same whenever it is asked for.</summary>
    public string Name(SyntaxNode node, string kind)
    {
        if (_names.TryGetValue((node, kind), out string name))
            return name;
        _counts.TryGetValue(kind, out int count);
        do
        {
            name = "__" + kind + (++count).ToString(CultureInfo.InvariantCulture);
        }
        while (_usersNames.Contains(name));
        _counts[kind] = count;
        return _names[(node, kind)] = name;
    }

    // The write to a property is among the writes already.
    private static bool IsCallThatWrites(Effect effect, CallGraph calls) =>
        effect is { Kind: EffectKind.Call, Form: not CallForm.Callback, Callee: { MethodKind: not (MethodKind.PropertySet
        or MethodKind.LocalFunction) } callee } && calls.MembersWritten(callee).Count > 0;

    private static ISymbol? FilledVariable(Place collection)
    {
        while (collection is { Kind: PlaceKind.Member, Owner: { } owner })
            collection = owner;
        return collection.Kind == PlaceKind.Variable ? collection.Symbol : null;
    }

    private static bool MustBeCalledByTwin(IMethodSymbol callee, CallGraph calls) =>
        callee.GraphFunction() is null && (callee.MethodKind != MethodKind.Ordinary
        || callee.Name is "Deconstruct" or "Dispose" or "GetEnumerator" or "MoveNext" or "Add")
        && calls.NeedsTwin(callee) && calls.HasTwin(callee);

    public void Report(DiagnosticDescriptor rule, Location location, params object[] arguments)
    {
        HasErrors |= rule.DefaultSeverity == DiagnosticSeverity.Error;
        if (_reported.Add((rule.Id, location)))
            _report(Diagnostic.Create(rule, location, arguments));
    }
}
