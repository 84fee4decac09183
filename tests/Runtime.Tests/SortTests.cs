using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Sorting of short and long lines, and the first of a long line, against the interpreter: ties, NaNs, zeros of both signs, extreme integers.</summary>
public sealed class SortTests
{
    public static TheoryData<DType> Numbers => [.. DTypes.All.Where(dtype => dtype.IsNumber())];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void All_and_the_first_few_are_those_of_the_interpreter(DType dtype)
    {
        var random = new Random(1);
        foreach (int length in new[] { 1, 7, 32, 33, 400, 3000 })
        {
            var values = Values(dtype, [2, length, 3], random);
            foreach (bool descending in new[] { false, true })
            {
                foreach (long count in new long[] { -1, 0, 1, 5, length / 2, length }.Where(count => count <= length))
                {
                    var attrs = Attrs.Of(("axis", 1L), ("descending", descending));
                    Agree.Run(GraphOf(values.Type, count < 0 ? attrs : attrs.With("count", count)), [values], $"{values.Type} descending: {descending}, count {count}");
                }
            }
        }
    }

    private static Graph GraphOf(TensorType type, Attrs attrs)
    {
        var build = new GraphBuilder();
        var sorted = build.Emit(OpDefs.Sort, attrs, [build.Parameter(type)]);
        return build.Finish("sort", [sorted[0], sorted[1]]);
    }

    private static Literal Values(DType dtype, long[] sizes, Random random)
    {
        double[] special = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1];
        var values = Literal.Zeros(new(dtype, new Shape(sizes)));
        for (long i = 0; i < values.Count; i++)
        {
            if (dtype.IsFloat())
                values.SetDouble(i, random.Next(3) == 0 ? special[random.Next(special.Length)] : Math.Round(random.NextDouble() * 200 - 100, random.Next(3)));
            else
                values.SetLong(i, random.Next(8) switch { 0 => long.MinValue, 1 => long.MaxValue, 2 => random.NextInt64(), _ => random.Next(-50, 50) });
        }

        return values;
    }
}
