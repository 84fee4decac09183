using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <summary>
/// A use of a local or parameter. A definite write replaces the whole value: not a write of one field, not one that a short-circuit may skip.
/// </summary>
internal readonly record struct LocalUse(ISymbol Variable, SyntaxNode Place, bool IsWrite, bool IsDefinite);

/// <summary>Finds the uses of locals and parameters in an expression or simple statement, in the order of evaluation, without those in nested functions.</summary>
internal sealed class LocalUses : OperationWalker
{
    private readonly List<LocalUse> _uses = [];
    private int _conditional;

    public static IReadOnlyList<LocalUse> Of(SyntaxNode node, SemanticModel model)
    {
        var walker = new LocalUses();
        walker.Visit(node, model);
        return walker._uses;
    }

    // Parentheses, `x!` and `checked(x)` are no operations: their parts are.
    private void Visit(SyntaxNode node, SemanticModel model)
    {
        if (model.GetOperation(node) is { } operation)
        {
            Visit(operation);
            return;
        }
        foreach (SyntaxNode part in node.ChildNodes())
            Visit(part, model);
    }

    public override void VisitLocalReference(ILocalReferenceOperation operation) => Add(operation.Local, operation.Syntax, operation.IsDeclaration);

    public override void VisitParameterReference(IParameterReferenceOperation operation) => Add(operation.Parameter, operation.Syntax, isWrite: false);

    public override void VisitSimpleAssignment(ISimpleAssignmentOperation operation)
    {
        VisitTarget(operation.Target);
        Visit(operation.Value);
        Write(operation.Target);
    }

    public override void VisitCompoundAssignment(ICompoundAssignmentOperation operation)
    {
        base.VisitCompoundAssignment(operation);
        Write(operation.Target);
    }

    public override void VisitIncrementOrDecrement(IIncrementOrDecrementOperation operation)
    {
        base.VisitIncrementOrDecrement(operation);
        Write(operation.Target);
    }

    public override void VisitCoalesceAssignment(ICoalesceAssignmentOperation operation)
    {
        Visit(operation.Target);
        Conditionally(() =>
        {
            Visit(operation.Value);
            Write(operation.Target);
        });
    }

    public override void VisitDeconstructionAssignment(IDeconstructionAssignmentOperation operation)
    {
        foreach (IOperation target in Targets(operation.Target))
            VisitTarget(target);
        Visit(operation.Value);
        foreach (IOperation target in Targets(operation.Target))
            Write(target);
    }

    public override void VisitVariableDeclarator(IVariableDeclaratorOperation operation)
    {
        base.VisitVariableDeclarator(operation);
        if (operation.GetVariableInitializer() is not null)
            Add(operation.Symbol, operation.Syntax, isWrite: true);
    }

    public override void VisitDeclarationPattern(IDeclarationPatternOperation operation) => Declared(operation.DeclaredSymbol, operation.Syntax);

    public override void VisitRecursivePattern(IRecursivePatternOperation operation)
    {
        base.VisitRecursivePattern(operation);
        Declared(operation.DeclaredSymbol, operation.Syntax);
    }

    public override void VisitListPattern(IListPatternOperation operation)
    {
        base.VisitListPattern(operation);
        Declared(operation.DeclaredSymbol, operation.Syntax);
    }

    public override void VisitArgument(IArgumentOperation operation)
    {
        RefKind kind = operation.Parameter?.RefKind ?? RefKind.None;
        if (kind == RefKind.Out)
            VisitTarget(operation.Value);
        else
            Visit(operation.Value);
        if (kind is RefKind.Out or RefKind.Ref)
            Write(operation.Value, isCertain: kind == RefKind.Out);
    }

    public override void VisitInvocation(IInvocationOperation operation)
    {
        base.VisitInvocation(operation);
        // A method of a struct may change it.
        if (operation.Instance is { Type: { IsValueType: true, IsReadOnly: false, SpecialType: SpecialType.None } } receiver && !operation.TargetMethod.IsReadOnly)
            Write(receiver, isCertain: false);
    }

    public override void VisitConditional(IConditionalOperation operation)
    {
        Visit(operation.Condition);
        Conditionally(() => Visit(operation.WhenTrue));
        Conditionally(() => Visit(operation.WhenFalse));
    }

    public override void VisitBinaryOperator(IBinaryOperation operation)
    {
        Visit(operation.LeftOperand);
        if (operation.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
            Conditionally(() => Visit(operation.RightOperand));
        else
            Visit(operation.RightOperand);
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

    public override void VisitAnonymousFunction(IAnonymousFunctionOperation operation)
    {
    }

    public override void VisitLocalFunction(ILocalFunctionOperation operation)
    {
    }

    public override void VisitNameOf(INameOfOperation operation)
    {
    }

    private void Conditionally(Action visit)
    {
        _conditional++;
        visit();
        _conditional--;
    }

    private void Declared(ISymbol? variable, SyntaxNode place)
    {
        if (variable is not null)
            Add(variable, place, isWrite: true);
    }

    private void Add(ISymbol variable, SyntaxNode place, bool isWrite, bool isCertain = true) => _uses.Add(new(variable, place, isWrite, isCertain && _conditional == 0));

    /// <summary>The reads that finding the place of a target makes: none of the variable that is written.</summary>
    private void VisitTarget(IOperation target)
    {
        switch (target)
        {
            case ILocalReferenceOperation or IParameterReferenceOperation or IDeclarationExpressionOperation or IDiscardOperation:
                break;
            case IFieldReferenceOperation { Instance: { Type.IsValueType: true } owner }:
                VisitTarget(owner);
                break;
            case IPropertyReferenceOperation { Instance: { Type.IsValueType: true } owner, Property.ReturnsByRef: false } property:
                VisitTarget(owner);
                foreach (IArgumentOperation argument in property.Arguments)
                    Visit(argument);
                break;
            default:
                Visit(target);
                break;
        }
    }

    private void Write(IOperation target, bool isCertain = true)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                Add(local.Local, local.Syntax, isWrite: true, isCertain);
                break;
            case IParameterReferenceOperation parameter:
                Add(parameter.Parameter, parameter.Syntax, isWrite: true, isCertain);
                break;
            case IDeclarationExpressionOperation declaration:
                foreach (IOperation declared in Targets(declaration.Expression))
                    Write(declared, isCertain);
                break;
            case IFieldReferenceOperation { Instance: { Type.IsValueType: true } owner }:
                Write(owner, isCertain: false);
                break;
            case IPropertyReferenceOperation { Instance: { Type.IsValueType: true } owner, Property.ReturnsByRef: false }:
                Write(owner, isCertain: false);
                break;
            case IParenthesizedOperation inner:
                Write(inner.Operand, isCertain);
                break;
        }
    }

    private static ImmutableArray<IOperation> Targets(IOperation target) => target switch
    {
        ITupleOperation tuple => [.. tuple.Elements.SelectMany(e => Targets(e))],
        IDeclarationExpressionOperation { Expression: ITupleOperation tuple } => [.. tuple.Elements.SelectMany(e => Targets(e))],
        IConversionOperation conversion => Targets(conversion.Operand),
        _ => [target],
    };
}
