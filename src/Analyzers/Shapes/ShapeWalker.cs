using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TensorGraph.Ir;

namespace TensorGraph.Analyzers;

/// <summary>
/// Runs a method on what is known of the types of its tensors, statement by statement. Where two paths meet it keeps what both agree on; an error is
/// reported only where the code that it reaches must fail whenever it runs.
/// </summary>
internal sealed partial class ShapeWalker
{
    private readonly OpSchemas _ops;
    private readonly IMethodSymbol? _method;
    private readonly Action<ShapeError, SyntaxNode> _report;
    private readonly HashSet<ISymbol> _untracked;
    private readonly HashSet<ISymbol> _repeated;
    private ShapeScope _scope = new();

    // Above 0 where code may never run, or where its failure is expected.
    private int _quiet;

    public ShapeWalker(OpSchemas ops, IMethodSymbol? method, IOperation body, Action<ShapeError, SyntaxNode> report)
    {
        _ops = ops;
        _method = method;
        _report = report;
        _untracked = Assignments.Untracked(body);
        _repeated = Assignments.Repeated(body);
        foreach (IParameterSymbol parameter in method?.Parameters ?? [])
        {
            if (DeclaredShapes.Of(parameter) is { } type && IsTensorOrVariable(parameter.Type))
                Set(parameter, type);
        }
    }

    /// <summary>Analyses a body.</summary>
    public void Run(IOperation body)
    {
        // Where jumps go anywhere the order of statements says little.
        if (body.DescendantsAndSelf().Any(o => o is ILabeledOperation or IBranchOperation { BranchKind: BranchKind.GoTo }))
            return;
        try
        {
            if (body is ISymbolInitializerOperation { Value: { } initializer })
                Member(body, Eval(initializer), initializer);
            else
                Statement(body);
        }
        catch (InsufficientExecutionStackException)
        {
            // An expression that is nested thousands of levels deep.
        }
    }

