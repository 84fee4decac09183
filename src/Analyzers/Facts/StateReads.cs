using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Finds the C# state that a method reads by itself. What lies in locals and arguments is a part of the call and no state.</summary>
internal sealed class StateReads(SyntaxNode declaration, SemanticModel model)
{
    private readonly Effects _effects = Effects.Of(declaration, model);
    private readonly Dictionary<ISymbol, bool> _writtenFirst = new(SymbolEqualityComparer.Default);

    public static ImmutableArray<StateRead> Of(SyntaxNode declaration, SemanticModel model) => [.. new StateReads(declaration, model).Find()];

    /// <summary>True for a member whose value can be another one at the next call.</summary>
    public static bool IsMutable(ISymbol? member) => member switch
    {
        IFieldSymbol field => (!field.IsReadOnly || IsWindow(field.Type) || IsTupleOfCollections(field.Type))
            && !field.IsConst && !field.IsImplicitlyDeclared && field.RefKind == RefKind.None && IsKept(field.Type) && IsUsers(field),
        IPropertySymbol { IsIndexer: false, ContainingType.TypeKind: TypeKind.Interface } property => IsOfInterface(property),
        IPropertySymbol { IsIndexer: false } property => (property.SetMethod is { IsInitOnly: false } || IsWindow(property.Type)
            || IsTupleOfCollections(property.Type))
            && IsAuto(property) && IsKept(property.Type) && IsUsers(property),
        _ => false,
    };

