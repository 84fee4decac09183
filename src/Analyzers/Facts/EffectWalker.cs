using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds what code does, in the order of evaluation. The order is that of one pass: a loop's condition comes once, and a function where it is
/// declared.
/// </summary>
internal sealed partial class EffectWalker : OperationWalker
{
    private readonly SemanticModel _model;
    private readonly ISet<SyntaxNode> _host;
    private readonly List<Effect> _found = [];
    private int _conditional;
    private SyntaxNode? _function;
    private bool _isOnHost;

    private EffectWalker(SyntaxNode code, SemanticModel model)
    {
        _model = model;
        _host = HostCode.Around(code, model);
    }

    /// <summary>The effects of a declaration, statement or expression.</summary>
    public static IReadOnlyList<Effect> Walk(SyntaxNode code, SemanticModel model)
    {
        var walker = new EffectWalker(code, model);
        walker.Visit(code);
        return walker._found;
    }

    // Parentheses, `x!`, `checked(x)` and some declarations are no operations: their parts are.
    private void Visit(SyntaxNode node)
    {
        if (node is AttributeListSyntax or ParameterListSyntax)
            return;
        if (_model.GetOperation(node) is { } operation)
        {
            Visit(operation);
            return;
        }
        foreach (SyntaxNode part in node.ChildNodes())
            Visit(part);
    }

    public override void VisitLocalReference(ILocalReferenceOperation operation)
    {
        if (operation.IsDeclaration)
            Write(operation);
        else
            Read(operation);
    }

    public override void VisitParameterReference(IParameterReferenceOperation operation)
    {
        // The compiler's own parameters in queries are nobody's variables.
        if (!operation.Parameter.Locations.IsEmpty)
            Read(operation);
    }

    public override void VisitFieldReference(IFieldReferenceOperation operation)
    {
        Visit(operation.Instance);
        Read(operation);
    }

    public override void VisitEventReference(IEventReferenceOperation operation)
    {
        Visit(operation.Instance);
        Read(operation);
    }

    public override void VisitPropertyReference(IPropertyReferenceOperation operation)
    {
        base.VisitPropertyReference(operation);
        Read(operation);
        Call(operation.Property.GetMethod, operation.Instance, Names.Of(operation.Syntax));
    }

    public override void VisitSimpleAssignment(ISimpleAssignmentOperation operation)
    {
        VisitTarget(operation.Target);
        Visit(operation.Value);
        Write(operation.Target, origins: OriginsOf(operation.Value));
        if (operation.IsRef)
            Write(operation.Value, isCertain: false);
    }

    public override void VisitCompoundAssignment(ICompoundAssignmentOperation operation)
    {
        base.VisitCompoundAssignment(operation);
        Update(operation.Target, operation.OperatorMethod, operation.Syntax);
    }

    public override void VisitIncrementOrDecrement(IIncrementOrDecrementOperation operation)
    {
        base.VisitIncrementOrDecrement(operation);
        Update(operation.Target, operation.OperatorMethod, operation.Syntax);
    }

    // An operator of the object itself changes it, and assigns nothing.
    private void Update(IOperation target, IMethodSymbol? by, SyntaxNode syntax)
    {
        bool isOwn = by is { IsStatic: false };
        Call(by, isOwn ? target : null, syntax);
        if (!isOwn || target.Type is { IsValueType: true })
            Write(target, isCertain: !isOwn);
    }

    public override void VisitCoalesceAssignment(ICoalesceAssignmentOperation operation)
    {
        Visit(operation.Target);
        Conditionally(() =>
        {
            Visit(operation.Value);
            Write(operation.Target, origins: OriginsOf(operation.Value));
        });
    }

    public override void VisitDeconstructionAssignment(IDeconstructionAssignmentOperation operation)
    {
        VisitTarget(operation.Target);
        Visit(operation.Value);
        if (operation.Syntax is AssignmentExpressionSyntax assignment)
            Deconstruct(_model.GetDeconstructionInfo(assignment), operation.Value, assignment);
        WriteParts(operation.Target, operation.Value);
    }

    // What is not a tuple there is an object that may hold the parts.
    private void WriteParts(IOperation target, IOperation value)
    {
        if (target is IDeclarationExpressionOperation { Expression: ITupleOperation declared })
            target = declared;
        if (target is not ITupleOperation tuple)
        {
            Write(target, origins: OriginsOf(value));
            return;
        }
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;
        foreach ((IOperation part, int i) in tuple.Elements.Select((e, i) => (e, i)))
            WriteParts(part, value is ITupleOperation values ? values.Elements[i] : value);
    }

    public override void VisitEventAssignment(IEventAssignmentOperation operation)
    {
        if (operation.EventReference is IEventReferenceOperation target)
            Visit(target.Instance);
        Visit(operation.HandlerValue);
    }

    public override void VisitVariableDeclarator(IVariableDeclaratorOperation operation)
    {
        base.VisitVariableDeclarator(operation);
        if (operation.GetVariableInitializer() is not { } initializer)
            return;
        Add(new(EffectKind.Write, new Place(PlaceKind.Variable, operation.Symbol),
            operation.Syntax) { Origins = OriginsOf(initializer.Value) }, isCertain: true);
        // Whoever has the reference may write.
        if (operation.Symbol.RefKind == RefKind.Ref)
            Write(initializer.Value, isCertain: false);
    }

