using System.Text.RegularExpressions;
using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Loops over the same rows, which are one kernel.</summary>
public sealed partial class RowTests
{
    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value, Value[]>> s_graphs = new(StringComparer.Ordinal)
    {
        ["softmax"] = (b, x, _) => [Softmax(b, x)],
        ["log_softmax"] = (b, x, _) => [b.Emit(OpDefs.LogSoftmax, Attrs.Of("axis", (long)x.Type.Rank - 1), [x])[0]],
        ["softmax backward"] = (b, x, g) =>
        {
            Value y = Softmax(b, x);
            return [y, b.Mul(y, b.Sub(g, Sum(b, b.Mul(y, g))))];
        },
        ["norm"] = (b, x, g) =>
        {
            double count = x.Type.Shape.Dims[^1].Evaluate(_ => 0);
            Value centred = b.Sub(x, b.Mul(Sum(b, x), 1 / count));
            Value scale = b.Emit(OpDefs.Rsqrt, b.Add(b.Mul(Sum(b, b.Mul(centred, centred)), 1 / count), b.Scalar(1e-5, x)));
            Value y = b.Mul(centred, scale), mean = b.Mul(Sum(b, g), 1 / count), along = b.Mul(Sum(b, b.Mul(g, y)), 1 / count);
            return [y, b.Mul(b.Sub(b.Sub(g, mean), b.Mul(y, along)), scale)];
        },
        ["two axes"] = (b, x, g) => x.Type.Rank < 3 ? [b.Mul(Sum(b, x), g)] : [b.Mul(Sum(b, b.Emit(OpDefs.Exp, x), 1, 2), g)],
        ["largest and smallest"] = (b, x, g) => [b.Sub(b.Sub(x, Reduce(b, OpDefs.ReduceMax, x)), Reduce(b, OpDefs.ReduceMin, g))],
    };

    public static TheoryData<string, long[]> Cases()
    {
        var cases = new TheoryData<string, long[]>();
        foreach (string name in s_graphs.Keys)
        {
            foreach (long[] sizes in new long[][] { [64, 64], [100, 90], [65, 1000], [4, 33, 77], [70, 2, 40], [64, 1], [3, 500], [0, 80] }) cases.Add(name, sizes);
        }
        return cases;
    }

    [GpuTheory]
    [MemberData(nameof(Cases))]
    public void They_give_what_the_interpreter_gives(string name, long[] sizes)
    {
        Graph graph = Build(name, sizes);
        Literal[] expected = Run(Devices.Interpreter.Compile(graph)), found = Run(Device.OpenCl().Compile(graph));
        for (int i = 0; i < expected.Length; i++)
        {
            for (long k = 0; k < expected[i].Count; k++)
            {
                double value = expected[i].GetDouble(k);
                Assert.InRange(Math.Abs(value - found[i].GetDouble(k)), 0, 1e-5 * Math.Max(1, Math.Abs(value)));
            }
        }
    }

    // Variables of a kernel are not named as types: the fold of instruction 32, the ninth axis.
    [GpuTheory]
    [InlineData(31)]
    [InlineData(63)]
    public void A_long_kernel_folds(int products)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [70, 80])), y = x;
        for (int i = 0; i < products; i++) y = build.Mul(y, x);
        Literal result = Assert.Single(Run(Device.OpenCl().Compile(build.Finish("f", [build.Mul(Sum(build, y), x)])), _ => 1));
        Assert.All(Enumerable.Range(0, (int)result.Count), i => Assert.Equal(80, result.GetDouble(i)));
    }

    [GpuFact]
    public void Axes_have_no_limit()
    {
        long[] sizes = [.. Enumerable.Repeat(2L, 9)];
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.I8, new Shape(sizes)));
        Graph graph = build.Finish("f", [build.Add(x, build.Transpose(x, Enumerable.Range(0, 9).Reverse()))]);
        Assert.Equal(Run(Devices.Interpreter.Compile(graph))[0], Run(Device.OpenCl().Compile(graph))[0]);
    }

    [GpuFact]
    public void Loops_that_fold_often_are_several_kernels()
    {
        // Compilers take minutes for many trees of barriers.
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [80, 300])), y = x;
        for (int i = 0; i < 8; i++) y = build.Mul(y, build.Emit(OpDefs.Sin, Sum(build, y)));
        Executable executable = Device.OpenCl().Compile(build.Finish("f", [y]));
        Run(executable);
        Assert.InRange(Launches().Count(executable.Dump()), 2, 8);
    }

    // A device takes so many bytes of parameters: on PoCL 1,024.
    [GpuTheory]
    [InlineData("softmax", 1)]
    [InlineData("log_softmax", 1)]
    [InlineData("softmax backward", 2)]
    [InlineData("norm", 2)]
    public void They_are_one_kernel_where_its_parameters_find_room(string name, int most)
    {
        Executable executable = Device.OpenCl().Compile(Build(name, [128, 512]));
        Run(executable);
        Assert.InRange(Launches().Count(executable.Dump()), 1, most);
    }

    [GpuFact]
    public void Values_that_are_no_numbers_stay_in_their_rows()
    {
        Graph graph = Build("softmax", [80, 100]);
        Executable executable = Device.OpenCl().Compile(graph);
        Literal argument = Literal.FromDoubles(graph.Entry.Parameters[0].Types[0], i => i switch { 250 => double.NaN, 1_050 => double.PositiveInfinity, _ => i % 7 });
        Literal result = executable.Run([executable.Device.From(argument), executable.Device.From(argument)])[0].ToLiteral();
        for (long row = 0; row < 80; row++)
        {
            bool isNumber = Enumerable.Range(0, 100).All(column => double.IsFinite(result.GetDouble(row * 100 + column)));
            Assert.Equal(row is not (2 or 10), isNumber);
        }
    }

    private static Graph Build(string name, long[] sizes)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var type = new TensorType(DType.F32, new Shape(sizes));
        Value x = build.Parameter(type), g = build.Parameter(type);
        return build.Finish("f", s_graphs[name](build, x, g));
    }

    private static Literal[] Run(Executable executable, Func<long, double> values) =>
        Array.ConvertAll(executable.Run([.. executable.Graph.Entry.Parameters.Select(parameter => executable.Device.From(Literal.FromDoubles(parameter.Types[0], values)))]), data => data.ToLiteral());

    private static Literal[] Run(Executable executable)
    {
        Literal[] arguments =
            [.. executable.Graph.Entry.Parameters.Select((parameter, at) => Literal.FromDoubles(parameter.Types[0], i => (i * 7919 + at * 31) % 1000 / 250.0 - 2))];
        return Array.ConvertAll(executable.Run(Array.ConvertAll(arguments, executable.Device.From)), result => result.ToLiteral());
    }

    private static Value Softmax(GraphBuilder b, Value x) => b.Emit(OpDefs.Softmax, Attrs.Of("axis", (long)x.Type.Rank - 1), [x])[0];

    private static Value Sum(GraphBuilder b, Value x, params long[] axes) => Reduce(b, OpDefs.ReduceSum, x, axes);

    private static Value Reduce(GraphBuilder b, OpDef op, Value x, params long[] axes) =>
        b.Emit(op, Attrs.Of(("axes", axes.Length == 0 ? [(long)x.Type.Rank - 1] : axes), ("keep", true)), [x])[0];

    [GeneratedRegex("^ *kernel ", RegexOptions.Multiline)]
    private static partial Regex Launches();
}