    // A struct that shows the elements of an array which others change.
    private static bool IsWindow(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "Memory" or "ReadOnlyMemory"
        or "ArraySegment", Arity: 1, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    // Its elements are compared as its content.
    private static bool IsTupleOfCollections(ITypeSymbol type) => type is INamedTypeSymbol { IsTupleType: true } tuple
        && tuple.TupleElements.Any(element => IsTupleOfCollections(element.Type) || CollectionUse.IsCollection(element.Type));

    // Whatever stands behind it. A value can be compared; an object might be a new one each time that it is asked for.
    private static bool IsOfInterface(IPropertySymbol property) =>
        property is { IsStatic: false, GetMethod: not null }
        && (property.Type.IsValueType || property.Type.SpecialType == SpecialType.System_String) && IsKept(property.Type) && IsUsers(property);

    /// <summary>The reads of a member of a record that the compiler wrote: all fields of it.</summary>
    public static ImmutableArray<StateRead> OfRecord(INamedTypeSymbol record) =>
    [
        .. record.GetMembers().Where(m => m is { IsStatic: false, IsImplicitlyDeclared: false } && !record.IsValueType && IsMutable(m))
            .Select(m => new StateRead(StateRoot.This, StateKind.Value, "", m.Name, m, [m], m.Locations[0])),
    ];

    private IEnumerable<StateRead> Find()
    {
        var filled = new HashSet<SyntaxNode>(_effects.All.Where(e => e.Kind == EffectKind.Fill && !IsResultUsed(e)).Select(e => Names.Of(e.Syntax)));
        foreach (Effect effect in _effects.WhileTracing.Where(e => e.Kind is EffectKind.Read or EffectKind.Call))
        {
            ISymbol? member = effect.Kind == EffectKind.Call ? effect.Callee : effect.At.Symbol;
            Place? owner = effect.Kind == EffectKind.Call ? effect.At : effect.At.Owner;
            // A parameter of a primary constructor is a field without a name that a twin could write.
            if (member is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } }
                && declaration is not ConstructorDeclarationSyntax)
                yield return new StateRead(StateRoot.Elsewhere, StateKind.Value, "", member.Name, member, [], effect.Syntax.GetLocation());
            if (member is IFieldSymbol { IsImplicitlyDeclared: true, AssociatedSymbol: IPropertySymbol property })
                yield return OfBackingField(property, effect.Syntax);
            if (member.Has(ApiTraits.IsClock))
                yield return new StateRead(StateRoot.Elsewhere, StateKind.Clock, "", member!.Name, member, [], effect.Syntax.GetLocation());
            if (IsDrawn(effect))
                yield return new StateRead(StateRoot.Elsewhere, StateKind.Clock, "", member!.Name, member, [], effect.Syntax.GetLocation());
            if (ReadsState(member, out string? compared))
            {
                // A loop over a sequence makes its own.
                if (member!.ContainingType is { Name: "IEnumerator" } && (effect.Form == CallForm.Implicit || owner is not { IsOwn: true }))
                    continue;
                if (Read(member!, owner, StateKind.Value, effect.Syntax, compared) is { } kept)
                    yield return kept.IsComparable && compared is not null ? kept : kept with { Root = StateRoot.Elsewhere, Kind = StateKind.Clock };
                continue;
            }
            if (effect.Kind == EffectKind.Call || effect.At.Kind is not (PlaceKind.Member or PlaceKind.Static))
                continue;
            if (IsTextOfBuilder(effect) && Read(member!, owner, StateKind.Value, effect.Syntax,
                $"{Place.Identifier(member!)}?.ToString()") is { } text)
                yield return text;
            if (IsSetting(member) && Read(member!, owner, StateKind.Value, effect.Syntax) is { IsComparable: true } setting)
                yield return setting with { Kind = StateKind.Computed };
            if (IsCollection(member) && !filled.Contains(effect.Syntax) && !FixedContents.Is(member!)
                && Read(member!, owner, StateKind.Content, effect.Syntax) is { } content)
                yield return content;
            bool computes = IsComputed(member);
            // A member of a struct is a part of the place that holds the struct.
            if (!(computes || IsMutable(member)) || member is { IsStatic: false, ContainingType.IsValueType: true } || IsWrittenFirst(member!))
                continue;
            if (Read(member!, owner, computes ? StateKind.Computed : StateKind.Value, effect.Syntax) is { } read)
                yield return read;
        }
    }

    // queue.Dequeue() gives what lies in the queue, and counts[0]++ what it was; list.Add(x) and items[0] = x give nothing.
    private static bool IsResultUsed(Effect fill)
    {
        ExpressionSyntax? access = Names.Of(fill.Syntax) is SimpleNameSyntax name ? Names.AccessOf(name) : fill.Syntax as ExpressionSyntax;
        return access?.Parent switch
        {
            MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } => fill.Callee is { ReturnsVoid: false }
                && call.Parent is not ExpressionStatementSyntax,
            ElementAccessExpressionSyntax element => !element.Parent.IsKind(SyntaxKind.SimpleAssignmentExpression),
            _ => false,
        };
    }

    // File.ReadAllText, random.Next. In the graph function itself another rule speaks of it.
    private static bool IsDrawn(Effect effect) =>
        effect is { Kind: EffectKind.Call, Callee: { ReturnsVoid: false, MethodKind: MethodKind.Ordinary } method }
        && method.Has(ApiTraits.ActsOnWorld)
        && !method.Has(ApiTraits.Asserts) && method.Name is not ("Equals" or "GetHashCode" or "GetType" or "ToString");

    // $"{text}", text[0]: not what is done to it by its own methods.
    private static bool IsTextOfBuilder(Effect effect) =>
        effect.At.Type is { Name: "StringBuilder", ContainingNamespace.Name: "Text" }
        && (Names.Of(effect.Syntax) is SimpleNameSyntax name ? Names.AccessOf(name) : effect.Syntax).Parent
            is not (MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax);

    /// <summary>True for a property of a class of the framework that code can set, such as an interval.</summary>
    private static bool IsSetting(ISymbol? member) =>
        member is IPropertySymbol { IsStatic: false, IsIndexer: false, SetMethod: { IsInitOnly: false, DeclaredAccessibility: Accessibility.Public },
            ContainingType: { IsReferenceType: true } type } property
        && IsValue(property.Type) && !IsUsers(property) && !type.IsOfLibrary();

    private StateRead? Read(ISymbol member, Place? owner, StateKind kind, SyntaxNode syntax, string? compared = null)
    {
        string parameter = "";
        string path = compared ?? Place.Identifier(member);
        var links = ImmutableArray.CreateBuilder<ISymbol>();
        links.Add(member);
        (string Tail, ITypeSymbol Type)? holder = null;
        if ((member.IsStatic ? Static(member, ref path) : RootOf(owner, ref path, ref parameter, links, ref holder)) is not { } root)
            return null;
        // What a constructor reads of its own object belongs to nobody else yet.
        if (root == StateRoot.This && declaration is ConstructorDeclarationSyntax or EqualsValueClauseSyntax)
            return null;
        // A getter of the own object runs as it is written, unless it is overridden: what it reads is named instead.
        if (kind == StateKind.Computed && root == StateRoot.This && links.Count == 1 && IsDeclaredAround(member)
            && member is { IsVirtual: false, IsAbstract: false, IsOverride: false })
            return null;
        // A value of an unknown type cannot become "null if the path breaks off".
        if ((path.Contains("?") && member is IFieldSymbol or IPropertySymbol && Place.TypeOf(member)!.TypeKind == TypeKind.TypeParameter)
            || (kind == StateKind.Content && !CollectionUse.IsCollection(Place.TypeOf(member)!)))
            root = StateRoot.Elsewhere;
        // A struct is a copy of what the caller keeps.
        if (root == StateRoot.This && links[links.Count - 1].ContainingType.IsValueType)
            root = StateRoot.Elsewhere;
        return new StateRead(root, kind, parameter, path, member, links.ToImmutable(), syntax.GetLocation())
        {
            Holder = root is StateRoot.This or StateRoot.Parameter && holder is { } kept
                ? (path.Substring(0, path.Length - kept.Tail.Length - "?.".Length), kept.Tail, kept.Type)
                : null,
            IsAlwaysOfHolder = links.Skip(1).All(IsKeeping),
        };
    }

    // Gives the same object until another one is set.
    private static bool IsKeeping(ISymbol link) => link is IFieldSymbol
        || (link is IPropertySymbol { IsIndexer: false, IsVirtual: false, IsOverride: false, ContainingType.TypeKind: not TypeKind.Interface }
            && IsAuto((IPropertySymbol)link));

    /// <summary>
    /// Walks from a member to the place that it belongs to, as long as fields and properties follow each other; null if the object is the method's
    /// own make.
    /// </summary>
    private StateRoot? RootOf(Place? owner, ref string path, ref string parameter, ImmutableArray<ISymbol>.Builder links,
        ref (string Tail, ITypeSymbol Type)? holder)
    {
        for (; owner is not null; owner = owner.Owner)
        {
            if (_effects.IsNew(owner))
                return null;
            switch (owner.Kind)
            {
                case PlaceKind.This:
                    return StateRoot.This;
                case PlaceKind.Variable when owner.Symbol is IParameterSymbol own && IsOwn(own):
                    parameter = own.Name;
                    return StateRoot.Parameter;
                case PlaceKind.Member or PlaceKind.Static when owner.Symbol is { } link and not IEventSymbol:
                    if (Place.TypeOf(link) is { TypeKind: TypeKind.Class or TypeKind.Interface } type)
                        holder ??= (path, type);
                    path = $"{Place.Identifier(link)}{(Place.TypeOf(link)!.IsValueType ? "" : "?")}.{path}";
                    links.Add(link);
                    if (link.IsStatic)
                        return Static(link, ref path);
                    break;
                default:
                    return StateRoot.Elsewhere;
            }
        }
        return StateRoot.Elsewhere;
    }

    // A tensor in a field that a statement of the body assigns ahead of all uses: what was there before is never seen. Code in lambdas may run at any
    // time.
    private bool IsWrittenFirst(ISymbol member) =>
        _writtenFirst.TryGetValue(member, out bool known) ? known : _writtenFirst[member] = FindWrittenFirst(member);

    private bool FindWrittenFirst(ISymbol member)
    {
        if (!Place.TypeOf(member)!.IsTensor() || declaration is not MethodDeclarationSyntax { Body: { } body })
            return false;
        Effect[] uses = [.. _effects.All.Where(e => e.Kind != EffectKind.Call && SymbolEqualityComparer.Default.Equals(e.At.Symbol, member))];
        return uses[0] is { Kind: EffectKind.Write, IsDefinite: true, At.IsOwn: true,
                Syntax.Parent: AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax { Parent: var around } } }
            && around == body && Array.TrueForAll(uses, e => e.Function is null);
    }

    /// <summary>
    /// True for a member that reads what its object keeps; with the member to compare, or null if a method gives something else each time.
    /// </summary>
    private static bool ReadsState(ISymbol? member, out string? compared)
    {
        compared = null;
        if (member is not { IsStatic: false } || !member.Has(ApiTraits.ReadsState))
            return false;
        switch (member)
        {
            case IPropertySymbol { IsIndexer: false, Type: var value }:
                compared = member.Name;
                return value.IsValueType || value.SpecialType == SpecialType.System_String;
            case IMethodSymbol { MethodKind: MethodKind.Ordinary } method when !method.Has(ApiTraits.ActsOnWorld):
                compared = KnownApis.Instead(method);
                // What gives the object itself changes it.
                return compared is not null
                    || (!method.ReturnsVoid && !SymbolEqualityComparer.Default.Equals(method.ReturnType, method.ContainingType)
                    && method.Name is not ("Equals" or "GetHashCode" or "GetType"));
            default:
                return false;
        }
    }

    private static StateRead OfBackingField(IPropertySymbol property, SyntaxNode use)
    {
        string path = property.Name;
        StateRoot root = !property.IsIndexer && IsValue(property.Type)
            ? property.IsStatic ? Static(property, ref path)
            : StateRoot.This : StateRoot.Elsewhere;
        return new StateRead(root, StateKind.Computed, "", path, property, [property], use.GetLocation());
    }

    private bool IsDeclaredAround(ISymbol member) =>
        model.GetEnclosingSymbol(declaration.SpanStart)?.ContainingType is { } type
        && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, member.ContainingType.OriginalDefinition);

    /// <summary>True for a property with a getter that somebody wrote and whose result can be compared.</summary>
    private static bool IsComputed(ISymbol? member) =>
        member is IPropertySymbol { IsIndexer: false, GetMethod: { } getter } property && IsValue(property.Type) && IsKept(property.Type)
        && IsUsers(property) && !IsMutable(property)
        && property.ContainingType is { TypeKind: not TypeKind.Interface, IsAnonymousType: false } && !IsFixed(property, getter);

    // A getter in another assembly may read whatever it likes.
    private static bool IsFixed(IPropertySymbol property, IMethodSymbol getter) =>
        property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
    {
        PropertyDeclarationSyntax { ExpressionBody.Expression: { } value } => value is LiteralExpressionSyntax,
        PropertyDeclarationSyntax { AccessorList: { } accessors } => property.IsAbstract
            ? false
            : accessors.Accessors.All(a => a.Body is null && a.ExpressionBody is null),
        // Whether there is a setter that cannot be called from here is not known.
        null => property.SetMethod is { IsInitOnly: true } && IsCompilersOwn(getter),
        _ => true,
    };

    private static bool IsCompilersOwn(IMethodSymbol getter) =>
        getter.GetAttributes().Any(a => a.AttributeClass?.Name == "CompilerGeneratedAttribute");

    private static bool IsValue(ITypeSymbol type) =>
        (type.IsValueType && !Structure.Of(type).HoldsTensor) || type.SpecialType == SpecialType.System_String;

    private static bool IsCollection(ISymbol? member) =>
        member is IFieldSymbol or IPropertySymbol { IsIndexer: false } && IsUsers(member)
        && Place.TypeOf(member)! is { SpecialType: not SpecialType.System_String } type
        && !type.IsTensor() && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static StateRoot Static(ISymbol member, ref string path)
    {
        path = member.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "." + path;
        return StateRoot.Static;
    }

    // A parameter of a lambda is another value at each call of it, and one that is assigned is no longer the argument.
    private bool IsOwn(IParameterSymbol parameter) =>
        parameter.ContainingSymbol is IMethodSymbol { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) } owner
        && (owner.MethodKind != MethodKind.Constructor || declaration is ConstructorDeclarationSyntax)
        && (parameter.Type.IsReferenceType || parameter.Type.IsCancellationToken()) && _effects.IsAssignedOnce(parameter);

    private static bool IsKept(ITypeSymbol type) =>
        !type.IsRefLikeType && type.TypeKind is not (TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Error);

    private static bool IsAuto(IPropertySymbol property)
    {
        if (property.Has(ApiTraits.HoldsState))
            return true;
        // In another assembly: a value that can be set from here, or what the compiler says that it wrote.
        if (property.DeclaringSyntaxReferences.IsEmpty)
            return property is { SetMethod: { } setter, GetMethod: { } getter }
                && ((setter.DeclaredAccessibility == Accessibility.Public
                && property.Type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String) || IsCompilersOwn(getter));
        return property.DeclaringSyntaxReferences[0].GetSyntax() is PropertyDeclarationSyntax { ExpressionBody: null, AccessorList: { } accessors }
            && accessors.Accessors.All(a => a.Body is null && a.ExpressionBody is null) && !property.IsAbstract;
    }

    // What the framework and this library keep is theirs to get right, but for what the framework keeps for others.
    private static bool IsUsers(ISymbol member)
    {
        if (member.Has(ApiTraits.HoldsState))
            return true;
        INamespaceSymbol? space = member.ContainingType.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name is not ("System" or "Microsoft") && !member.ContainingType.IsTupleType
            && member.ContainingAssembly.Name is not ("TensorGraph" or "TensorGraph.TorchSharp");
    }
}
