using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Ops that ONNX has too, with the same inputs in the same order and no attributes. What differs in more than the name is in
/// <see cref="Spellings"/>.
/// </summary>
internal static class Operators
{
    /// <summary>An op and its name in ONNX.</summary>
    /// <param name="Op">The op.</param>
    /// <param name="Name">Name of the operator.</param>
    /// <param name="Takes">Element types of the inputs for which both are the same.</param>
    public sealed record Row(OpDef Op, string Name, Func<DType, bool> Takes);

    public static readonly Row[] Same =
    [
        new(OpDefs.Abs, "Abs", Number), new(OpDefs.Acos, "Acos", Float), new(OpDefs.Acosh, "Acosh", Float),
        new(OpDefs.Add, "Add", Number), new(OpDefs.Add, "StringConcat", Text), new(OpDefs.And, "And", Bool),
        new(OpDefs.And, "BitwiseAnd", Integer), new(OpDefs.Asin, "Asin", Float), new(OpDefs.Asinh, "Asinh", Float),
        new(OpDefs.Atan, "Atan", Float), new(OpDefs.Atanh, "Atanh", Float), new(OpDefs.Ceil, "Ceil", Float),
        new(OpDefs.Cos, "Cos", Float), new(OpDefs.Cosh, "Cosh", Float), new(OpDefs.Div, "Div", Float),
        new(OpDefs.Equal, "Equal", Any), new(OpDefs.Erf, "Erf", Float), new(OpDefs.Exp, "Exp", Float),
        new(OpDefs.Floor, "Floor", Float), new(OpDefs.Greater, "Greater", Number),
        new(OpDefs.GreaterEqual, "GreaterOrEqual", Number), new(OpDefs.HardSwish, "HardSwish", Float),
        new(OpDefs.IsInf, "IsInf", Float), new(OpDefs.IsNan, "IsNaN", Float), new(OpDefs.Less, "Less", Number),
        new(OpDefs.LessEqual, "LessOrEqual", Number), new(OpDefs.Log, "Log", Float), new(OpDefs.MatMul, "MatMul", Number),
        new(OpDefs.Max, "Max", Number), new(OpDefs.Min, "Min", Number), new(OpDefs.Mul, "Mul", Number),
        new(OpDefs.Neg, "Neg", Number), new(OpDefs.Not, "Not", Bool), new(OpDefs.Not, "BitwiseNot", Integer),
        new(OpDefs.Or, "Or", Bool), new(OpDefs.Or, "BitwiseOr", Integer), new(OpDefs.Pow, "Pow", Float),
        new(OpDefs.Reciprocal, "Reciprocal", Float), new(OpDefs.Relu, "Relu", Float), new(OpDefs.Round, "Round", Float),
        new(OpDefs.Select, "Where", Any), new(OpDefs.Sigmoid, "Sigmoid", Float), new(OpDefs.Sign, "Sign", Number),
        new(OpDefs.Sin, "Sin", Float), new(OpDefs.Sinh, "Sinh", Float), new(OpDefs.Softplus, "Softplus", Float),
        new(OpDefs.Sqrt, "Sqrt", Float), new(OpDefs.Sub, "Sub", Number), new(OpDefs.Tan, "Tan", Float),
        new(OpDefs.Tanh, "Tanh", Float), new(OpDefs.Xor, "Xor", Bool), new(OpDefs.Xor, "BitwiseXor", Integer),
    ];

    /// <summary>The operator of an op for an element type; null when they differ or there is none.</summary>
    public static string? NameOf(OpDef op, DType dtype)
    {
        foreach (var row in Same)
        {
            if (row.Op == op && row.Takes(dtype))
                return row.Name;
        }

        return null;
    }

    private static bool Any(DType dtype) => true;

    private static bool Number(DType dtype) => dtype.IsNumber();

    private static bool Float(DType dtype) => dtype.IsFloat();

    private static bool Integer(DType dtype) => dtype.IsInteger();

    private static bool Bool(DType dtype) => dtype == DType.Bool;

    private static bool Text(DType dtype) => dtype == DType.String;
}
