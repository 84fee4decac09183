using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TensorGraph.Ir;
using static TensorGraph.Analyzers.Values;

namespace TensorGraph.Analyzers;

/// <summary>Calls and operators.</summary>
internal sealed partial class ShapeWalker
{
    // Methods of tensors that an op of another name does.
    private static readonly Dictionary<string, string> s_operators = new()
    {
        ["op_Addition"] = "add", ["op_Subtraction"] = "sub", ["op_Multiply"] = "mul", ["op_Division"] = "div", ["op_Modulus"] = "rem",
        ["op_GreaterThan"] = "greater", ["op_GreaterThanOrEqual"] = "greater_equal", ["op_LessThan"] = "less", ["op_LessThanOrEqual"] = "less_equal",
        ["op_Equality"] = "equal", ["op_Inequality"] = "not_equal", ["op_BitwiseAnd"] = "and", ["op_BitwiseOr"] = "or", ["op_ExclusiveOr"] = "xor",
        ["op_UnaryNegation"] = "neg", ["op_LogicalNot"] = "not", ["op_OnesComplement"] = "not",
    };

    private object? Call(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        object? instance = Eval(call.Instance);
        ImmutableArray<object?> arguments = [.. call.Arguments.Select(argument => Eval(argument.Value))];
        _scope.Forget(call.Arguments.SelectMany(Assignments.In));
        if (HasFailed(instance) || arguments.Any(HasFailed))
            return method.ReturnType.IsTensor() ? Failed : null;
        if (method.ContainingType.IsOfLibrary())
            return Library(call, instance, arguments);
        return CheckArguments(method, call.Arguments, arguments, call.Syntax);
    }

