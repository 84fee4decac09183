using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Tensors of constants, ranges and patterns.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Creation() =>
    [
        new("Constant", 7, "value", Constant),
        new("Constant", 12, "value value_float value_floats value_int value_ints value_string value_strings", Constant),
        new("ConstantOfShape", 9, "value", c => c.Builder.BroadcastTo(
            Scalar(c, c.Builder.Constant(c.Tensor("value") is { } value ? c.Importer.Read(value, "value") : Literal.Scalar(DType.F32, 0))),
            new(NotNegative(c, c.Sizes(0))))),
        new("Range", 11, "", Range),
        new("EyeLike", 9, "dtype k", Eye),
    ];

    private static Value Constant(NodeReader c)
    {
        if (c.Proto.Attribute.Count != 1)
            throw c.Refuse("it has no single value");
        string name = c.Proto.Output.FirstOrDefault("");
        Literal Text(string[] texts, bool isList) => new(new(DType.String, isList ? [texts.Length] : Shape.Scalar), texts);
        var literal = c.Tensor("value") is { } tensor ? c.Importer.Read(tensor, name)
            : c.Float("value_float") is { } number ? Literal.Scalar(DType.F32, number)
            : c.Int("value_int") is { } integer ? Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => integer)
            : c.Floats("value_floats") is { } numbers ? new(new(DType.F32, [numbers.Length]), numbers)
            : c.Ints("value_ints") is { } integers ? new(new(DType.I64, [integers.Length]), integers)
            : c.HasAttribute("value_string") ? Text([c.Text("value_string", "")], isList: false)
            : c.Texts("value_strings") is { } texts ? Text(texts, isList: true)
            : throw c.Refuse("it has no value");
        return c.Importer.Constant(name, literal);
    }

    private static Dim[] NotNegative(NodeReader c, Dim[] sizes) => Array.Exists(sizes, size => size.IsConstant && size.Value < 0)
        ? throw c.Refuse($"the shape is [{string.Join(", ", sizes)}]") : sizes;

    // start, start + delta, … before limit.
    private static Value Range(NodeReader c)
    {
        var b = c.Builder;
        Value start = Scalar(c, c.X), limit = Scalar(c, c.Y), delta = Scalar(c, c.In(2));
        var known = c.Importer.Known;
        Dim count;
        int before = b.Body.Count;
        if (start.DType.IsInteger() && known.Sizes(start) is [{ } first] && known.Sizes(limit) is [{ } end]
            && known.Constant(delta) is { } by && by.GetLong(0) > 0)
        {
            count = Dim.Max(Dim.FloorDiv(end - first + (by.GetLong(0) - 1), by.GetLong(0)), 0);
        }
        else
        {
            DType wide = start.DType.IsInteger() ? DType.I64 : DType.F64;
            Value distance = b.Sub(b.Cast(limit, wide), b.Cast(start, wide)), step = b.Cast(delta, wide);
            var steps = wide == DType.F64 ? b.Cast(b.Emit(OpDefs.Ceil, b.Div(distance, step)), DType.I64)
                : b.Neg(b.Emit(OpDefs.FloorDiv, b.Neg(distance), step));
            steps = b.Emit(OpDefs.Max, steps, b.Scalar(0, steps));
            c.Importer.Note(before);
            count = known.Constant(steps) is { } number ? number.GetLong(0) : c.Bind(steps);
        }

        return b.Add(b.Mul(b.Iota([count], 0, start.DType), delta), start);
    }

    private static Value Eye(NodeReader c)
    {
        if (c.X.Shape.Rank != 2)
            throw c.Refuse($"{c.X.Type} is no matrix");
        var b = c.Builder;
        var dtype = c.Int("dtype") is { } number
            ? ElementTypes.Find(number) ?? throw c.Refuse($"graphs have no elements of type {ElementTypes.Name(number)}") : c.X.DType;
        Value rows = b.Iota(c.X.Shape, 0), columns = b.Iota(c.X.Shape, 1);
        return b.Cast(b.Emit(OpDefs.Equal, columns, b.Add(rows, b.Constant(Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => c.Int("k", 0))))), dtype);
    }
}
