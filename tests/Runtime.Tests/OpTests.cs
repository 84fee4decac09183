using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Every op of the table on every element type it takes, against the interpreter.</summary>
public sealed class OpTests
{
    private static readonly double[] Special =
        [0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 1e-40, -1e-40, 3e38, -3e38, 0.5, -0.5, 1.5, -2.5, 88.9, -104.5, 1e5];

    public static TheoryData<string, DType> Ops()
    {
        var data = new TheoryData<string, DType>();
        foreach (string op in OpSamples.Ops)
        {
            foreach (DType dtype in DTypes.All)
            {
                if (OpSamples.Of(op, 2).Any(sample => Takes(sample, dtype))) data.Add(op, dtype);
            }
        }
        return data;
    }

    private static bool Takes(OpSample sample, DType dtype)
    {
        // A host function is written for one type.
        if (sample.Inputs.Length == 0 || sample.Op == OpDefs.HostCall) return dtype == DType.F64;
        try
        {
            sample.As(dtype).Graph();
            return true;
        }
        catch (GraphException)
        {
            return false;
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Plan_agrees_with_interpreter_at_all_sizes(string op, DType dtype)
    {
        foreach (OpSample sample in OpSamples.Of(op, Dim.Symbol("n")).Where(sample => Takes(sample, dtype)))
        {
            OpSample typed = sample.Inputs.Length == 0 ? sample : sample.As(dtype);
            Graph graph = typed.Graph();
            foreach (long n in new long[] { 0, 1, 2, 5, 16, 19, 37 }) Agree.Run(graph, typed.Values(n), $"{typed} n={n}");
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Imperative_op_agrees_with_plan(string op, DType dtype)
    {
        foreach (OpSample sample in OpSamples.Of(op, 5).Where(sample => Takes(sample, dtype)))
        {
            OpSample typed = sample.Inputs.Length == 0 ? sample : sample.As(dtype);
            TensorData[] values = Array.ConvertAll(typed.Values(5), TensorData.From);
            TensorData[] expected = Device.Current.Compile(typed.Graph()).Run(values);
            TensorData[] actual = Device.Current.Run(typed.Op, typed.Attrs, values.AsSpan(0, typed.Inputs.Length));
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++) Agree.Same(expected[i].ToLiteral(), actual[i].ToLiteral(), typed.ToString());
        }
    }

    public static TheoryData<string, DType> FloatPointwise()
    {
        var data = new TheoryData<string, DType>();
        foreach (string op in OpSamples.Ops.Where(name => name == "select" || (OpTable.Find(name) is { Arity: <= 2 } def && (def.Is(Traits.Pointwise) || def.Is(Traits.Reduction)))))
        {
            foreach (DType dtype in new[] { DType.F16, DType.BF16, DType.F32, DType.F64 })
            {
                if (OpSamples.Of(op, 2).Any(sample => Takes(sample, dtype))) data.Add(op, dtype);
            }
        }
        return data;
    }

    /// <summary>Signed zeros, infinities, NaN, subnormals, overflow: each with each.</summary>
    [Theory]
    [MemberData(nameof(FloatPointwise))]
    public void Special_values_agree_with_interpreter(string op, DType dtype)
    {
        int count = Special.Length;
        OpDef def = OpTable.Find(op)!;
        bool binary = def.Arity == 2;
        var type = new TensorType(dtype, binary ? [count, count] : [count]);
        Literal a = Literal.FromDoubles(type, i => Special[binary ? i / count : i]);
        Literal b = Literal.FromDoubles(type, i => Special[i % count]);
        Attrs attrs = def.Is(Traits.Reduction) ? Attrs.Of(("axes", new long[] { type.Rank - 1 }), ("keep", false))
            : op is "cast" ? Attrs.Of("dtype", DType.I32) : op is "bitcast" ? Attrs.Of("dtype", dtype) : Attrs.Empty;
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(type);
        Value y = build.Parameter(type);
        Value[] inputs = op is "select" ? [build.Emit(OpDefs.Less, x, y), x, y] : def.Arity == 2 ? [x, y] : [x];
        Node node = build.Emit(def, attrs, inputs);
        Agree.Run(build.Finish(op, [node[0]]), [a, b], $"{op} {dtype}");
    }

    private static string Dump(OpSample sample)
    {
        Executable plan = Device.Current.Compile(sample.Graph());
        plan.Run(Array.ConvertAll(sample.Values(3), TensorData.From));
        return plan.Dump();
    }

    [Fact]
    public void Only_known_ops_run_on_the_host()
    {
        using IDisposable device = Device.Use(Devices.Managed);
        string[] onHost = [.. OpSamples.Ops.Where(name => OpSamples.Of(name, 3).Any(sample => Dump(sample).Contains("host ", StringComparison.Ordinal)))];
        // Factors of matrices have no kernel: they run as the op defines them.
        Assert.Equal(["assert", "cholesky", "fft", "host_call", "print", "qr", "solve", "svd"], onHost.Order(StringComparer.Ordinal));
    }
}
