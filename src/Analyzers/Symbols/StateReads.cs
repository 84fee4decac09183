using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Finds the C# state that a method reads by itself. What lies in locals and arguments is a part of the call and no state.</summary>
internal sealed class StateReads(SyntaxNode declaration, SemanticModel model)
{
    private readonly HashSet<string> _assigned = new(StringComparer.Ordinal);

    public static ImmutableArray<StateRead> Of(SyntaxNode declaration, SemanticModel model) => [.. new StateReads(declaration, model).Find()];

    /// <summary>True for a member whose value can be another one at the next call.</summary>
    public static bool IsMutable(ISymbol? member) => member switch
    {
        IFieldSymbol field => !field.IsReadOnly && !field.IsConst && !field.IsImplicitlyDeclared && field.RefKind == RefKind.None && IsKept(field.Type) && IsUsers(field),
        IPropertySymbol { IsIndexer: false, ContainingType.TypeKind: TypeKind.Interface } property => IsOfInterface(property),
        IPropertySymbol property => property is { IsIndexer: false, SetMethod.IsInitOnly: false } && IsAuto(property) && IsKept(property.Type) && IsUsers(property),
        _ => false,
    };

    // Whatever stands behind it. A value can be compared; an object might be a new one each time that it is asked for.
    private static bool IsOfInterface(IPropertySymbol property) =>
        property is { IsStatic: false, GetMethod: not null } && (property.Type.IsValueType || property.Type.SpecialType == SpecialType.System_String) && IsKept(property.Type) && IsUsers(property);

    /// <summary>What a member of a record reads that the compiler wrote: all fields of it.</summary>
    public static ImmutableArray<StateRead> OfRecord(INamedTypeSymbol record) =>
    [
        .. record.GetMembers().Where(m => m is { IsStatic: false, IsImplicitlyDeclared: false } && !record.IsValueType && IsMutable(m))
            .Select(m => new StateRead(StateRoot.This, StateKind.Value, "", m.Name, m, [m], m.Locations[0])),
    ];

