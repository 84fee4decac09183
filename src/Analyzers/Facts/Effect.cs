using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The kinds of effects: code reads or writes a place, changes the content of a collection or the state of an object of the framework, or runs a
/// method.
/// </summary>
internal enum EffectKind { Read, Write, Fill, Advance, Call }

/// <summary>
/// How a method is run: by its name, which a twin may replace; by an expression of its own (an accessor, operator or constructor); by the compiler,
/// for a conversion, a deconstruction, <c>foreach</c> or <c>using</c>; or by code that gets the object (<c>ToString</c> for text, <c>CompareTo</c> to
/// sort).
/// </summary>
internal enum CallForm { Named, Unnamed, Implicit, Callback }

/// <summary>
/// One thing that code does, at a place: of a call, the object that it is made on. <paramref name="Syntax"/> is the name of what is read or called,
/// and the whole target of a write.
/// </summary>
internal readonly record struct Effect(EffectKind Kind, Place At, SyntaxNode Syntax)
{
    /// <summary>The method that is called, or that changes the collection or object.</summary>
    public IMethodSymbol? Callee { get; init; }

    public CallForm Form { get; init; }

    /// <summary>The lambda or local function that does it, if not the code itself.</summary>
    public SyntaxNode? Function { get; init; }

    /// <summary>True in the delegate of an Ops.HostCall, which runs with the graph, on tensors that have values.</summary>
    public bool IsOnHost { get; init; }

    /// <summary>Of a variable that is written: where its object comes from, as far as the code tells.</summary>
    public ImmutableArray<Place> Origins { get; init; }

    /// <summary>True for a declaration that starts with an object which is made there.</summary>
    public bool StartsNew => Syntax is VariableDeclaratorSyntax && Origins is { IsDefault: false, Length: 1 } && Origins[0].Kind == PlaceKind.New;

    /// <summary>True for a method of the framework that changes the collection or object which it is called on.</summary>
    public bool IsChangeByFramework => Kind == EffectKind.Advance || (Kind == EffectKind.Fill && Callee.Has(ApiTraits.Changes));

    /// <summary>True for a write to a field, property or element; those of a struct in a variable are parts of the variable.</summary>
    public bool IsWriteOfMember =>
        Kind == EffectKind.Write && (At.Kind is PlaceKind.Member or PlaceKind.Static or PlaceKind.Element) && At.Variable is null;

    /// <summary>
    /// The call that changes the collection or object itself, not one that it is in; the whole of <c>items?.Add(x)</c>, which may be skipped.
    /// </summary>
    public ExpressionSyntax? ChangingCall
    {
        get
        {
            SyntaxNode collection = Syntax;
            while (collection.Parent is ParenthesizedExpressionSyntax || collection.Parent.IsKind(SyntaxKind.SuppressNullableWarningExpression))
                collection = collection.Parent!;
            return collection.Parent switch
            {
                MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } => call,
                ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax } access => access,
                ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } => call,
                _ => null,
            };
        }
    }

    /// <summary>The part of a change by the framework that a message shows: <c>items.Add</c>.</summary>
    public SyntaxNode ChangedBy => ChangingCall switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access,
        { } call => call,
        null => Syntax is SimpleNameSyntax name ? Names.AccessOf(name) : Syntax,
    };

    /// <summary>True for a write that replaces the whole value, and that no condition within the statement skips.</summary>
    public bool IsDefinite { get; init; }
}
