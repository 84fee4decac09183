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
        Dim count = start.DType.IsInteger() && known.Sizes(start) is [{ } first] && known.Sizes(limit) is [{ } end]
            && known.Sizes(delta) is [{ IsConstant: true, Value: > 0 and < MostStep and var by }] && !IsFar(first) && !IsFar(end)
                ? Dim.Max(Dim.FloorDiv(end - first + (by - 1), by), 0) : StepsFromData(c, start, limit, delta);
        return b.Add(b.Mul(b.Iota([count], 0, start.DType), delta), start);

        // Of such numbers sums do not overflow.
        static bool IsFar(Dim number) => number.IsConstant && number.Value is >= MostStep or <= -MostStep;
    }

    private const long MostStep = 1L << 60;

    private static Dim StepsFromData(NodeReader c, Value start, Value limit, Value delta)
    {
        var b = c.Builder;
        int before = b.Body.Count;
        DType wide = start.DType.IsInteger() ? DType.I64 : DType.F64;
        Value from = b.Cast(start, wide), to = b.Cast(limit, wide), step = b.Cast(delta, wide), distance = b.Sub(to, from), zero = b.Scalar(0, step);
        Value isCounted, steps;
        if (wide == DType.F64)
        {
            // Not the case either where it is no number.
            Value quotient = b.Div(distance, step);
            isCounted = b.Emit(OpDefs.LessEqual, b.Emit(OpDefs.Abs, quotient), b.Scalar(MostStep, quotient));
            steps = b.Cast(b.Emit(OpDefs.Ceil, b.Select(isCounted, quotient, zero)), DType.I64);
        }
        else
        {
            // A difference that overflows has the sign that it should not have, or is the least number, which has no opposite.
            Value isOver = b.Emit(OpDefs.And, b.Emit(OpDefs.NotEqual, IsNegative(b, to), IsNegative(b, from)),
                b.Emit(OpDefs.NotEqual, IsNegative(b, distance), IsNegative(b, to)));
            Value least = b.Constant(Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => long.MinValue));
            isOver = b.Emit(OpDefs.Or, isOver, b.Emit(OpDefs.Equal, distance, least));
            isCounted = b.Emit(OpDefs.Not, b.Emit(OpDefs.Or, isOver, b.Emit(OpDefs.Equal, step, zero)));
            Value one = b.Scalar(1, step);
            steps = b.Neg(b.Emit(OpDefs.FloorDiv, b.Select(isCounted, b.Neg(distance), zero), b.Select(isCounted, step, one)));
        }

        steps = b.Emit(OpDefs.Max, steps, b.Scalar(0, steps));
        c.Importer.Note(before);
        var known = c.Importer.Known;
        if (known.Needed(steps) is not { } number)
        {
            b.Emit(OpDefs.Assert, Attrs.Of("message", $"{c.Proto.OpType}: the elements from {{0}} to {{1}} by {{2}} can't be counted"),
                [isCounted, start, limit, delta]);
            return c.Bind(steps);
        }

        return known.Constant(isCounted)!.GetLong(0) != 0 ? number.GetLong(0)
            : throw c.Refuse($"the elements from {known.Constant(start)} to {known.Constant(limit)} by {known.Constant(delta)} can't be counted");
    }

    private static Value Eye(NodeReader c)
    {
        if (c.X.Shape.Rank != 2)
            throw c.Refuse($"{c.X.Type} is no matrix");
        var b = c.Builder;
        var dtype = c.Int("dtype") is { } number
            ? ElementTypes.Find(number) ?? throw c.Refuse($"graphs have no elements of type {ElementTypes.Name(number)}") : c.X.DType;
        Value diagonal = Clamped(b, b.Constant(Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => c.Int("k", 0))));
        Value rows = b.Iota(c.X.Shape, 0), columns = b.Iota(c.X.Shape, 1);
        return b.Cast(b.Emit(OpDefs.Equal, columns, b.Add(rows, diagonal)), dtype);
    }
}