    private IEnumerable<StateRead> Find()
    {
        foreach (SyntaxNode node in declaration.DescendantNodes())
        {
            if (node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax name })
                _assigned.Add(name.Identifier.Text);
        }
        foreach (SyntaxNode node in declaration.DescendantNodes())
        {
            if (node is FieldExpressionSyntax && declaration is AccessorDeclarationSyntax or ArrowExpressionClauseSyntax && model.GetDeclaredSymbol(new MemberBody(declaration).Property!) is IPropertySymbol property)
                yield return OfBackingField(property, node);
            if (node is not SimpleNameSyntax name)
                continue;
            bool matches = name.Parent is NameColonSyntax { Parent: SubpatternSyntax } || IsInExtendedPattern(name);
            if (!matches && (!MethodFacts.IsMethodName(name) || !IsRead(name)))
                continue;
            ISymbol? member = Names.SymbolOf(name, model);
            // A parameter of a primary constructor is a field without a name that a twin could write.
            if (member is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } && declaration is not ConstructorDeclarationSyntax)
                yield return new StateRead(StateRoot.Elsewhere, StateKind.Value, "", name.ToString(), member, [], name.GetLocation());
            if (IsCollection(member) && !StateWrites.IsContentChanged(Names.AccessOf(name)) && !FixedContents.Is(member!))
            {
                if (Read(name, member!, StateKind.Content) is { } content)
                    yield return content;
            }
            bool computes = IsComputed(member);
            if (Clocks.Is(member))
                yield return new StateRead(StateRoot.Elsewhere, StateKind.Clock, "", name.ToString(), member!, [], name.GetLocation());
            if (FrameworkState.IsRead(member, out string? compared) && !StartsNew(OwnerOf(name)) && Read(name, member!, StateKind.Value) is { } kept)
            {
                yield return kept.IsComparable && compared is not null
                    ? kept with { Path = kept.Path.Substring(0, kept.Path.Length - name.ToString().Length) + compared }
                    : kept with { Root = StateRoot.Elsewhere, Kind = StateKind.Clock };
                continue;
            }
            // A member of a struct is a part of the place that holds the struct.
            if (!(computes || IsMutable(member)) || member is { IsStatic: false, ContainingType.IsValueType: true } || IsWrittenFirst(name, member!))
                continue;
            if (Read(name, member!, computes ? StateKind.Computed : StateKind.Value) is { } read)
                yield return read;
        }
    }

    private StateRead? Read(SimpleNameSyntax name, ISymbol member, StateKind kind)
    {
        string parameter = "";
        string path = name.ToString();
        var links = ImmutableArray.CreateBuilder<ISymbol>();
        links.Add(member);
        if ((member.IsStatic ? Static(member, ref path) : RootOf(name, ref path, ref parameter, links)) is not { } root)
            return null;
        // What a constructor reads of its own object belongs to nobody else yet.
        if (root == StateRoot.This && declaration is ConstructorDeclarationSyntax or EqualsValueClauseSyntax)
            return null;
        // A getter of the own object runs as it is written, unless it is overridden: what it reads is named instead.
        if (kind == StateKind.Computed && root == StateRoot.This && links.Count == 1 && IsDeclaredAround(member) && member is { IsVirtual: false, IsAbstract: false, IsOverride: false })
            return null;
        // A value of an unknown type cannot become "null if the path breaks off". What holds tensors is no key.
        if (path.Contains("?") && member is IFieldSymbol or IPropertySymbol && TypeOf(member).TypeKind == TypeKind.TypeParameter || (kind == StateKind.Content && !IsComparedByContent(TypeOf(member))))
            root = StateRoot.Elsewhere;
        // A struct is a copy of what the caller keeps.
        if (root == StateRoot.This && links[links.Count - 1].ContainingType.IsValueType)
            root = StateRoot.Elsewhere;
        return new StateRead(root, kind, parameter, path, member, links.ToImmutable(), name.GetLocation());
    }

    // A tensor in a field that a statement of the body assigns ahead of all uses: what was there before is never seen. Code in lambdas may run at any time.
    private bool IsWrittenFirst(SimpleNameSyntax name, ISymbol member)
    {
        if (!TypeOf(member).IsTensor() || declaration is not MethodDeclarationSyntax { Body: { } body })
            return false;
        var uses = body.DescendantNodes().OfType<IdentifierNameSyntax>().Where(use => use.Identifier.ValueText == name.Identifier.ValueText).ToList();
        if (uses.Exists(use => use.Ancestors().TakeWhile(node => node != body).Any(node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
            return false;
        SyntaxNode first = uses[0].Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own : uses[0];
        return first.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax statement } assignment
            && assignment.Left == first && statement.Parent == body && uses.TrueForAll(use => use == uses[0] || !assignment.Contains(use))
            && SymbolEqualityComparer.Default.Equals(Names.SymbolOf(uses[0], model), member);
    }

    private static StateRead OfBackingField(IPropertySymbol property, SyntaxNode use)
    {
        string path = property.Name;
        StateRoot root = !property.IsIndexer && IsValue(property.Type) ? property.IsStatic ? Static(property, ref path) : StateRoot.This : StateRoot.Elsewhere;
        return new StateRead(root, StateKind.Computed, "", path, property, [property], use.GetLocation());
    }

    private bool IsDeclaredAround(ISymbol member) =>
        model.GetEnclosingSymbol(declaration.SpanStart)?.ContainingType is { } type && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, member.ContainingType.OriginalDefinition);

    /// <summary>True for a property with a getter that somebody wrote and whose result can be compared.</summary>
    private static bool IsComputed(ISymbol? member) =>
        member is IPropertySymbol { IsIndexer: false, GetMethod: { } getter } property && IsValue(property.Type) && IsKept(property.Type) && IsUsers(property) && !IsMutable(property)
        && property.ContainingType is { TypeKind: not TypeKind.Interface, IsAnonymousType: false } && !IsFixed(property, getter);

    // A getter in another assembly may read whatever it likes.
    private static bool IsFixed(IPropertySymbol property, IMethodSymbol getter) => property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
    {
        PropertyDeclarationSyntax { ExpressionBody.Expression: { } value } => value is LiteralExpressionSyntax,
        PropertyDeclarationSyntax { AccessorList: { } accessors } => property.IsAbstract ? false : accessors.Accessors.All(a => a.Body is null && a.ExpressionBody is null),
        // Whether there is a setter that cannot be called from here is not known.
        null => property.SetMethod is { IsInitOnly: true } && IsCompilersOwn(getter),
        _ => true,
    };

    private static bool IsCompilersOwn(IMethodSymbol getter) => getter.GetAttributes().Any(a => a.AttributeClass?.Name == "CompilerGeneratedAttribute");

    private static bool IsValue(ITypeSymbol type) => (type.IsValueType && !Structure.Of(type).HoldsTensor) || type.SpecialType == SpecialType.System_String;

    private static bool IsComparedByContent(ITypeSymbol type) => CollectionUse.IsCollection(type) && !Structure.Of(type).HoldsTensor;

    private static bool IsCollection(ISymbol? member) =>
        member is IFieldSymbol or IPropertySymbol { IsIndexer: false } && IsUsers(member) && TypeOf(member) is { SpecialType: not SpecialType.System_String } type
        && !type.IsTensor() && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static StateRoot Static(ISymbol member, ref string path)
    {
        path = member.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "." + path;
        return StateRoot.Static;
    }

    // this is { Inner.Rate: > 3 }
    private static bool IsInExtendedPattern(SyntaxNode name)
    {
        while (name.Parent is MemberAccessExpressionSyntax)
            name = name.Parent;
        return name.Parent is ExpressionColonSyntax { Parent: SubpatternSyntax };
    }

    /// <summary>What a pattern looks at, if it is an expression or the property of a pattern around it.</summary>
    private static ExpressionSyntax? MatchedBy(SyntaxNode subpattern)
    {
        SyntaxNode pattern = subpattern.Parent!.Parent!;
        while (pattern.Parent is ParenthesizedPatternSyntax or BinaryPatternSyntax or UnaryPatternSyntax)
            pattern = pattern.Parent;
        return pattern.Parent switch
        {
            IsPatternExpressionSyntax match => match.Expression,
            SwitchExpressionArmSyntax { Parent: SwitchExpressionSyntax match } => match.GoverningExpression,
            CasePatternSwitchLabelSyntax { Parent.Parent: SwitchStatementSyntax match } => match.Expression,
            SubpatternSyntax { ExpressionColon: NameColonSyntax outer } => outer.Name,
            SubpatternSyntax { ExpressionColon: ExpressionColonSyntax outer } => outer.Expression,
            _ => null,
        };
    }

    private static SubpatternSyntax? SubpatternOf(SimpleNameSyntax name) => name.Parent switch
    {
        NameColonSyntax { Parent: SubpatternSyntax part } => part,
        ExpressionColonSyntax { Parent: SubpatternSyntax part } => part,
        MemberAccessExpressionSyntax access when access.Name != name && IsInExtendedPattern(access) => access.Ancestors().OfType<SubpatternSyntax>().First(),
        _ => null,
    };

    /// <summary>Walks from a member to the left, as long as fields and properties follow each other; null if the object is the method's own make.</summary>
    private StateRoot? RootOf(SimpleNameSyntax name, ref string path, ref string parameter, ImmutableArray<ISymbol>.Builder links)
    {
        if (!TryOwner(name, out ExpressionSyntax? owner))
            return StateRoot.Elsewhere;
        while (owner is not null)
        {
            owner = Bare(owner);
            switch (owner)
            {
                case ThisExpressionSyntax or BaseExpressionSyntax:
                    return StateRoot.This;
                case SimpleNameSyntax or MemberAccessExpressionSyntax or MemberBindingExpressionSyntax:
                    break;
                default:
                    return StateRoot.Elsewhere;
            }
            switch (model.GetSymbolInfo(owner).Symbol)
            {
                case IParameterSymbol own when IsOwn(own):
                    parameter = own.Name;
                    return StateRoot.Parameter;
                case { } link and (IFieldSymbol or IPropertySymbol { IsIndexer: false }):
                    SimpleNameSyntax linkName = NameOf(owner);
                    path = $"{linkName}{(TypeOf(link).IsValueType ? "" : "?")}.{path}";
                    links.Add(link);
                    if (link.IsStatic)
                        return Static(link, ref path);
                    if (!TryOwner(linkName, out owner))
                        return StateRoot.Elsewhere;
                    break;
                case ILocalSymbol local when IsMadeHere(local):
                    return null;
                default:
                    return StateRoot.Elsewhere;
            }
        }
        return StateRoot.This;
    }

    private static ITypeSymbol TypeOf(ISymbol member) => member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type;

    // A parameter of a lambda is another value at each call of it, and one that is assigned is no longer the argument.
    private bool IsOwn(IParameterSymbol parameter) =>
        parameter.ContainingSymbol is IMethodSymbol { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) } owner
        && (owner.MethodKind != MethodKind.Constructor || declaration is ConstructorDeclarationSyntax) && (parameter.Type.IsReferenceType || FrameworkState.IsToken(parameter.Type)) && !_assigned.Contains(parameter.Name);

    private bool IsMadeHere(ILocalSymbol local) => StagedMembers.StartsNew(local) && !_assigned.Contains(local.Name);

    /// <summary>What stands in front of a member's name, or what the pattern with the name looks at (which may be no expression); null if nothing does.</summary>
    private static bool TryOwner(SimpleNameSyntax name, out ExpressionSyntax? owner)
    {
        if (SubpatternOf(name) is not { } part)
        {
            owner = OwnerOf(name);
            return true;
        }
        owner = MatchedBy(part);
        return owner is not null;
    }

    // new StringBuilder().Append(x).Length
    private static bool StartsNew(ExpressionSyntax? owner) => owner switch
    {
        BaseObjectCreationExpressionSyntax => true,
        InvocationExpressionSyntax call => StartsNew(call.Expression),
        MemberAccessExpressionSyntax access => StartsNew(access.Expression),
        ParenthesizedExpressionSyntax inner => StartsNew(inner.Expression),
        _ => false,
    };

    private static ExpressionSyntax? OwnerOf(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access when access.Name == name => access.Expression,
        MemberBindingExpressionSyntax binding => binding.Ancestors().OfType<ConditionalAccessExpressionSyntax>().First(a => a.WhenNotNull.Span.Contains(binding.Span)).Expression,
        _ => null,
    };

    private static SimpleNameSyntax NameOf(ExpressionSyntax member) => member switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => (SimpleNameSyntax)member,
    };

    private static ExpressionSyntax Bare(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => Bare(inner.Expression),
        PostfixUnaryExpressionSyntax unary when unary.IsKind(SyntaxKind.SuppressNullableWarningExpression) => Bare(unary.Operand),
        ConditionalAccessExpressionSyntax access => Bare(access.WhenNotNull),
        _ => expression,
    };

    /// <summary>False where a name is only written to, or only named.</summary>
    private static bool IsRead(SimpleNameSyntax name)
    {
        ExpressionSyntax access = Names.AccessOf(name);
        return access.Parent switch
        {
            AssignmentExpressionSyntax assignment when assignment.Left == access => !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression),
            ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.OutKeyword } => false,
            ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } } => false,
            ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax swap } tuple } => swap.Left != tuple,
            NameEqualsSyntax or NameColonSyntax => false,
            _ => true,
        };
    }

    private static bool IsKept(ITypeSymbol type) =>
        !type.IsRefLikeType && type.TypeKind is not (TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Error);

    private static bool IsAuto(IPropertySymbol property)
    {
        if (property.ContainingType.ContainingNamespace.Name == "Threading" && property.Name == "Value")
            return true;
        // In another assembly: a value that can be set from here, or what the compiler says that it wrote.
        if (property.DeclaringSyntaxReferences.IsEmpty)
            return property is { SetMethod: { } setter, GetMethod: { } getter } && ((setter.DeclaredAccessibility == Accessibility.Public && property.Type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String) || IsCompilersOwn(getter));
        return property.DeclaringSyntaxReferences[0].GetSyntax() is PropertyDeclarationSyntax { ExpressionBody: null, AccessorList: { } accessors }
            && accessors.Accessors.All(a => a.Body is null && a.ExpressionBody is null) && !property.IsAbstract;
    }

    // What the framework and this library keep is theirs to get right, but for what the framework keeps for others.
    private static bool IsUsers(ISymbol member)
    {
        if (member is { Name: "Value", ContainingType: { Name: "AsyncLocal" or "ThreadLocal" or "StrongBox", Arity: 1 } })
            return true;
        INamespaceSymbol? space = member.ContainingType.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name is not ("System" or "Microsoft") && !member.ContainingType.IsTupleType && member.ContainingAssembly.Name != "TensorGraph";
    }
}
