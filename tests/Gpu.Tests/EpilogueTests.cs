using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Loops over the results of products.</summary>
public sealed class EpilogueTests
{
    private const string InProduct = "in the kernel before";

    private static readonly Attrs Product = Attrs.Of(
        ("left_batch", Array.Empty<long>()), ("right_batch", Array.Empty<long>()), ("left_contract", new long[] { 1 }), ("right_contract", new long[] { 0 }));

    [GpuTheory]
    [InlineData(7, 9)]
    [InlineData(100, 130)]
    [InlineData(1, 1)]
    public void A_bias_and_an_activation_are_done_in_the_product(int rows, int columns)
    {
        Executable executable = Compare(
            b => [b.Emit(OpDefs.Tanh, b.Add(Dot(b, b.Parameter(F32(rows, 30)), b.Parameter(F32(30, columns))), b.Parameter(F32(columns))))], out _);
        Assert.Contains(InProduct, executable.Dump(), StringComparison.Ordinal);
    }

    [GpuFact]
    public void What_reads_the_other_operand_transposed_and_gives_two_results_too()
    {
        Executable executable = Compare(b =>
        {
            Value x = b.Parameter(F32(20, 30)), y = b.Parameter(F32(30, 40)), z = b.Parameter(F32(40, 20));
            Value sum = b.Add(Dot(b, x, y), b.Emit(OpDefs.Transpose, Attrs.Of("permutation", new long[] { 1, 0 }), [z])[0]);
            return [b.Neg(sum), b.Emit(OpDefs.Exp, sum)];
        }, out _);
        Assert.Contains(InProduct, executable.Dump(), StringComparison.Ordinal);
    }

    [GpuFact]
    public void A_chain_of_products_writes_over_no_operand_that_is_still_read()
    {
        Executable executable = Compare(b =>
        {
            Value x = b.Parameter(F32(64, 64)), w = b.Parameter(F32(64, 64)), y = x;
            for (int i = 0; i < 6; i++) y = b.Emit(OpDefs.Tanh, b.Mul(Dot(b, y, w), 0.1));
            return [y];
        }, out _);
        Assert.Contains(InProduct, executable.Dump(), StringComparison.Ordinal);
    }

    [GpuFact]
    public void A_product_that_is_needed_itself_stays_a_kernel_of_its_own()
    {
        Executable executable = Compare(b => Dot(b, b.Parameter(F32(5, 6)), b.Parameter(F32(6, 7))) is var dot ? [dot, b.Neg(dot)] : [], out _);
        Assert.DoesNotContain(InProduct, executable.Dump(), StringComparison.Ordinal);
    }

    [GpuFact]
    public void Sixteen_bits_are_rounded_where_they_are_made()
    {
        var type = new TensorType(DType.F16, [9, 9]);
        Executable executable = Compare(b => [Dot(b, b.Parameter(type), b.Parameter(type))], out double largest);
        Assert.Equal(0, largest);
        Assert.Contains(InProduct, executable.Dump(), StringComparison.Ordinal);
    }

    private static Value Dot(GraphBuilder build, Value a, Value b) => build.Emit(OpDefs.Dot, Product, [a, b])[0];

    private static TensorType F32(params long[] sizes) => new(DType.F32, new Shape(sizes));

    // The results are near those of the managed device.
    private static Executable Compare(Func<GraphBuilder, Value[]> make, out double largest)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Graph graph = build.Finish("f", make(build));
        Literal[] arguments = [.. graph.Entry.Parameters.Select(parameter => Literal.FromDoubles(parameter.Types[0], i => (i * 7919 % 1000 - 500) / 500.0))];
        Executable executable = Device.OpenCl().Compile(graph);
        Literal[] expected = On(Devices.Managed.Compile(graph)), found = On(executable);
        largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            for (long k = 0; k < expected[i].Count; k++) largest = Math.Max(largest, Math.Abs(expected[i].GetDouble(k) - found[i].GetDouble(k)));
        }
        Assert.InRange(largest, 0, 1e-4);
        return executable;

        Literal[] On(Executable on) => Array.ConvertAll(on.Run(Array.ConvertAll(arguments, on.Device.From)), result => result.ToLiteral());
    }
}
