using BenchmarkDotNet.Attributes;
using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Benchmarks;

/// <summary>Single ops on the imperative path: kernel plus dispatch.</summary>
public class Kernels
{
    private static readonly Attrs Rows = Attrs.Of(("axes", new long[] { 1 }), ("keep", false));
    private static readonly Attrs Columns = Attrs.Of(("axes", new long[] { 0 }), ("keep", false));
    private static readonly Attrs Product = Attrs.Of(
        ("left_contract", new long[] { 1 }), ("right_contract", new long[] { 0 }), ("left_batch", Array.Empty<long>()),
        ("right_batch", Array.Empty<long>()));

    private TensorData _x = null!;

    [Params(16, 256, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => _x = TensorData.From(Literal.FromDoubles(new TensorType(DType.F32, [Size, Size]), i => Math.Sin(i)));

    [Benchmark]
    public TensorData Add() => Device.Current.RunSingle(OpDefs.Add, Attrs.Empty, _x, _x);

    [Benchmark]
    public TensorData Exp() => Device.Current.RunSingle(OpDefs.Exp, Attrs.Empty, _x);

    [Benchmark]
    public TensorData Tanh() => Device.Current.RunSingle(OpDefs.Tanh, Attrs.Empty, _x);

    [Benchmark]
    public TensorData SumOfRows() => Device.Current.RunSingle(OpDefs.ReduceSum, Rows, _x);

    [Benchmark]
    public TensorData SumOfColumns() => Device.Current.RunSingle(OpDefs.ReduceSum, Columns, _x);

    [Benchmark]
    public TensorData MatMul() => Device.Current.RunSingle(OpDefs.Dot, Product, _x, _x);
}
