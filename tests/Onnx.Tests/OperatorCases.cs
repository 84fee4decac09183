namespace TensorGraph.Tests;

/// <summary>Operators, with the forms that they have in the opsets. Sizes are odd, some axes are empty, some elements NaN or infinite.</summary>
internal static partial class OperatorCases
{
    public static IReadOnlyList<OperatorCase> All { get; } =
        [.. Pointwise(), .. Activations(), .. Movement(), .. Indexing(), .. Reductions(), .. Products(), .. Windows(), .. Normalizations(), .. Creation(),
            .. Recurrent(), .. Quantization(), .. Sampling(), .. Places(), .. Suppression(), .. Transformers(), .. QLinear()];

    private static Literal F(params long[] shape) => Of(DType.F32, shape);

    /// <summary>Numbers that are the same in each run.</summary>
    private static Literal Of(DType dtype, params long[] shape)
    {
        var random = new Random(shape.Aggregate(7, (seed, size) => (int)((seed * 31) + size)));
        var type = new TensorType(dtype, new Shape(shape));
        return dtype.IsFloat() ? Literal.FromDoubles(type, _ => (random.NextDouble() * 4) - 2)
            : Literal.FromLongs(type, _ => dtype == DType.Bool ? random.Next(2) : random.Next(dtype == DType.U8 ? 0 : -9, 10));
    }

    private static Literal Positive(params long[] shape) => Literal.FromDoubles(new(DType.F32, new Shape(shape)), i => 0.25 + (i % 7 * 0.5));

    private static Literal Grid(Shape shape, params long[] numbers) => new(new(DType.I64, shape), numbers);

    private static Literal Longs(params long[] numbers) => Grid([numbers.Length], numbers);

    private static Literal Singles(params float[] numbers) => new(new(DType.F32, [numbers.Length]), numbers);

    private static Literal Odd => Singles(0, -0f, 1, -1, 0.5f, -0.5f, 2.5f, -2.5f, 1.5f, 88, -88, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-6f, 7);

    private static Literal Flags(params bool[] flags) => new(new(DType.Bool, [flags.Length]), flags);

    private static Literal Words(params string[] words) => new(new(DType.String, [words.Length]), words);

    private static OperatorCase Case(long opset, string name, Arg[] inputs, params (string Name, object Value)[] attributes) =>
        new(opset, name, inputs, attributes);

