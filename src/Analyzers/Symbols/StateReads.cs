using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Where the path to a member begins: at the method's own object, at a parameter, at nothing (a static member), or somewhere that cannot be named
/// at the start of the method. <see cref="Content"/> stands for what lies in a collection.
/// </summary>
internal enum StateRoot { This, Parameter, Static, Elsewhere, Content }

/// <summary>
/// A read of a field or property that can change between two calls: C# state that a trace freezes. <paramref name="Path"/> leads to it from
/// the root (from a parameter without its name).
/// </summary>
internal readonly record struct StateRead(StateRoot Root, string Parameter, string Path, ISymbol Member, Location Place)
{
    /// <summary>True if a twin can name it, so that a later call can compare its value.</summary>
    public bool IsComparable => Root is StateRoot.This or StateRoot.Parameter or StateRoot.Static;

    public string Name => Member.ContainingType.Name + "." + Member.Name;
}

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

    private IEnumerable<StateRead> Find()
    {
        foreach (SyntaxNode node in declaration.DescendantNodes())
        {
            if (node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax name })
                _assigned.Add(name.Identifier.Text);
        }
        foreach (SyntaxNode node in declaration.DescendantNodes())
        {
            if (node is SubpatternSyntax { NameColon.Name: { } part } && model.GetSymbolInfo(part).Symbol is { } matched && IsMutable(matched) && !matched.ContainingType.IsValueType)
                yield return new StateRead(StateRoot.Elsewhere, "", part.ToString(), matched, part.GetLocation());
            if (node is not SimpleNameSyntax name || !MethodFacts.IsMethodName(name) || !IsRead(name))
                continue;
            ISymbol? member = Names.SymbolOf(name, model);
            // A parameter of a primary constructor is a field without a name that a twin could write.
            if (member is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } && declaration is not ConstructorDeclarationSyntax)
                yield return new StateRead(StateRoot.Elsewhere, "", name.ToString(), member, name.GetLocation());
            if (IsCollection(member) && !StateWrites.IsContentChanged(Names.AccessOf(name)))
                yield return new StateRead(StateRoot.Content, "", name.ToString(), member!, name.GetLocation());
            // A member of a struct is a part of the place that holds the struct.
            if (!IsMutable(member) || member is { IsStatic: false, ContainingType.IsValueType: true })
                continue;
            string parameter = "";
            string path = name.ToString();
            if ((member!.IsStatic ? Static(member, ref path) : RootOf(name, ref path, ref parameter)) is not { } root)
                continue;
            // What a constructor reads of its own object belongs to nobody else yet.
            if (root == StateRoot.This && declaration is ConstructorDeclarationSyntax or EqualsValueClauseSyntax)
                continue;
            // A value of an unknown type cannot become "null if the path breaks off".
            if (path.Contains("?") && TypeOf(member).TypeKind == TypeKind.TypeParameter)
                root = StateRoot.Elsewhere;
            yield return new StateRead(root, parameter, path, member, name.GetLocation());
        }
    }

    private static bool IsCollection(ISymbol? member) =>
        member is IFieldSymbol or IPropertySymbol { IsIndexer: false } && IsUsers(member) && TypeOf(member) is { SpecialType: not SpecialType.System_String } type
        && !type.IsTensor() && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static StateRoot Static(ISymbol member, ref string path)
    {
        path = member.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "." + path;
        return StateRoot.Static;
    }

    /// <summary>Walks from a member to the left, as long as fields and properties follow each other; null if the object is the method's own make.</summary>
    private StateRoot? RootOf(SimpleNameSyntax name, ref string path, ref string parameter)
    {
        ExpressionSyntax? owner = OwnerOf(name);
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
                    if (link.IsStatic)
                        return Static(link, ref path);
                    owner = OwnerOf(linkName);
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
        parameter.ContainingSymbol is IMethodSymbol { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) } && parameter.Type.IsReferenceType && !_assigned.Contains(parameter.Name);

    private bool IsMadeHere(ILocalSymbol local) => StagedMembers.StartsNew(local) && !_assigned.Contains(local.Name);

    /// <summary>What stands in front of a member's name; null if nothing does.</summary>
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
        if (property.DeclaringSyntaxReferences.IsEmpty)
            return property.SetMethod?.DeclaredAccessibility == Accessibility.Public && property.Type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String;
        return property.DeclaringSyntaxReferences[0].GetSyntax() is PropertyDeclarationSyntax { ExpressionBody: null, AccessorList: { } accessors }
            && accessors.Accessors.All(a => a.Body is null && a.ExpressionBody is null) && !property.IsAbstract;
    }

    // What the framework and this library keep is theirs to get right.
    private static bool IsUsers(ISymbol member)
    {
        INamespaceSymbol? space = member.ContainingType.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name is not ("System" or "Microsoft") && !member.ContainingType.IsTupleType && member.ContainingAssembly.Name != "TensorGraph";
    }
}
