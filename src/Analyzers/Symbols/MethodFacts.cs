using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>A method that is called; on the caller's own instance, or on another object.</summary>
internal readonly record struct Callee(IMethodSymbol Method, bool OnThis);

/// <summary>
/// A field or property that is written, a tensor or a C# value; of the caller's own instance (or static), or of another object. Or what holds a
/// collection whose <paramref name="Content"/> is changed: a member, a parameter, or a local that names an older one.
/// </summary>
internal readonly record struct WrittenMember(ISymbol Member, bool OnThis, bool Content = false);

/// <summary>What one method does by itself: is any of its control flow staged, has it a C# loop that records nodes, what does it call, which tensor members does it write, which C# state does it read.</summary>
internal sealed record MethodFacts(bool IsStaged, bool Unrolls, ImmutableArray<Callee> Callees, ImmutableArray<WrittenMember> MembersWritten, ImmutableArray<StateRead> StateReads)
{
    public static readonly MethodFacts None = new(false, false, [], [], []);

    public static MethodFacts Of(SyntaxNode declaration, SemanticModel model)
    {
        bool staged = false, unrolls = false;
        var callees = new HashSet<Callee>();
        foreach (SyntaxNode node in WhileTracing(declaration))
        {
            staged = staged || Staging.IsStaged(node, model);
            unrolls = unrolls || Staging.Unrolls(node, model);
            foreach (IMethodSymbol callee in CalledBy(node, model))
                callees.Add(new Callee(CallGraph.Definition(callee), callee.IsStatic || IsOnThis(node)));
        }
        ImmutableArray<WrittenMember> written = [.. MemberWrites.In([declaration], model)
            .Where(w => w.Member is not null && IsState(w.Type) && !IsOfNewObject(w.Target, model))
            .Select(w => new WrittenMember(w.Member!, w.Member!.IsStatic || IsOnThis(w.Target)))
            .Concat(ContentChanges.In(declaration, model))];
        return new MethodFacts(staged, unrolls, [.. callees], written, Analyzers.StateReads.Of(declaration, model));
    }

    /// <summary>True for <c>Member</c> and <c>this.Member</c>.</summary>
    public static bool IsOnThis(SyntaxNode node) => node switch
    {
        SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access } when access.Name == node => access.Expression is ThisExpressionSyntax or BaseExpressionSyntax,
        SimpleNameSyntax { Parent: MemberBindingExpressionSyntax } => false,
        SimpleNameSyntax => true,
        MemberAccessExpressionSyntax access => access.Expression is ThisExpressionSyntax or BaseExpressionSyntax,
        _ => false,
    };

    // An object that is made when its field is still null is no state that a call changes.
    public static bool IsState(ITypeSymbol type) => type.IsValueType || type.SpecialType == SpecialType.System_String || Structure.Of(type).HoldsTensor;

    /// <summary>True if the written object was made by the method itself: its local never held another one.</summary>
    public static bool IsOfNewObject(ExpressionSyntax target, SemanticModel model) =>
        target is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax name } && model.GetSymbolInfo(name).Symbol is ILocalSymbol local
        && local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax, Parent.Parent.Parent: { } scope }
        && !scope.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is IdentifierNameSyntax other && other.Identifier.ValueText == local.Name);

    /// <summary>Everything in a declaration that runs while tracing: not the delegate of an Ops.HostCall, which runs on tensors that have values.</summary>
    public static IEnumerable<SyntaxNode> WhileTracing(SyntaxNode declaration) => declaration.DescendantNodes(node => !IsHostCallDelegate(node)).Where(node => !IsHostCallDelegate(node));

    /// <summary>True for the first argument of Ops.HostCall. By name, which is all that a syntax tree knows.</summary>
    public static bool IsHostCallDelegate(SyntaxNode node) =>
        node is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } arguments } && arguments.Arguments[0] == node
        && call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Ops" } or MemberAccessExpressionSyntax { Name.Identifier.Text: "Ops" }, Name.Identifier.Text: "HostCall" };

    /// <summary>The methods that a node calls or makes a delegate of.</summary>
    public static IEnumerable<IMethodSymbol> CalledBy(SyntaxNode node, SemanticModel model) => node switch
    {
        SimpleNameSyntax name when IsMethodName(name) => Names.SymbolOf(name, model) switch
        {
            IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension } method => [method],
            IPropertySymbol property => Accessors(property, Names.AccessOf(name)),
            _ => [],
        },
        ElementAccessExpressionSyntax element => model.GetSymbolInfo(element).Symbol is IPropertySymbol indexer ? Accessors(indexer, element) : [],
        BaseObjectCreationExpressionSyntax creation => model.GetSymbolInfo(creation).Symbol is IMethodSymbol constructor ? [constructor] : [],
        BinaryExpressionSyntax or PrefixUnaryExpressionSyntax => model.GetSymbolInfo(node).Symbol is IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator } op ? [op] : [],
        _ => [],
    };

    private static IEnumerable<IMethodSymbol> Accessors(IPropertySymbol property, ExpressionSyntax use)
    {
        bool assigned = use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use;
        if (property.GetMethod is { } getter && !(assigned && use.Parent.IsKind(SyntaxKind.SimpleAssignmentExpression)))
            yield return getter;
        bool counted = use.Parent.IsKind(SyntaxKind.PreIncrementExpression) || use.Parent.IsKind(SyntaxKind.PreDecrementExpression) || use.Parent is PostfixUnaryExpressionSyntax;
        if (property.SetMethod is { } setter && (assigned || counted))
            yield return setter;
    }

    /// <summary>False where a name can only be a type, a label or the name of an argument.</summary>
    public static bool IsMethodName(SimpleNameSyntax name) =>
        name.Parent is not (NameColonSyntax or TypeArgumentListSyntax or QualifiedNameSyntax or VariableDeclarationSyntax or ParameterSyntax or BaseTypeSyntax
            or GotoStatementSyntax or TypeConstraintSyntax or CastExpressionSyntax or NullableTypeSyntax or ArrayTypeSyntax or TupleElementSyntax);
}