    private static IEnumerable<OperatorCase> Pointwise()
    {
        foreach (string name in new[] { "Abs", "Ceil", "Cos", "Exp", "Floor", "Neg", "Reciprocal", "Relu", "Sigmoid", "Sin", "Softplus", "Sqrt", "Tanh", "Identity" })
            yield return Case(7, name, [Odd]);
        foreach (string name in new[] { "Log", "Erf", "Sign", "IsNaN", "Sinh", "Cosh", "Asinh", "Tan", "Atan" })
            yield return Case(9, name, [name is "Sinh" or "Cosh" ? F(5) : Odd]);
        foreach (string name in new[] { "Acos", "Asin", "Atanh", "Acosh" })
            yield return Case(9, name, [Singles(0, 0.5f, -0.25f, 0.875f, 3)]);
        yield return Case(11, "Round", [Odd]);
        yield return Case(10, "IsInf", [Odd]);
        yield return Case(10, "IsInf", [Odd], ("detect_negative", 0L));
        yield return Case(10, "IsInf", [Odd], ("detect_positive", 0L));
        foreach (string name in new[] { "Add", "Sub", "Mul", "Div", "Equal", "Greater", "Less" })
        {
            yield return Case(13, name, [F(3, 1, 5), F(4, 1)]);
            yield return Case(13, name, [Of(DType.I64, 3, 5), Longs(1, 2, 3, 4, 5)]);
            yield return Case(13, name, [F(0, 5), F(5)]);
        }

        foreach (string name in new[] { "GreaterOrEqual", "LessOrEqual" })
            yield return Case(16, name, [F(3, 5), F(5)]);
        foreach (string name in new[] { "And", "Or", "Xor" })
            yield return Case(7, name, [Of(DType.Bool, 3, 5), Of(DType.Bool, 5)]);
        foreach (string name in new[] { "BitwiseAnd", "BitwiseOr", "BitwiseXor" })
            yield return Case(18, name, [Of(DType.I32, 3, 5), Of(DType.I32, 5)]);
        yield return Case(7, "Not", [Of(DType.Bool, 5)]);
        yield return Case(18, "BitwiseNot", [Of(DType.I32, 5)]);
        foreach (string name in new[] { "Max", "Min", "Sum", "Mean" })
        {
            yield return Case(8, name, [F(3, 5), F(5), F(1, 1)]);
            yield return Case(13, name, [F(3, 5)]);
            yield return Case(13, name, [Odd, Singles([.. Enumerable.Repeat(1f, 16)])]);
        }

        yield return Case(7, "Pow", [Positive(4), F(4)]);
        yield return Case(12, "Pow", [F(4), Arg.Number(DType.I64, 2)]);
        yield return Case(15, "Pow", [Of(DType.I32, 4), Arg.Number(DType.I32, 3)]);
        yield return Case(13, "Pow", [Of(DType.I64, 4), Arg.Number(DType.F32, 2)]);
        yield return Case(10, "Mod", [Of(DType.I64, 5), Longs(3, -3, 2, 5, 7)]);
        yield return Case(13, "Mod", [F(5), Singles(1, 2, 0.5f, 3, 1)], ("fmod", 1L));
        yield return Case(13, "Mod", [Of(DType.I64, 5), Longs(3, -3, 2, 5, 7)], ("fmod", 1L));
        yield return Case(7, "Clip", [Odd], ("min", -1f), ("max", 2f));
        yield return Case(7, "Clip", [Odd], ("max", 2f));
        yield return Case(11, "Clip", [Odd, Arg.Number(DType.F32, -1)]);
        yield return Case(12, "Clip", [Odd, Arg.None, Arg.Number(DType.F32, 1)]);
        yield return Case(13, "Clip", [Of(DType.I64, 9), Arg.Number(DType.I64, -2), Arg.Number(DType.I64, 3)]);
        yield return Case(13, "Clip", [F(9), Literal.Scalar(DType.F32, -0.5), Literal.Scalar(DType.F32, 0.5)]);
        yield return Case(9, "Where", [Of(DType.Bool, 3, 1), F(1, 5), F(3, 5)]);
        yield return Case(16, "Where", [Of(DType.Bool, 3, 1), Of(DType.I64, 1, 5), Of(DType.I64, 3, 5)]);
        yield return Case(7, "Dropout", [F(3, 5)], ("ratio", 0.5f));
        yield return Case(12, "Dropout", [F(3, 5), Arg.Number(DType.F32, 0.5)]) with { Outputs = 2 };
        yield return Case(13, "Dropout", [F(3, 5), Arg.Number(DType.F32, 0.5), Arg.Number(DType.Bool, 0)]);
        foreach (var (from, to) in new[] { (DType.F32, DType.I64), (DType.I64, DType.F32), (DType.F32, DType.Bool), (DType.Bool, DType.F32), (DType.F32, DType.F16), (DType.I32, DType.U8), (DType.F64, DType.F32) })
            yield return Case(13, "Cast", [Of(from, 7)], ("to", (long)ElementTypes.Of(to)));
        yield return Case(15, "CastLike", [F(5), Of(DType.I32, 1)]);
        yield return Case(11, "BitShift", [Of(DType.U8, 5), Literal.FromLongs(new(DType.U8, [5]), i => i)], ("direction", "LEFT"));
        yield return Case(11, "BitShift", [Of(DType.U8, 5), Literal.FromLongs(new(DType.U8, [5]), i => i)], ("direction", "RIGHT"));
        foreach (string direction in new[] { "LEFT", "RIGHT" })
            yield return Case(11, "BitShift", [Literal.FromLongs(new(DType.U8, [4]), _ => 200), Literal.FromLongs(new(DType.U8, [4]), i => 7 + (i * 60))], ("direction", direction));
        yield return Case(14, "Relu", [Literal.FromLongs(new(DType.I32, [3]), i => i - 1)]);
        yield return Case(14, "Relu", [Literal.FromLongs(new(DType.I8, [3]), i => i - 1)]);
    }

