using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// A method that is called; on the caller's own instance, on an object that the caller just made, or on another one. By its name, so that a twin
/// calls the twin of it, or in another way.
/// </summary>
internal readonly record struct Callee(IMethodSymbol Method, bool OnThis, bool OnNew = false, bool IsNamed = false);

/// <summary>
/// A field or property that is written, a tensor or a C# value; of the caller's own instance (or static), or of another object. Or what holds a
/// collection whose <paramref name="Content"/> is changed: a member, a parameter, or a local that names an older one.
/// </summary>
internal readonly record struct WrittenMember(ISymbol Member, bool OnThis, bool Content = false);

/// <summary>What one method does by itself: is any of its control flow staged, has it a C# loop that records nodes, what does it call, which tensor members does it write, which C# state does it read,
/// and what may run that it does not call itself.</summary>
internal sealed record MethodFacts(
    bool IsStaged, bool Unrolls, ImmutableArray<Callee> Callees, ImmutableArray<WrittenMember> MembersWritten, ImmutableArray<StateRead> StateReads, ImmutableArray<Callee> CalledByOthers)
{
    public static readonly MethodFacts None = new(false, false, [], [], [], []);

    public static MethodFacts Of(SyntaxNode declaration, SemanticModel model)
    {
        bool staged = false, unrolls = false;
        HashSet<Callee> callees = [], others = [];
        foreach (SyntaxNode node in WhileTracing(declaration))
        {
            staged = staged || Staging.IsStaged(node, model);
            unrolls = unrolls || Staging.Unrolls(node, model);
            foreach (IMethodSymbol callee in CalledBy(node, model))
                callees.Add(new Callee(CallGraph.Definition(callee), callee.IsStatic || IsOnThis(node), IsOnNew(node, model), IsNamed(node, callee)));
            foreach (IMethodSymbol callee in CallsOfOthers.Of(node, model))
                others.Add(new Callee(CallGraph.Definition(callee), IsOnThis(node)));
        }
        ImmutableArray<WrittenMember> written = [.. MemberWrites.In([declaration], model)
            .Where(w => w.Member is not null && (IsState(w.Type) || !IsMadeOnDemand(w)) && !IsOfNewObject(w.Target, model))
            .Select(w => new WrittenMember(w.Member!, w.Member!.IsStatic || IsOnThis(w.Target)))
            .Concat(ContentChanges.In(declaration, model))];
        return new MethodFacts(staged, unrolls, [.. callees], written, Analyzers.StateReads.Of(declaration, model), [.. others]);
    }

    /// <summary>The facts of a constructor together with those of the initialisers that it runs, and the base constructor that it calls without a word.</summary>
    public MethodFacts With(IEnumerable<MethodFacts> initializers, IMethodSymbol? baseConstructor)
    {
        MethodFacts[] all = [this, .. initializers];
        IEnumerable<Callee> callees = all.SelectMany(f => f.Callees);
        if (baseConstructor is not null)
            callees = callees.Append(new Callee(baseConstructor, OnThis: true));
        return new MethodFacts(all.Any(f => f.IsStaged), all.Any(f => f.Unrolls), [.. callees.Distinct()], [.. all.SelectMany(f => f.MembersWritten)], [.. all.SelectMany(f => f.StateReads)], [.. all.SelectMany(f => f.CalledByOthers)]);
    }

    private static bool IsNamed(SyntaxNode node, IMethodSymbol callee) =>
        node is SimpleNameSyntax name && callee.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension && name.Identifier.ValueText == callee.Name;

    /// <summary>The facts of a member of a record that the compiler wrote.</summary>
    public static MethodFacts OfRecord(INamedTypeSymbol record) => None with { StateReads = Analyzers.StateReads.OfRecord(record) };

    /// <summary>True for <c>Member</c> and <c>this.Member</c>, and for what is done to <c>this</c> without a name.</summary>
    public static bool IsOnThis(SyntaxNode node) => node switch
    {
        AssignmentExpressionSyntax { Left: TupleExpressionSyntax or DeclarationExpressionSyntax } assignment => assignment.Right is ThisExpressionSyntax,
        CommonForEachStatementSyntax loop => loop.Expression is ThisExpressionSyntax,
        RecursivePatternSyntax { Parent: IsPatternExpressionSyntax match } => match.Expression is ThisExpressionSyntax,
        InterpolationSyntax hole => hole.Expression is ThisExpressionSyntax,
        SimpleNameSyntax { Parent: NameColonSyntax { Parent: SubpatternSyntax { Parent.Parent: { } pattern } } } => IsOnThis(pattern),
        SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access } when access.Name == node => access.Expression is ThisExpressionSyntax or BaseExpressionSyntax,
        SimpleNameSyntax { Parent: MemberBindingExpressionSyntax } => false,
        SimpleNameSyntax => true,
        MemberAccessExpressionSyntax access => access.Expression is ThisExpressionSyntax or BaseExpressionSyntax,
        ElementAccessExpressionSyntax access => access.Expression is ThisExpressionSyntax or BaseExpressionSyntax,
        _ => node is ConstructorInitializerSyntax,
    };

    private static bool IsOnNew(SyntaxNode node, SemanticModel model) => node switch
    {
        SimpleNameSyntax name => IsOfNewObject(Names.AccessOf(name), model),
        ElementAccessExpressionSyntax access => IsOfNewObject(access, model),
        _ => node is BaseObjectCreationExpressionSyntax,
    };

    /// <summary>True for an object that is made when its field is still null, which is no state that a call changes.</summary>
    public static bool IsMadeOnDemand(MemberWrite write)
    {
        return write.Target.Parent.IsKind(SyntaxKind.CoalesceAssignmentExpression)
            || (write.Target.Parent is AssignmentExpressionSyntax { Right: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } value } && Mentions(value.Left))
            || write.Target.Ancestors().OfType<IfStatementSyntax>().Any(branch => Mentions(branch.Condition));

        bool Mentions(SyntaxNode node) => node.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText == write.Member!.Name);
    }

    /// <summary>True for a value that a trace holds as it is: a change of it is a change of state.</summary>
    public static bool IsState(ITypeSymbol type) => type.IsValueType || type.SpecialType == SpecialType.System_String || Structure.Of(type).HoldsTensor;

    /// <summary>True if the written object was made by the method itself: its local never held another one.</summary>
    public static bool IsOfNewObject(ExpressionSyntax target, SemanticModel model) =>
        (target as MemberAccessExpressionSyntax)?.Expression is { } owner && IsNewLocal(owner, model)
        || (target as ElementAccessExpressionSyntax)?.Expression is { } indexed && IsNewLocal(indexed, model);

    private static bool IsNewLocal(ExpressionSyntax owner, SemanticModel model) => owner is IdentifierNameSyntax name && model.GetSymbolInfo(name).Symbol is ILocalSymbol local
        && local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax, Parent.Parent.Parent: { } scope }
        && !scope.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is IdentifierNameSyntax other && other.Identifier.ValueText == local.Name);

    /// <summary>Everything in a declaration that runs while tracing: not the delegate of an Ops.HostCall, which runs on tensors that have values.</summary>
    public static IEnumerable<SyntaxNode> WhileTracing(SyntaxNode declaration) => declaration.DescendantNodes(node => !HostCode.Is(node)).Where(node => !HostCode.Is(node));

    /// <summary>The methods that a node calls or makes a delegate of.</summary>
    public static IEnumerable<IMethodSymbol> CalledBy(SyntaxNode node, SemanticModel model)
    {
        IEnumerable<IMethodSymbol> called = node switch
        {
            SimpleNameSyntax name when IsMethodName(name) || name.Parent is NameColonSyntax { Parent: SubpatternSyntax } => Names.SymbolOf(name, model) switch
            {
                IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension } method => [method],
                IPropertySymbol property => Accessors(property, name.Parent is MemberBindingExpressionSyntax binding ? binding : Names.AccessOf(name)),
                _ => [],
            },
            ElementAccessExpressionSyntax or ElementBindingExpressionSyntax => model.GetSymbolInfo(node).Symbol is IPropertySymbol indexer ? Accessors(indexer, (ExpressionSyntax)node) : [],
            BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax => model.GetSymbolInfo(node).Symbol is IMethodSymbol constructor ? [constructor] : [],
            BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax or AssignmentExpressionSyntax =>
                model.GetSymbolInfo(node).Symbol is IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator } op ? [op] : [],
            CastExpressionSyntax => model.GetSymbolInfo(node).Symbol is IMethodSymbol { MethodKind: MethodKind.Conversion } conversion ? [conversion] : [],
            _ => [],
        };
        return node is ExpressionSyntax expression && ImplicitCalls.Conversion(expression, model) is { } converts ? called.Append(converts) : called.Concat(ImplicitCalls.Of(node, model));
    }

    private static IEnumerable<IMethodSymbol> Accessors(IPropertySymbol property, ExpressionSyntax use)
    {
        bool assigned = (use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use) || IsInAssignedTuple(use);
        if (property.GetMethod is { } getter && !(assigned && use.Parent is ArgumentSyntax or AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression }))
            yield return getter;
        bool counted = use.Parent.IsKind(SyntaxKind.PreIncrementExpression) || use.Parent.IsKind(SyntaxKind.PreDecrementExpression)
            || use.Parent.IsKind(SyntaxKind.PostIncrementExpression) || use.Parent.IsKind(SyntaxKind.PostDecrementExpression);
        if (property.SetMethod is { } setter && (assigned || counted))
            yield return setter;
    }

    /// <summary>True for the parts of <c>(a, b) = …</c>.</summary>
    public static bool IsInAssignedTuple(SyntaxNode use)
    {
        while (use.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax tuple })
            use = tuple;
        return use is TupleExpressionSyntax && use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use;
    }

    /// <summary>False where a name can only be a type, a label or the name of an argument.</summary>
    public static bool IsMethodName(SimpleNameSyntax name) =>
        name.Parent is not (NameColonSyntax or TypeArgumentListSyntax or QualifiedNameSyntax or VariableDeclarationSyntax or ParameterSyntax or BaseTypeSyntax
            or GotoStatementSyntax or TypeConstraintSyntax or NullableTypeSyntax or ArrayTypeSyntax or TupleElementSyntax)
        && !(name.Parent is CastExpressionSyntax cast && cast.Type == name);
}
