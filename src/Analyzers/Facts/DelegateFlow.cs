using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>A parameter, field or property through which a delegate comes to a graph function.</summary>
internal sealed record DelegateSlot(ISymbol Holder, IMethodSymbol Function);

/// <summary>
/// The origins of the delegates that graph functions read: backwards from parameters and members through what is assigned to them, as far as names
/// and assignments show it.
/// </summary>
internal sealed class DelegateFlow
{
    private readonly CallGraph _calls;
    private readonly bool _onTensors;
    private readonly CancellationToken _stop;
    private readonly HashSet<IMethodSymbol> _traced = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, DelegateSlot> _slots = new(SymbolEqualityComparer.Default);
    private readonly Queue<DelegateSlot> _work = new();
    private readonly HashSet<SyntaxNode> _seen = [];

    /// <summary>Follows all delegates, or only those <paramref name="onTensors"/>.</summary>
    public DelegateFlow(CallGraph calls, IReadOnlyList<IMethodSymbol> functions, bool onTensors, CancellationToken stop)
    {
        _calls = calls;
        _onTensors = onTensors;
        _stop = stop;
        // What a method reads takes binding all of it, and most programs keep no delegates.
        if (!Implementations.Types(calls.Compilation.Assembly.GlobalNamespace).Any(type => type.GetMembers().Any(MayHold)))
            return;
        foreach (IMethodSymbol function in functions)
        {
            foreach (IMethodSymbol method in calls.ReachedFrom(function))
            {
                _traced.Add(method);
                foreach (ISymbol holder in ReadIn(method))
                {
                    // A parameter of a helper gets what converted code gives it; one of a primary constructor is a field.
                    if (holder is not IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary } }
                        || SymbolEqualityComparer.Default.Equals(method, function))
                        Add(holder, function);
                }
            }
        }
    }

    /// <summary>The lambdas and names of methods that come to a slot from code that is not converted.</summary>
    public IEnumerable<(SyntaxNode Value, DelegateSlot Slot)> Find()
    {
        while (_work.Count > 0)
        {
            DelegateSlot slot = _work.Dequeue();
            foreach (ExpressionSyntax value in ValuesOf(slot.Holder))
            {
                foreach (SyntaxNode source in Sources(value, slot))
                    yield return (source, slot);
            }
        }
    }

    private void Add(ISymbol holder, IMethodSymbol function)
    {
        var slot = new DelegateSlot(holder.OriginalDefinition, function);
        if (_slots.ContainsKey(slot.Holder))
            return;
        _slots.Add(slot.Holder, slot);
        _work.Enqueue(slot);
    }

    private IEnumerable<ISymbol> ReadIn(IMethodSymbol method)
    {
        if (_calls.Declaration(method) is not { } declaration)
            yield break;
        foreach (Effect effect in Effects.Of(declaration, _calls.Model(declaration.SyntaxTree)).WhileTracing)
        {
            if (effect is { Kind: EffectKind.Read, At.Symbol: { } symbol } && IsHolder(symbol)
                && symbol is not IParameterSymbol { ContainingSymbol: not IMethodSymbol { MethodKind: MethodKind.Ordinary
                or MethodKind.Constructor } }
                && !(symbol is IParameterSymbol && declaration is ConstructorDeclarationSyntax))
            {
                yield return symbol;
            }
        }
    }

    private bool MayHold(ISymbol member) => member is IMethodSymbol method ? method.Parameters.Any(IsHolder) : IsHolder(member);

    private bool IsHolder(ISymbol? symbol) => symbol switch
    {
        IFieldSymbol field => HoldsDelegate(field.Type),
        IPropertySymbol property => HoldsDelegate(property.Type),
        IEventSymbol => true,
        IParameterSymbol parameter => HoldsDelegate(parameter.Type),
        _ => false,
    } && SymbolEqualityComparer.Default.Equals(symbol!.ContainingAssembly, _calls.Compilation.Assembly);

    // Delegates, and collections of them.
    private bool HoldsDelegate(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => HoldsDelegate(array.ElementType),
        INamedTypeSymbol { TypeKind: TypeKind.Delegate, DelegateInvokeMethod: { } invoke } => !_onTensors
            || invoke.Parameters.Any(p => Structure.Of(p.Type).HoldsTensor || p.Type is INamedTypeSymbol { TypeKind: TypeKind.Delegate })
            || Structure.Of(invoke.ReturnType).HoldsTensor,
        INamedTypeSymbol named => named.TypeArguments.Any(HoldsDelegate),
        _ => false,
    };

    /// <summary>The values that the program puts into a parameter, field or property.</summary>
    private IEnumerable<ExpressionSyntax> ValuesOf(ISymbol holder)
    {
        string name = holder is IParameterSymbol { ContainingSymbol: { } owner }
            ? owner.Name == ".ctor" ? owner.ContainingType.Name
            : owner.Name : holder.Name;
        foreach (SyntaxTree tree in _calls.Compilation.SyntaxTrees)
        {
            foreach (SyntaxNode node in tree.GetRoot(_stop).DescendantNodes())
            {
                IEnumerable<ExpressionSyntax> values = holder is IParameterSymbol parameter
                    ? Argument(node, parameter, name)
                    : Assigned(node, holder, name);
                foreach (ExpressionSyntax value in values)
                    yield return value;
            }
        }
    }

    private IEnumerable<ExpressionSyntax> Assigned(SyntaxNode node, ISymbol holder, string name)
    {
        switch (node)
        {
            case VariableDeclaratorSyntax { Initializer.Value: { } value, Parent.Parent: FieldDeclarationSyntax } field
                when field.Identifier.ValueText == name && Is(_calls.Model(node.SyntaxTree).GetDeclaredSymbol(field), holder):
                return [value];
            case PropertyDeclarationSyntax { Initializer.Value: { } value } property when property.Identifier.ValueText == name
                && Is(_calls.Model(node.SyntaxTree).GetDeclaredSymbol(property), holder):
                return [value];
            case AssignmentExpressionSyntax assignment when NameOf(assignment.Left) is { } target && target.Identifier.ValueText == name
                && Is(Names.SymbolOf(target, _calls.Model(node.SyntaxTree)), holder):
                return [assignment.Right];
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call when NameOf(access.Expression) is { } target
                && target.Identifier.ValueText == name && Names.SymbolOf(access.Name, _calls.Model(node.SyntaxTree)).Has(ApiTraits.Changes)
                && Is(Names.SymbolOf(target, _calls.Model(node.SyntaxTree)), holder):
                return call.ArgumentList.Arguments.Select(a => a.Expression);
            default:
                return [];
        }
    }

    private IEnumerable<ExpressionSyntax> Argument(SyntaxNode node, IParameterSymbol parameter, string name)
    {
        BaseArgumentListSyntax? list = node switch
        {
            InvocationExpressionSyntax call when NameOf(call.Expression)?.Identifier.ValueText == name => call.ArgumentList,
            ObjectCreationExpressionSyntax creation when creation.Type.GetLastToken().ValueText == name
                || creation.Type is GenericNameSyntax generic && generic.Identifier.ValueText == name => creation.ArgumentList,
            ImplicitObjectCreationExpressionSyntax creation => creation.ArgumentList,
            ConstructorInitializerSyntax initializer => initializer.ArgumentList,
            PrimaryConstructorBaseTypeSyntax initializer => initializer.ArgumentList,
            _ => null,
        };
        if (list is not { Arguments.Count: > 0 } || _calls.Model(node.SyntaxTree).GetSymbolInfo(node).Symbol is not IMethodSymbol called
            || !Is(CallGraph.Definition(called), parameter.ContainingSymbol))
            return [];
        // The object of an extension method stands in front of its arguments.
        int ordinal = parameter.Ordinal - (called.ReducedFrom is null ? 0 : 1);
        return list.Arguments.Where((a, i) => a.NameColon is { } named
            ? named.Name.Identifier.ValueText == parameter.Name
            : i == ordinal || (parameter.IsParams && i > ordinal)).Select(a => a.Expression);
    }

    /// <summary>The lambdas and method names in a value; what it reads in turn becomes a slot.</summary>
    private IEnumerable<SyntaxNode> Sources(ExpressionSyntax value, DelegateSlot slot)
    {
        if (!_seen.Add(value) || IsConverted(value))
            return [];
        SemanticModel model = _calls.Model(value.SyntaxTree);
        switch (value)
        {
            case AnonymousFunctionExpressionSyntax:
                return [value];
            case SimpleNameSyntax or MemberAccessExpressionSyntax:
                ISymbol? symbol = model.GetSymbolInfo(value).Symbol;
                if (symbol is IMethodSymbol)
                    return [value];
                if (symbol is ILocalSymbol local)
                    return LocalValues(local, value).SelectMany(v => Sources(v, slot));
                if (!IsHolder(symbol))
                    return [];
                Add(symbol!, slot.Function);
                return symbol is IPropertySymbol { GetMethod: { } getter } && _calls.Declaration(CallGraph.Definition(getter)) is { } computed
                    ? Returned(new MemberBody(computed)).SelectMany(v => Sources(v, slot))
                    : [];
            case InvocationExpressionSyntax call:
                return model.GetSymbolInfo(call).Symbol is IMethodSymbol made && _calls.Declaration(CallGraph.Definition(made)) is { } declaration
                    ? Returned(new MemberBody(declaration)).SelectMany(v => Sources(v, slot))
                    : [];
            default:
                return value.ChildNodes().SelectMany(Parts).SelectMany(v => Sources(v, slot));
        }
    }

    // Initialisers, elements and arguments stand between an expression and the values in it.
    private static IEnumerable<ExpressionSyntax> Parts(SyntaxNode node) => node switch
    {
        AssignmentExpressionSyntax assignment => [assignment.Right],
        TypeSyntax and not SimpleNameSyntax => [],
        ExpressionSyntax expression => [expression],
        _ => node.ChildNodes().SelectMany(Parts),
    };

    private static IEnumerable<ExpressionSyntax> Returned(MemberBody body) => body.Expression is { } expression
        ? [expression]
        : body.Block is { } block ? Staging.InSameFunction(block).OfType<ReturnStatementSyntax>().Select(r => r.Expression)
        .OfType<ExpressionSyntax>() : [];

    private static IEnumerable<ExpressionSyntax> LocalValues(ILocalSymbol local, SyntaxNode use)
    {
        SyntaxNode member = use.Ancestors().First(n => n is MemberDeclarationSyntax or CompilationUnitSyntax);
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is VariableDeclaratorSyntax { Initializer.Value: { } value } variable && variable.Identifier.ValueText == local.Name)
                yield return value;
            else if (node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } assignment && name.Identifier.ValueText == local.Name)
                yield return assignment.Right;
        }
    }

    // In a member that is traced, its twin runs.
    private bool IsConverted(SyntaxNode value)
    {
        if (value.Ancestors().FirstOrDefault(n => n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
            or ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }) is not { } member)
            return false;
        ISymbol? symbol = _calls.Model(value.SyntaxTree).GetEnclosingSymbol(value.SpanStart);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
            symbol = symbol.ContainingSymbol;
        return symbol is IMethodSymbol method && CallGraph.Definition(method) is var definition && _traced.Contains(definition)
            && (definition.GraphFunction() is not null || _calls.HasTwin(definition));
    }

    private static SimpleNameSyntax? NameOf(ExpressionSyntax target) => target switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        ElementAccessExpressionSyntax access => NameOf(access.Expression),
        _ => null,
    };

    private static bool Is(ISymbol? symbol, ISymbol wanted) => SymbolEqualityComparer.Default.Equals(symbol?.OriginalDefinition, wanted);
}