    private static IEnumerable<OperatorCase> Activations()
    {
        foreach (string name in new[] { "LeakyRelu", "Elu", "Selu", "HardSigmoid", "Softsign" })
            yield return Case(7, name, [F(3, 7)]);
        yield return Case(7, "LeakyRelu", [F(9)], ("alpha", 0.25f));
        yield return Case(7, "Elu", [F(9)], ("alpha", 0.25f));
        yield return Case(7, "Selu", [F(9)], ("alpha", 0.25f), ("gamma", 2f));
        yield return Case(7, "HardSigmoid", [F(9)], ("alpha", 0.25f), ("beta", 0.125f));
        yield return Case(12, "Celu", [F(9)], ("alpha", 0.75f));
        yield return Case(7, "PRelu", [F(2, 3, 5), Arg.Const(F(3, 1))]);
        yield return Case(16, "PRelu", [F(2, 3), Arg.Const(F(1))]);
        yield return Case(10, "ThresholdedRelu", [F(9)], ("alpha", 0.5f));
        yield return Case(14, "HardSwish", [F(9)]);
        yield return Case(18, "Mish", [F(9)]);
        yield return Case(20, "Gelu", [F(9)]);
        yield return Case(20, "Gelu", [F(9)], ("approximate", "tanh"));
        yield return Case(9, "Shrink", [F(9)], ("bias", 0.25f), ("lambd", 0.75f));
        foreach (string name in new[] { "Softmax", "LogSoftmax", "Hardmax" })
        {
            yield return Case(7, name, [F(2, 3, 5)]);
            yield return Case(11, name, [F(2, 3, 5)], ("axis", 2L));
            yield return Case(11, name, [F(2, 3, 5)], ("axis", -3L));
            yield return Case(13, name, [F(2, 3, 5)]);
            yield return Case(13, name, [F(2, 3, 5)], ("axis", 1L));
            yield return Case(13, name, [F(2, 3, 5)], ("axis", 0L)) with { MayBeOpen = name != "Hardmax" };
        }
    }