    private void Statement(IOperation? operation)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (operation)
        {
            case null:
                break;
            case IBlockOperation block:
                foreach (IOperation inner in block.Operations)
                    Statement(inner);
                break;
            case IExpressionStatementOperation statement:
                Eval(statement.Operation);
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(declaration => declaration.Declarators))
                    Set(declarator.Symbol, Eval((declarator.Initializer
                        ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer)?.Value));
                break;
            case IConditionalOperation conditional:
                Branch(conditional.Condition, () => Statement(conditional.WhenTrue), () => Statement(conditional.WhenFalse));
                break;
            case ILoopOperation loop:
                Loop(loop);
                break;
            case IReturnOperation { ReturnedValue: var returned, Kind: not OperationKind.YieldReturn }:
                if (Eval(returned) is TensorType result && _method is not null && IsOwn(operation))
                    CheckResult(result, returned!);
                _scope.IsEnded = true;
                break;
            case IThrowOperation thrown:
                Eval(thrown.Exception);
                _scope.IsEnded = true;
                break;
            case IBranchOperation:
                _scope.IsEnded = true;
                break;
            case ISwitchOperation choice:
                Eval(choice.Value);
                Alternatives(choice, choice.Cases.Select(section => (Action)(() => section.Body.ToList().ForEach(Statement))), quiet: AsksForTypes(
                    choice.Value));
                break;
            case ITryOperation attempt:
                Try(attempt);
                break;
            case IUsingOperation use:
                Statement(use.Resources);
                Statement(use.Body);
                break;
            case IUsingDeclarationOperation use:
                Statement(use.DeclarationGroup);
                break;
            case ILockOperation locked:
                Eval(locked.LockedValue);
                Statement(locked.Body);
                break;
            case ILocalFunctionOperation local:
                Function(local.Symbol, local.Body);
                break;
            default:
                Eval(operation);
                break;
        }
    }

    // Two paths, of which the condition, if it can be decided, takes one.
    private void Branch(IOperation condition, Action whenTrue, Action whenFalse)
    {
        object? decided = Eval(condition);
        bool asks = decided is not bool && AsksForTypes(condition);
        ShapeScope before = _scope.Copy();
        Path(whenTrue, quiet: asks || decided is false);
        ShapeScope after = _scope;
        _scope = before;
        Path(whenFalse, quiet: asks || decided is true);
        // Code after a way out that depends on types may be meant for other types.
        if (asks && (after.IsEnded || _scope.IsEnded))
            _quiet++;
        _scope = decided is bool taken ? taken ? after : _scope : ShapeScope.Join(after, _scope);
    }

    private void Path(Action code, bool quiet)
    {
        _quiet += quiet ? 1 : 0;
        int before = _quiet;
        code();
        // What stays quiet after a path is meant for it alone, too.
        _quiet = Math.Max(before, _quiet) - (quiet ? 1 : 0);
    }

    private void Alternatives(IOperation all, IEnumerable<Action> paths, bool quiet)
    {
        ShapeScope before = _scope.Copy();
        foreach (Action path in paths)
        {
            _scope = before.Copy();
            Path(path, quiet);
        }
        _scope = before;
        _scope.Forget(Assignments.In(all));
    }

    private void Loop(ILoopOperation loop)
    {
        ISymbol[] assigned = [.. Assignments.In(loop)];
        if (loop is IForLoopOperation { Before: var before })
        {
            foreach (IOperation first in before)
                Statement(first);
        }
        if (loop is IForEachLoopOperation forEach)
            Eval(forEach.Collection);
        ShapeScope start = _scope.Copy();
        bool jumps = loop.Body.DescendantsAndSelf().Any(o => o is IBranchOperation or ITryOperation);
        if (jumps || _quiet > 0 || !Settle(loop, ref start))
            start.Forget(assigned);
        _scope = start.Copy();
        Iteration(loop);
        _scope = start;
    }

    // Looks for what holds ahead of each iteration.
    private bool Settle(ILoopOperation loop, ref ShapeScope start)
    {
        _quiet++;
        bool settled = false;
        for (int i = 0; i < 3 && !settled; i++)
        {
            _scope = start.Copy();
            Iteration(loop);
            ShapeScope next = ShapeScope.Join(start, _scope);
            settled = start.IsWithin(next);
            start = next.Copy();
            start.IsEnded = false;
        }
        _quiet--;
        return settled;
    }

    private void Iteration(ILoopOperation loop)
    {
        switch (loop)
        {
            case IWhileLoopOperation repeat:
                object? goesOn = Eval(repeat.Condition);
                Path(() => Statement(repeat.Body), quiet: repeat.ConditionIsTop
                    && (goesOn is false || (goesOn is not bool && repeat.Condition is { } asked && AsksForTypes(asked))));
                break;
            case IForLoopOperation counted:
                object? first = Eval(counted.Condition);
                Path(() => Statement(counted.Body), quiet: first is false);
                foreach (IOperation step in counted.AtLoopBottom)
                    Statement(step);
                break;
            case IForEachLoopOperation each:
                foreach (ISymbol variable in Assignments.In(each.LoopControlVariable).ToArray())
                    Set(variable, each.Collection is var collection && Eval(Unconverted(collection)) is TensorType { Rank: > 0 } rows
                        ? rows.As(new Shape(rows.Shape.Dims.RemoveAt(0)))
                        : null);
                Statement(each.Body);
                break;
            default:
                Statement(loop.Body);
                break;
        }
    }

    private void Try(ITryOperation attempt)
    {
        ShapeScope before = _scope.Copy();
        // An error that is caught may be what the code is after.
        Path(() => Statement(attempt.Body), quiet: !attempt.Catches.IsEmpty);
        bool ended = _scope.IsEnded && attempt.Catches
            .All(handler => handler.Handler.Operations.LastOrDefault() is IThrowOperation or IReturnOperation);
        before.Forget(Assignments.In(attempt));
        foreach (ICatchClauseOperation handler in attempt.Catches)
        {
            _scope = before.Copy();
            Statement(handler.Handler);
        }
        _scope = before.Copy();
        Statement(attempt.Finally);
        _scope = before;
        _scope.IsEnded = ended;
    }

    // Code that runs at another time: it sees variables that have one value all along.
    private void Function(IMethodSymbol function, IOperation? body)
    {
        ShapeScope outer = _scope;
        int quiet = _quiet;
        _scope = outer.Copy();
        _scope.IsEnded = false;
        _scope.Forget(_repeated);
        _scope.Forget(function.Parameters);
        foreach (IParameterSymbol parameter in function.Parameters)
        {
            if (DeclaredShapes.Of(parameter) is { } type && IsTensorOrVariable(parameter.Type))
                Set(parameter, type);
        }
        Statement(body);
        _quiet = quiet;
        _scope = outer;
    }

    private void Set(ISymbol variable, object? value) =>
        _scope[variable] = _untracked.Contains(variable)
        ? null
        : Values.Stored(value, (variable as ILocalSymbol)?.Type ?? (variable as IParameterSymbol)?.Type);

    // The condition asks for a rank, size or dtype: what it guards may be for tensors of another type.
    private static bool AsksForTypes(IOperation condition) => condition.DescendantsAndSelf().Any(o =>
        o is IPropertyReferenceOperation { Property.Name: "Rank" or "Shape" or "DType" or "Type" or "Length" or "Count" } or IIsPatternOperation
        or IIsTypeOperation);

    private static bool IsOwn(IOperation operation)
    {
        for (IOperation? parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return false;
        }
        return true;
    }

    private static bool IsTensorOrVariable(ITypeSymbol? type) => type.IsTensor() || (type is INamedTypeSymbol named && named.Is("Variable"));
}