    public override void VisitReturn(IReturnOperation operation)
    {
        base.VisitReturn(operation);
        if (operation.ReturnedValue is { Syntax.Parent: RefExpressionSyntax } value)
            Write(value, isCertain: false);
    }

    public override void VisitDeclarationPattern(IDeclarationPatternOperation operation) =>
        Declared(operation.DeclaredSymbol, operation.Syntax, [Place.Of(Place.MatchedBy(operation))]);

    public override void VisitArgument(IArgumentOperation operation)
    {
        RefKind kind = operation.Parameter?.RefKind ?? RefKind.None;
        bool isOnHost = _isOnHost;
        _isOnHost |= operation is { Parent: IInvocationOperation call, Parameter.Type.TypeKind: TypeKind.Delegate }
            && call.TargetMethod.Has(ApiTraits.IsHostCall);
        if (kind == RefKind.Out)
            VisitTarget(operation.Value);
        else
            Visit(operation.Value);
        if (kind is RefKind.Out or RefKind.Ref)
            Write(operation.Value, isCertain: kind == RefKind.Out, origins: kind == RefKind.Out ? OriginOfResult(operation) : default);
        _isOnHost = isOnHost;
    }

    public override void VisitConditional(IConditionalOperation operation)
    {
        Visit(operation.Condition);
        Conditionally(() => Visit(operation.WhenTrue));
        Conditionally(() => Visit(operation.WhenFalse));
    }

    // A long sum is deep on its left.
    public override void VisitBinaryOperator(IBinaryOperation operation)
    {
        var chain = new Stack<IBinaryOperation>([operation]);
        while (chain.Peek().LeftOperand is IBinaryOperation left)
            chain.Push(left);
        Visit(chain.Peek().LeftOperand);
        while (chain.Count > 0)
        {
            IBinaryOperation next = chain.Pop();
            if (next.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
                Conditionally(() => Visit(next.RightOperand));
            else
                Visit(next.RightOperand);
            Call(next.OperatorMethod, null, next.Syntax);
            if (next is { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String })
                CallBack(next.LeftOperand, next.RightOperand);
        }
    }

    public override void VisitCoalesce(ICoalesceOperation operation)
    {
        Visit(operation.Value);
        Conditionally(() => Visit(operation.WhenNull));
    }

    public override void VisitConditionalAccess(IConditionalAccessOperation operation)
    {
        Visit(operation.Operation);
        Conditionally(() => Visit(operation.WhenNotNull));
    }

    public override void VisitSwitchExpression(ISwitchExpressionOperation operation)
    {
        Visit(operation.Value);
        foreach (ISwitchExpressionArmOperation arm in operation.Arms)
            Conditionally(() => Visit(arm));
    }

    public override void VisitAnonymousFunction(IAnonymousFunctionOperation operation) => InFunction(operation.Syntax, operation.Body);

    public override void VisitLocalFunction(ILocalFunctionOperation operation) => InFunction(operation.Syntax, operation.Body);

    public override void VisitNameOf(INameOfOperation operation)
    {
    }

    private void InFunction(SyntaxNode function, IOperation? body)
    {
        (SyntaxNode? outer, int conditional, bool isOnHost) = (_function, _conditional, _isOnHost);
        (_function, _conditional, _isOnHost) = (function, 0, isOnHost || _host.Contains(function));
        Visit(body);
        (_function, _conditional, _isOnHost) = (outer, conditional, isOnHost);
    }

    private void Conditionally(Action visit)
    {
        _conditional++;
        visit();
        _conditional--;
    }

    private void Declared(ISymbol? variable, SyntaxNode syntax, ImmutableArray<Place> origins = default)
    {
        if (variable is not null)
            Add(new(EffectKind.Write, new Place(PlaceKind.Variable, variable), syntax) { Origins = origins }, isCertain: true);
    }

    /// <summary>The places that a value comes from.</summary>
    public static ImmutableArray<Place> OriginsOf(IOperation value) => value switch
    {
        IConditionalOperation { WhenFalse: { } other } choice => [.. OriginsOf(choice.WhenTrue), .. OriginsOf(other)],
        ICoalesceOperation choice => [.. OriginsOf(choice.Value), .. OriginsOf(choice.WhenNull)],
        ISwitchExpressionOperation match => [.. match.Arms.SelectMany(arm => OriginsOf(arm.Value))],
        IConversionOperation { OperatorMethod: null } conversion => OriginsOf(conversion.Operand),
        IParenthesizedOperation inner => OriginsOf(inner.Operand),
        ISimpleAssignmentOperation assignment => OriginsOf(assignment.Value),
        ITupleOperation tuple => [.. tuple.Elements.SelectMany(e => (IEnumerable<Place>)OriginsOf(e))],
        ILiteralOperation or IDefaultValueOperation => [],
        { Syntax: StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax } => [Place.New],
        _ => [Place.Of(value)],
    };

    // d.TryGetValue(key, out var list): an object of the collection.
    private ImmutableArray<Place> OriginOfResult(IArgumentOperation argument) =>
        argument.Parent is IInvocationOperation { Instance: { } collection } call && !IsOwn(call.TargetMethod)
            ? [new Place(PlaceKind.Element, null, Place.Of(collection))]
            : default;

    private void Add(Effect effect, bool isCertain = false) =>
        _found.Add(effect with { Function = _function, IsOnHost = _isOnHost, IsDefinite = isCertain && _conditional == 0 });

    private void Read(IOperation operation) => Add(new(EffectKind.Read, Place.Of(operation), Names.Of(operation.Syntax)));
}