    private static IEnumerable<OperatorCase> Movement()
    {
        yield return Case(7, "Reshape", [F(2, 3, 5), Arg.List(0, -1)]);
        yield return Case(7, "Reshape", [F(2, 3, 5), Arg.List(-1, 5)]);
        yield return Case(14, "Reshape", [F(0, 3), Arg.List(3, 0)], ("allowzero", 1L));
        foreach (long[] sizes in new long[][] { [5, 6], [-1, 6], [0, -1], [2, 0, 5], [0, 0, -1], [3, -1, 5] })
            yield return Case(7, "Reshape", [F(2, 3, 5), Longs(sizes)]);
        yield return Case(14, "Reshape", [F(0, 3), Longs(3, 0)], ("allowzero", 1L));
        foreach (long axis in new long[] { 0, 1, 3, -1 })
            yield return Case(11, "Flatten", [F(2, 3, 5)], ("axis", axis));
        yield return Case(7, "Squeeze", [F(2, 1, 5, 1)], ("axes", new long[] { 1, 3 }));
        yield return Case(11, "Squeeze", [F(2, 1, 5, 1)]) with { MayBeOpen = false };
        yield return Case(13, "Squeeze", [F(2, 1, 5, 1), Arg.List(-1)]);
        yield return Case(7, "Unsqueeze", [F(2, 5)], ("axes", new long[] { 0, 2 }));
        yield return Case(13, "Unsqueeze", [F(2, 5), Arg.List(-1, 1)]);
        yield return Case(7, "Transpose", [F(2, 3, 5)]);
        yield return Case(13, "Transpose", [F(2, 3, 5)], ("perm", new long[] { 1, 0, 2 }));
        yield return Case(8, "Expand", [F(2, 1, 5), Arg.List(3, 1)]);
        foreach (long[] sizes in new long[][] { [4, 2, 3], [4, 1, 3], [1, 1], [2, 0], [1] })
            yield return Case(13, "Expand", [F(2, 1), Longs(sizes)]);
        yield return Case(7, "Tile", [F(2, 3), Arg.List(2, 3)]);
        yield return Case(13, "Tile", [F(2, 3), Longs(1, 0)]);
        yield return Case(11, "Concat", [F(2, 3), F(2, 2), F(2, 0)], ("axis", -1L)) with { MayBeOpen = true };
        yield return Case(7, "Split", [F(2, 6)], ("axis", 1L)) with { Outputs = 3 };
        yield return Case(11, "Split", [F(2, 6)], ("axis", -1L), ("split", new long[] { 1, 5 })) with { Outputs = 2 };
        yield return Case(13, "Split", [F(2, 6), Arg.List(2, 0, 4)], ("axis", 1L)) with { Outputs = 3 };
        yield return Case(18, "Split", [F(2, 7)], ("axis", 1L), ("num_outputs", 3L)) with { Outputs = 3 };
        yield return Case(7, "Slice", [F(5, 7)], ("starts", new long[] { 1, -3 }), ("ends", new long[] { 100, -1 }));
        yield return Case(7, "Slice", [F(5, 7)], ("starts", new long[] { 2 }), ("ends", new long[] { long.MaxValue }), ("axes", new long[] { 1 }));
        yield return Case(10, "Slice", [F(5, 7), Arg.List(1, 0), Arg.List(-1, 5), Arg.List(1, 0), Arg.List(2, 3)]);
        yield return Case(11, "Slice", [F(5, 7), Arg.List(-1), Arg.List(long.MinValue), Arg.List(-1), Arg.List(-1)]);
        yield return Case(13, "Slice", [F(5, 7), Arg.List(10, 4), Arg.List(-10, 1), Arg.List(0, 1), Arg.List(-2, -1)]);
        yield return Case(13, "Slice", [F(5, 7), Longs(1), Longs(-2), Arg.List(1)]);
        yield return Case(13, "Slice", [F(5, 7), Longs(-2), Longs(-100), Arg.List(0), Arg.List(-1)]);
        yield return Case(13, "Slice", [F(5, 7), Arg.List(4), Arg.List(2), Arg.List(0)]);
        yield return Case(7, "Pad", [F(2, 3)], ("pads", new long[] { 1, 0, 0, 2 }), ("value", 0.5f));
        yield return Case(11, "Pad", [F(2, 3), Arg.List(1, -1, 0, 2), Arg.Number(DType.F32, 7)]);
        yield return Case(18, "Pad", [F(2, 5), Arg.List(2, 1), Arg.None, Arg.List(1)]);
        foreach (string mode in new[] { "edge", "reflect", "wrap" })
        {
            foreach (long[] pads in new long[][] { [-1, 2, 1, -1], [2, -2, -1, 1], [-1, -1, 0, -1] })
                yield return Case(19, "Pad", [F(4, 5), Arg.List(pads)], ("mode", mode));
        }

        foreach (long[] pads in new long[][] { [-1, 2, 1, -1], [2, -2, -1, 1], [-1, -1, 0, -1], [1, 2, 2, 1] })
            yield return Case(19, "Pad", [F(4, 5), Longs(pads)], ("mode", "wrap"));

        foreach (string mode in new[] { "reflect", "edge" })
            yield return Case(13, "Pad", [F(4, 5), Arg.List(3, 2, 1, 4)], ("mode", mode));
        yield return Case(19, "Pad", [F(4, 5), Arg.List(3, 2, 1, 4)], ("mode", "wrap"));
        yield return Case(13, "Pad", [F(4, 5), Longs(1, 2, 0, 1)]);
        yield return Case(7, "Shape", [F(2, 3, 5)]);
        yield return Case(15, "Shape", [F(2, 3, 5)], ("start", -2L));
        yield return Case(15, "Shape", [F(2, 3, 5)], ("end", -1L));
        yield return Case(13, "Size", [F(2, 3, 5)]);
        yield return Case(7, "DepthToSpace", [F(2, 8, 3, 2)], ("blocksize", 2L));
        yield return Case(11, "DepthToSpace", [F(2, 8, 3, 2)], ("blocksize", 2L), ("mode", "CRD"));
        yield return Case(13, "SpaceToDepth", [F(2, 3, 4, 6)], ("blocksize", 2L));
    }
}
