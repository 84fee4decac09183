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

/// <summary>Facts about one method by itself: is any of its control flow staged, has it a C# loop that records nodes, what does it call, which tensor
/// members does it write, which C# state does it read, and what may run that it does not call itself.</summary>
internal sealed record MethodFacts(
    bool IsStaged, bool Unrolls, ImmutableArray<Callee> Callees, ImmutableArray<WrittenMember> MembersWritten, ImmutableArray<StateRead> StateReads,
    ImmutableArray<Callee> CalledByOthers)
{
    public static readonly MethodFacts None = new(false, false, [], [], [], []);

    public static MethodFacts Of(SyntaxNode declaration, SemanticModel model)
    {
        var effects = Effects.Of(declaration, model);
        bool staged = false, unrolls = false;
        foreach (SyntaxNode node in WhileTracing(declaration, model))
        {
            staged = staged || Staging.IsStaged(node, model);
            unrolls = unrolls || Staging.Unrolls(node, model);
        }
        HashSet<Callee> callees = [], callbacks = [];
        var written = new List<WrittenMember>();
        foreach (Effect effect in effects.WhileTracing)
        {
            if (effect is { Kind: EffectKind.Call, Callee: { MethodKind: not MethodKind.LocalFunction } method })
            {
                bool onThis = method.IsStatic || effect.At.Kind == PlaceKind.This;
                (effect.Form == CallForm.Callback ? callbacks : callees).Add(new Callee(CallGraph.Definition(method), onThis,
                    effects.IsNew(effect.At) || IsOnCopy(method, effect.At), effect.Form == CallForm.Named));
            }
            else if (Written(effect, effects) is { } member)
            {
                written.Add(member);
            }
        }
        return new MethodFacts(staged, unrolls, [.. callees], [.. written], Analyzers.StateReads.Of(declaration, model), [.. callbacks]);
    }

    // A struct in a variable is one that nobody else sees.
    private static bool IsOnCopy(IMethodSymbol method, Place on) => method.ContainingType.IsValueType
        && on.Variable is ILocalSymbol { RefKind: RefKind.None }
            or IParameterSymbol { RefKind: RefKind.None, ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } };

    private static WrittenMember? Written(Effect effect, Effects effects)
    {
        Place at = effect.At.Holder;
        if (effect.IsWriteOfMember)
        {
            bool isWritten = at.Symbol is IFieldSymbol or IPropertySymbol && (IsState(at.Type!) || !IsMadeOnDemand(effect))
                && !effects.IsNew(at.Owner);
            return isWritten ? new WrittenMember(at.Symbol!, at.IsOwn) : null;
        }
        // Collections that the method did not make.
        bool isFilled = effect.Kind is EffectKind.Fill or EffectKind.Advance
            && at is { Kind: PlaceKind.Variable or PlaceKind.Member or PlaceKind.Static, Type: { } type }
            && !(at.Symbol is ILocalSymbol local && IsOwn(effect, local, effects)) && IsState(effect, type);
        return isFilled ? new WrittenMember(at.Symbol!, at.IsOwn, Content: true) : null;
    }

    // What the method made; so is the enumerator that a local was given.
    private static bool IsOwn(Effect change, ILocalSymbol local, Effects effects) => effects.StartsNew(local)
        || (change.Kind == EffectKind.Advance && effects.OriginsOf(local).ToArray() is { Length: > 0 } origins && origins.All(
            origin => origin is { Kind: PlaceKind.Unknown, Symbol: IMethodSymbol { Name: "GetEnumerator" } }));

    // A list of objects that are no values may be made on demand, as layers are.
    private static bool IsState(Effect change, ITypeSymbol type) => change.Kind == EffectKind.Advance
        || (ElementOf(type) is { } element ? IsState(element) : change.IsChangeByFramework);

    private static ITypeSymbol? ElementOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments: { Length: > 0 } arguments } named when !named.IsTensor() => arguments[arguments.Length - 1],
        _ => null,
    };

    /// <summary>
    /// The facts of a constructor together with those of the initialisers that it runs, and the base constructor that it calls without a word.
    /// </summary>
    public MethodFacts With(IEnumerable<MethodFacts> initializers, IMethodSymbol? baseConstructor)
    {
        MethodFacts[] all = [this, .. initializers];
        IEnumerable<Callee> callees = all.SelectMany(f => f.Callees);
        if (baseConstructor is not null)
            callees = callees.Append(new Callee(baseConstructor, OnThis: true));
        return new MethodFacts(all.Any(f => f.IsStaged), all.Any(f => f.Unrolls), [.. callees.Distinct()],
            [.. all.SelectMany(f => f.MembersWritten)], [.. all.SelectMany(f => f.StateReads)], [.. all.SelectMany(f => f.CalledByOthers)]);
    }

    /// <summary>The facts of a member of a record that the compiler wrote.</summary>
    public static MethodFacts OfRecord(INamedTypeSymbol record) => None with { StateReads = Analyzers.StateReads.OfRecord(record) };

    /// <summary>True for an object that is made when its field is still null, which is no state that a call changes.</summary>
    public static bool IsMadeOnDemand(Effect write)
    {
        return write.Syntax.Parent.IsKind(SyntaxKind.CoalesceAssignmentExpression)
            || (write.Syntax.Parent is AssignmentExpressionSyntax { Right: BinaryExpressionSyntax value }
                && value.IsKind(SyntaxKind.CoalesceExpression)
                && Mentions(value.Left))
            || write.Syntax.Ancestors().OfType<IfStatementSyntax>().Any(branch => Mentions(branch.Condition));

        bool Mentions(SyntaxNode node) =>
            node.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText == write.At.Symbol!.Name);
    }

    /// <summary>True for a value that a trace holds as it is: a change of it is a change of state.</summary>
    public static bool IsState(ITypeSymbol type) =>
        type.IsValueType || type.SpecialType == SpecialType.System_String || Structure.Of(type).HoldsTensor;

    /// <summary>
    /// Everything in a declaration that runs while tracing: not the delegate of an Ops.HostCall, which runs on tensors that have values.
    /// </summary>
    public static IEnumerable<SyntaxNode> WhileTracing(SyntaxNode declaration, SemanticModel model)
    {
        ISet<SyntaxNode> host = HostCode.Around(declaration, model);
        return host.Count == 0 ? declaration.DescendantNodes() : declaration.DescendantNodes(n => !host.Contains(n)).Where(n => !host.Contains(n));
    }
}