    private object? Library(IInvocationOperation call, object? instance, ImmutableArray<object?> arguments)
    {
        IMethodSymbol method = call.TargetMethod;
        string type = method.ContainingType.Name;
        if (type == "Tensor" && method.Name == "From")
            return Try(call.Syntax, () => From(method, arguments));
        if (type is not ("Ops" or "Tensor" or "RandomGenerator") || (type == "Tensor" && method.Name is "Slice" or "At" or "GetEnumerator"))
            return null;
        Dictionary<string, object?> values = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (call.Arguments[i].Parameter is { } parameter)
                values[parameter.Name] = arguments[i];
        }
        if (type == "Tensor")
        {
            // The forms of these as functions have the same parameters after the tensor.
            values["x"] = values["left"] = values["a"] = instance;
            values["right"] = values.TryGetValue("other", out object? other) ? other : null;
            if (!values.ContainsKey("keep"))
                values["keep"] = false;
            if (!IsFunctionOf(call, method, out method!))
                return null;
        }
        return Try(call.Syntax, () => OpCalls.Evaluate(new OpCall(_ops, method, values)));
    }

    // Tensor.Sum(axes) is Ops.Sum(x, axes), and so on.
    private static bool IsFunctionOf(IInvocationOperation call, IMethodSymbol method, out IMethodSymbol? function)
    {
        string name = method.Name switch
        {
            "Max" => "ReduceMax",
            "Min" => "ReduceMin",
            _ => method.Name,
        };
        function = call.SemanticModel?.Compilation.GetTypeByMetadataName("TensorGraph.Ops")?.GetMembers(name).OfType<IMethodSymbol>()
            .OrderByDescending(candidate => candidate.Parameters.Skip(1).Select(p => p.Type).SequenceEqual(
                method.Parameters.Select(p => p.Type), SymbolEqualityComparer.Default)).FirstOrDefault();
        return function is not null;
    }

    private static object? From(IMethodSymbol method, ImmutableArray<object?> arguments)
    {
        if (arguments.Length != 2 || method.TypeArguments.Length != 1 || DTypeOf(method.TypeArguments[0]) is not { } dtype
            || arguments[1] is not Items sizes)
            return null;
        Shape? shape = sizes.Elements.IsEmpty ? ArraySizes(arguments[0]) : OpCall.ShapeOf(sizes);
        if (!sizes.Elements.IsEmpty && shape is { IsConstant: true } wanted && ArraySizes(arguments[0]) is { Rank: 1 } flat && flat[0].IsConstant)
            IndexRules.CheckLength(wanted, flat[0].Value);
        return shape is { } known ? new TensorType(dtype, known) : null;
    }

    private object? Binary(IBinaryOperation binary)
    {
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr && binary.OperatorMethod is null)
        {
            object? first = Eval(binary.LeftOperand), second = null;
            bool decides = binary.OperatorKind == BinaryOperatorKind.ConditionalOr;
            bool asks = first is bool known ? known == decides : AsksForTypes(binary.LeftOperand);
            Alternatives(binary.RightOperand, [() => second = Eval(binary.RightOperand)], asks);
            return first is bool left && left == decides
                ? left
                : second is bool right && right == decides ? right : first is bool && second is bool ? !decides : null;
        }
        object? a = Eval(binary.LeftOperand), b = Eval(binary.RightOperand);
        if (IsText(binary.LeftOperand, binary.RightOperand, b) || IsText(binary.RightOperand, binary.LeftOperand, a))
        {
            Report(new ShapeError(DiagnosticIds.TextPlusTensor, $"'{binary.Syntax}' adds text to the elements of a tensor",
                "Write $\"…{x}…\" for a line of C#, Ops.Print(\"…\", x) for one of the graph, or Ops.Add(a, b) to join tensors of text."),
                binary.Syntax);
            return null;
        }
        return Operator(binary.OperatorMethod, a, b, binary) ?? Compare(binary, a, b);
    }

    private object? Operator(IMethodSymbol? method, object? left, object? right, IOperation at)
    {
        if (HasFailed(left) || HasFailed(right))
            return Failed;
        if (method is null || !method.ContainingType.IsOfLibrary())
            return at is IBinaryOperation { OperatorMethod: null } ? Arithmetic(at, left, right) : null;
        if (method.ContainingType.Name == "Dim")
            return Arithmetic(at, left, right);
        if (!method.ReturnType.IsTensor() || method.Parameters.Length != 2 || !s_operators.TryGetValue(method.Name, out string? op))
            return null;
        // A C# number takes the dtype of the tensor.
        if (method.Parameters[0].Type.SpecialType != SpecialType.None)
            left = right is TensorType x ? x.As(Shape.Scalar) : null;
        if (method.Parameters[1].Type.SpecialType != SpecialType.None)
            right = left is TensorType x ? x.As(Shape.Scalar) : null;
        return Try(at.Syntax, () => _ops.Run(op, Attrs.Empty, left as TensorType?, right as TensorType?));
    }

    private static object? Arithmetic(IOperation operation, object? left, object? right) => (operation, left, right) switch
    {
        (IBinaryOperation { OperatorKind: BinaryOperatorKind.Add }, Dim a, Dim b) => a + b,
        (IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract }, Dim a, Dim b) => a - b,
        (IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply }, Dim a, Dim b) => a * b,
        (IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide }, Dim { IsConstant: true } a, Dim { IsConstant: true } b)
            when b.Value != 0 => (Dim)(a.Value / b.Value),
        _ => null,
    };

    private static object? Compare(IBinaryOperation binary, object? left, object? right)
    {
        if (left is DType a && right is DType b && a.IsKnown && b.IsKnown
            && binary.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals)
            return a.Equals(b) == (binary.OperatorKind == BinaryOperatorKind.Equals);
        return left is Dim { IsConstant: true } x && right is Dim { IsConstant: true } y ? binary.OperatorKind switch
        {
            BinaryOperatorKind.Equals => x.Value == y.Value,
            BinaryOperatorKind.NotEquals => x.Value != y.Value,
            BinaryOperatorKind.LessThan => x.Value < y.Value,
            BinaryOperatorKind.LessThanOrEqual => x.Value <= y.Value,
            BinaryOperatorKind.GreaterThan => x.Value > y.Value,
            BinaryOperatorKind.GreaterThanOrEqual => x.Value >= y.Value,
            _ => null,
        } : null;
    }

    // C# text as an operand beside a tensor that is not known to hold text; said once in a chain.
    private static bool IsText(IOperation operand, IOperation other, object? value) =>
        IsText(operand) && !(value is TensorType tensor && tensor.DType.Equals(DType.String))
        && !(other is IBinaryOperation inner && (IsText(inner.LeftOperand) || IsText(inner.RightOperand)));

    private static bool IsText(IOperation operand) => operand is IConversionOperation
    {
        IsImplicit: true, OperatorMethod: not null, Operand.Type.SpecialType: SpecialType.System_String,
        Parent: IBinaryOperation { OperatorKind: BinaryOperatorKind.Add },
    };

    private object? Unary(IUnaryOperation unary)
    {
        object? operand = Eval(unary.Operand);
        if (operand is bool flag && unary.OperatorKind == UnaryOperatorKind.Not)
            return !flag;
        if (operand == Failed)
            return Failed;
        if (unary.OperatorMethod is not { } method || !method.ContainingType.IsOfLibrary() || operand is not TensorType x)
            return null;
        if (method.Name == "op_UnaryPlus")
            return x;
        return s_operators.TryGetValue(method.Name, out string? op) && method.ReturnType.IsTensor()
            ? Try(unary.Syntax, () => _ops.Run(op, Attrs.Empty, x)) : null;
    }

    private object? Try(SyntaxNode place, Func<object?> rule)
    {
        try
        {
            return rule();
        }
        catch (ShapeError error)
        {
            Report(error, place);
            return Failed;
        }
        catch (Exception unknown) when (unknown is InvalidOperationException or IndexOutOfRangeException or ArgumentException)
        {
            // A rule that needs more than is known here.
            return null;
        }
    }

    private void Report(ShapeError error, SyntaxNode place)
    {
        if (_quiet == 0 && !_scope.IsEnded)
            _report(error, place);
    }
}
