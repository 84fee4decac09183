using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// Fields, properties and elements that a staged region writes. A path such as <c>this._x</c> or <c>cells[2].State</c> is carried
/// if it means the same object all the time; anything else that is written is an error, since the write would happen once, while tracing.
/// </summary>
internal sealed class CarriedState(ConversionContext context, SyntaxNode function, IReadOnlyList<StatementSyntax> statements,
    HashSet<ISymbol> written, Func<ISymbol, bool> isDeclaredInside)
{
    private readonly SemanticModel _model = context.Model;

    private TextSpan Span { get; } = TextSpan.FromBounds(statements[0].SpanStart, statements[statements.Count - 1].Span.End);

    private RunCode Code => field ??= new RunCode(Span, context.Changes.RunBy(Span))
    {
        IsDeclaredBeside = v => v is ILocalSymbol local && IsDeclaredInside(local),
    };

    public IReadOnlyList<CarriedVariable> Carried()
    {
        var found = new Dictionary<string, CarriedVariable>(StringComparer.Ordinal);
        Effect[] inside = [.. context.StateChanges.In(Span)];
        // A lambda declared elsewhere may be called here.
        Effect[] run = [.. Code.Functions.Where(f => !Span.Contains(f.Span)).SelectMany(f => context.StateChanges.In(f.Span))];
        Effect[] reached = [.. inside, .. context.StateChangesInFunctions.In(function.Span)
            .Where(e => e.Function != function && !Span.Contains(e.Syntax.Span)), .. run.Where(e => !function.Span.Contains(e.Syntax.Span))];
        foreach (Effect effect in reached.Where(e => e.IsWriteOfMember && e.At.Root.Kind != PlaceKind.New))
            Add(found, effect);
        foreach (Effect effect in reached.Where(e => e.Kind == EffectKind.Fill && e.Callee.Has(ApiTraits.Fills)))
            AddContent(found, effect);
        foreach (Effect effect in inside.Concat(run))
        {
            if (effect is { Kind: EffectKind.Call, Callee: { } callee })
                AddWritesOf(found, effect.Syntax, effect.At, callee);
        }
        return [.. found.Values];
    }

    private void Add(Dictionary<string, CarriedVariable> found, Effect write)
    {
        if (write.Syntax is not ExpressionSyntax target || IsFresh(write.At) || IsOurs(write.At.Symbol)
            || _model.GetTypeInfo(target).Type is not { } type)
            return;
        var structure = Structure.Of(type);
        if (structure.IsFixed && ContainerOf(target) is { } container)
            AddPath(found, WithoutBang(container).ToString(), Structure.Of(_model.GetTypeInfo(container).Type!));
        else if (CallGraph.WrittenSetter(write.At.Symbol) is { } setter)
            AddWritesOf(found, Names.Of(target), write.At.Owner!, setter);
        else if (write.At.Symbol is IPropertySymbol { IsIndexer: true, SetMethod: { } set } indexer
            && (context.Calls.NeedsTwin(set) || (indexer.GetMethod is { } get && context.Calls.NeedsTwin(get))))
            AddWritesOf(found, target, write.At.Owner!, set);
        else if (structure.IsFixed && IsInvariant(target))
            AddPath(found, PathOf(target, write.At.Symbol), structure);
        else if (structure.IsFixed && target is MemberAccessExpressionSyntax access
            && ItemsOf(access.Expression, access.Name.ToString()) is { } items)
            AddItems(found, items, structure);
        else
            context.Report(Rules.HostStateChanged, target.GetLocation(), target.ToString(),
                type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
    }

    // A method of the framework puts elements into the array.
    private void AddContent(Dictionary<string, CarriedVariable> found, Effect fill)
    {
        if (fill.Syntax is not ExpressionSyntax collection || (IsNewOrNoCollection(collection) && !IsSpan(collection))
            || context.Changes.IsNewTo(fill.At, Code))
            return;
        var structure = Structure.Of(_model.GetTypeInfo(collection).Type!);
        if (structure.Kind is StructureKind.Array or StructureKind.List or StructureKind.Dictionary && structure.Element.IsFixed
            && IsInvariant(collection))
            AddPath(found, collection.ToString(), structure);
        else
            context.Report(Rules.ListChanged, collection.GetLocation(), collection.ToString());
    }

    // It is a value, but a name for elements of an array.
    private bool IsSpan(ExpressionSyntax value) => _model.GetTypeInfo(value).Type is { IsRefLikeType: true };

    /// <summary>
    /// The array, list or dictionary of tensors whose element is written, at whatever index, if it is one object for the whole region.
    /// </summary>
    private ExpressionSyntax? ContainerOf(ExpressionSyntax target)
    {
        // A part of a struct is written with the element that the struct is in.
        while (target is MemberAccessExpressionSyntax { Expression: var owner }
            && _model.GetTypeInfo(owner).Type is { IsValueType: true } type && Structure.Of(type).IsFixed)
        {
            target = owner;
        }
        while (target is ElementAccessExpressionSyntax access)
        {
            target = access.Expression;
            bool holds = _model.GetTypeInfo(target).Type is { } collection
                && Structure.Of(collection) is { Kind: StructureKind.Array or StructureKind.List or StructureKind.Dictionary };
            if (!holds)
                return null;
            if (IsInvariant(target))
                return target;
        }
        return null;
    }

    private void AddWritesOf(Dictionary<string, CarriedVariable> found, SyntaxNode use, Place on, IMethodSymbol callee)
    {
        bool onThis = callee.IsStatic || on.Kind == PlaceKind.This;
        ExpressionSyntax? access = use is SimpleNameSyntax name ? Names.AccessOf(name) : use as ExpressionSyntax;
        foreach (WrittenMember member in context.Calls.MembersWritten(callee))
        {
            if (member.Content)
            {
                if (member.Member is not (ILocalSymbol or IParameterSymbol) || !TakesOnlyNewCollections(member.Member, use, on))
                    context.Report(Rules.StateChangedByCall, use.GetLocation(), callee.Name, $"{member.Member.Name}[…]");
                continue;
            }
            if (member.OnThis && !member.Member.IsStatic && callee.ContainingType.IsValueType && IsPartOfStruct(found, access, on))
                continue;
            ITypeSymbol type = Place.TypeOf(member.Member)!;
            var structure = Structure.Of(type);
            string memberName = $"{member.Member.ContainingType.Name}.{((member.Member as IFieldSymbol)?.AssociatedSymbol ?? member.Member).Name}";
            // The twin of this method reads and writes it by name.
            bool reachable = member.Member.CanBeReferencedByName
                && _model.Compilation.IsSymbolAccessibleWithin(member.Member, context.Method.ContainingType);
            if (!member.Member.IsStatic && IsMadeHere(on))
                continue;
            if (!structure.IsFixed && IsInHeadOfLeftLoop(use))
                continue;
            if (!structure.IsFixed)
                context.Report(Rules.HostStateChanged, use.GetLocation(), memberName,
                    type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
            else if (member.Member.IsStatic && reachable)
                AddPath(found, $"{member.Member.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}.{member.Member.Name}",
                    structure);
            else if (onThis && member.OnThis && reachable && Inherits(context.Method.ContainingType, member.Member.ContainingType))
                AddPath(found, "this." + member.Member.Name, structure);
            else if (reachable && member.OnThis && access is MemberAccessExpressionSyntax { Expression: var receiver }
                && ItemsOf(receiver, member.Member.Name) is { } items
                && Inherits(_model.GetTypeInfo(receiver).Type as INamedTypeSymbol, member.Member.ContainingType))
                AddItems(found, items, structure);
            else
                context.Report(Rules.StateChangedByCall, use.GetLocation(), (callee.AssociatedSymbol ?? callee).Name, memberName);
        }
    }

    /// <summary>
    /// True for a method of a struct that changes it where the struct is a variable, which is carried as such, or lies in a field of the own object,
    /// which is carried then. A method that is called on a field which can't change works on a copy.
    /// </summary>
    private bool IsPartOfStruct(Dictionary<string, CarriedVariable> found, ExpressionSyntax? access, Place on)
    {
        if (on.Variable is not null || on.Symbol is IFieldSymbol { IsReadOnly: true })
            return true;
        if (access is MemberAccessExpressionSyntax { Expression: ElementAccessExpressionSyntax element })
        {
            // What a list gives is a copy.
            if (on is not { Kind: PlaceKind.Element, Symbol: null })
                return on.Symbol is IPropertySymbol { ReturnsByRef: false };
            if (_model.GetTypeInfo(element).Type is not { } item || !Structure.Of(item).IsFixed || ContainerOf(element) is not { } container)
                return false;
            AddPath(found, WithoutBang(container).ToString(), Structure.Of(_model.GetTypeInfo(container).Type!));
            return true;
        }
        if (!on.IsOwn || on.Type is null || Structure.Of(on.Type) is not { IsFixed: true } whole
            || access is not MemberAccessExpressionSyntax { Expression: var holder })
            return false;
        AddPath(found, PathOf(holder, on.Symbol), whole);
        return true;
    }

    private static void AddItems(Dictionary<string, CarriedVariable> found, CarriedItems items, Structure structure)
    {
        string name = $"{items.Collection}[].{items.Member}";
        if (!found.ContainsKey(name))
            found.Add(name, new CarriedVariable(name, items.Collection, structure) { Items = items });
    }

    /// <summary>
    /// The collection of whose objects one is written, a C# one that stays the same for the whole region: <c>cells</c> for <c>cells[i]</c>, and for
    /// the variable of <c>foreach (var cell in cells)</c>.
    /// </summary>
    private CarriedItems? ItemsOf(ExpressionSyntax owner, string member)
    {
        while (owner is MemberAccessExpressionSyntax outer)
        {
            member = $"{outer.Name}.{member}";
            owner = outer.Expression;
        }
        ExpressionSyntax? collection = owner switch
        {
            ElementAccessExpressionSyntax element => element.Expression,
            IdentifierNameSyntax name when _model.GetSymbolInfo(name).Symbol is ILocalSymbol local
                && local.DeclaringSyntaxReferences[0].GetSyntax() is ForEachStatementSyntax loop => loop.Expression,
            _ => null,
        };
        if (collection is null || _model.GetTypeInfo(owner).Type is not { IsReferenceType: true } item
            || _model.GetTypeInfo(collection).Type is not { } type || !IsInvariant(collection)
            || !(type is IArrayTypeSymbol { Rank: 1 } || type.AllInterfaces.Append(type).Any(IsCounted)))
        {
            return null;
        }
        return new CarriedItems(collection.ToString(), Structure.Of(type).BareTypeName, Structure.Of(item).BareTypeName, member);

        // Not a sequence that makes its objects anew when it is asked.
        bool IsCounted(ITypeSymbol i) => i is INamedTypeSymbol { Name: "IReadOnlyCollection"
            or "ICollection", TypeArguments: { Length: 1 } arguments } && SymbolEqualityComparer.Default.Equals(arguments[0], item);
    }

    // An effect in the head of a C# loop that a tensor may leave has a rule of its own.
    private bool IsInHeadOfLeftLoop(SyntaxNode name) =>
        name.Ancestors().OfType<StatementSyntax>()
        .FirstOrDefault() is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax
        && name.Ancestors().OfType<StatementSyntax>().First() is var loop && !Staging.IsStagedStatement(loop, _model)
        && Staging.HasStagedExit(loop, loop, _model);

    private static void AddPath(Dictionary<string, CarriedVariable> found, string path, Structure structure)
    {
        if (!found.ContainsKey(path))
            found.Add(path, new CarriedVariable(path, path, structure));
    }

    private static string PathOf(ExpressionSyntax target, ISymbol? member) => target switch
    {
        SimpleNameSyntax when member is { IsStatic: false } => $"this.{target}",
        SimpleNameSyntax => $"{member!.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}.{target}",
        _ => WithoutBang(target).ToString(),
    };

    // One path for one place, whether or not C# was told that a part of it is not null.
    private static ExpressionSyntax WithoutBang(ExpressionSyntax path) =>
        path.ReplaceNodes(path.DescendantNodes().OfType<PostfixUnaryExpressionSyntax>().Where(IsBang), (_, bang) => bang.Operand);

    private static bool IsBang(SyntaxNode node) => node.IsKind(SyntaxKind.SuppressNullableWarningExpression);

    /// <summary>
    /// True if the object was made in the region, so that nobody outside sees the write: not if a local there is another name for an older one.
    /// </summary>
    private bool IsFresh(Place written) => written.Owner is { } owner && IsMadeHere(owner);

    private bool IsMadeHere(Place place) =>
        (place.Root is { Kind: PlaceKind.Variable, Symbol: ILocalSymbol { Type: { IsValueType: true, IsRefLikeType: false } } local }
            && IsDeclaredInside(local))
        || context.Changes.IsNewTo(place, Code);

    // A call that gets only collections made in the region changes nothing that others see.
    private bool TakesOnlyNewCollections(ISymbol holder, SyntaxNode name, Place on)
    {
        // The parameter of a primary constructor holds what the object was made with.
        if (holder.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor })
        {
            return on.Root.Symbol is ILocalSymbol made && IsMadeHere(on)
                && made.DeclaringSyntaxReferences[0]
                .GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax { ArgumentList: var given } }
                && (given?.Arguments.All(a => IsNewOrNoCollection(a.Expression)) ?? true);
        }
        return context.Changes.TakesOnlyNew(holder, name, Code);
    }

    private bool IsNewOrNoCollection(ExpressionSyntax value) =>
        _model.GetTypeInfo(value).Type is not { } type
        || !(type is IArrayTypeSymbol || type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable)) || type.IsTensor()
        || Place.Of(_model.GetOperation(value)).Kind == PlaceKind.New
        || (value is IdentifierNameSyntax local && _model.GetSymbolInfo(local).Symbol is ILocalSymbol symbol && IsDeclaredInside(symbol)
        && context.Effects.StartsNew(symbol));

    // In the region, or in a lambda or local function that may be called there.
    private bool IsDeclaredInside(ILocalSymbol local) =>
        isDeclaredInside(local)
        || (local.DeclaringSyntaxReferences[0].GetSyntax().Ancestors().FirstOrDefault(Staging.IsFunction) is { } inner && inner != function
        && function.Span.Contains(inner.Span));

    // What variables and tensors do when they are written is part of the graph already.
    private bool IsOurs(ISymbol? member) => member?.ContainingType is { } type && context.Calls.IsForeign(type) && type.IsOfLibrary();

    /// <summary>True if the path means one place for the whole region: nothing in it changes there.</summary>
    private bool IsInvariant(ExpressionSyntax target)
    {
        foreach (SyntaxNode node in target.DescendantNodesAndSelf())
        {
            bool allowed = node switch
            {
                IdentifierNameSyntax name => Names.SymbolOf(name, _model) switch
                {
                    ILocalSymbol or IParameterSymbol => !written.Contains(Names.SymbolOf(name, _model)!)
                        && !isDeclaredInside(Names.SymbolOf(name, _model)!),
                    IFieldSymbol or IPropertySymbol or INamespaceOrTypeSymbol => true,
                    _ => false,
                },
                MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ThisExpressionSyntax or BaseExpressionSyntax
                    or LiteralExpressionSyntax
                    or BracketedArgumentListSyntax or ArgumentSyntax or BinaryExpressionSyntax => true,
                _ => IsBang(node),
            };
            if (!allowed)
                return false;
        }
        return true;
    }

    private static bool Inherits(INamedTypeSymbol? type, INamedTypeSymbol ancestor)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, ancestor.OriginalDefinition))
                return true;
        }
        return false;
    }
}
