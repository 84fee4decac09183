using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using TensorGraph.Ir;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>Each op of the table, exported, gives the same numbers in ONNX Runtime as in the interpreter, for all dtypes and several sizes.</summary>
public sealed class ExportOpTests(ITestOutputHelper output)
{
    private static readonly long[] Sizes = [0, 1, 2, 5];

    // Ops that no model can have.
    private static readonly string[] Refused =
    [
        "assert", "bitcast", "cholesky", "host_call", "print", "qr", "random_bits", "random_normal", "random_uniform", "solve", "svd", "window_arg_max",
    ];

    // Ops that some dtypes can't have: integers in floating-point operators.
    private static readonly string[] RefusedForIntegers = ["conv", "pow", "window_max", "window_sum"];

    // What ONNX Runtime gets wrong for an empty axis: products are not set to 0, means are 0.
    private static readonly string[] WrongWhenEmpty = ["matmul", "mean_squared_error", "reduce_mean"];

    public static TheoryData<string> Ops() => [.. OpSamples.Ops];

    [RuntimeTheory]
    [MemberData(nameof(Ops))]
    public void Exported_op_agrees(string op)
    {
        int agreed = 0, refused = 0, without = 0;
        foreach (var (sample, graph) in DTypes.All.SelectMany(dtype => Samples(op, dtype)))
        {
            DType dtype = sample.Inputs.Length == 0 ? DType.F32 : sample.Inputs[0].Type.DType;
            // Only the first element of each row is copied there.
            if (op == "gather" && dtype == DType.String)
                continue;
            foreach (long n in Sizes.Where(n => n > 0 || !WrongWhenEmpty.Contains(op)))
            {
                try
                {
                    Agreement.Exported(graph, sample.Values(n), $"{sample} n={n}");
                    agreed++;
                }
                catch (GraphException fault) when (fault.Id == DiagnosticIds.NotInOnnx
                    && (Refused.Contains(op) || (RefusedForIntegers.Contains(op) && dtype.IsInteger())))
                {
                    refused++;
                }
                catch (OnnxRuntimeException fault) when (IsWithoutKernel(fault, dtype))
                {
                    without++;
                }
                catch (GraphException fault) when (n == 0 && fault.Id.StartsWith("TG2", StringComparison.Ordinal))
                {
                    // The op itself has no meaning for an empty axis.
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agreed} agree, {refused} refused, {without} not in ONNX Runtime"));
        Assert.True(Refused.Contains(op) ? agreed == 0 && refused > 0 : agreed > 0, $"{op}: {agreed} agree, {refused} are refused");
    }

    [Fact]
    public void Most_ops_export()
    {
        Assert.Equal(149, OpTable.All.Length);
        Assert.Equal(129, OpSamples.Ops.Count());
        Assert.Equal(117, OpSamples.Ops.Count(op => !Refused.Contains(op)));
    }

    // ONNX Runtime has no kernels of these dtypes for some operators.
    private static bool IsWithoutKernel(OnnxRuntimeException fault, DType dtype) =>
        (dtype is DType.F64 or DType.I16 or DType.BF16 && fault.Message.Contains("NotImplemented", StringComparison.Ordinal))
        || (dtype == DType.F16 && fault.Message.Contains("MLFloat16 data type is not supported with ScatterND", StringComparison.Ordinal));

    private static IEnumerable<(OpSample Sample, Graph Graph)> Samples(string op, DType dtype)
    {
        foreach (var sample in OpSamples.Of(op, Dim.Symbol("n")))
        {
            if (sample.Inputs.Length == 0 && dtype != DType.F32)
                continue;
            var typed = sample.Inputs.Length == 0 || sample.Op == OpDefs.HostCall ? sample : sample.As(dtype);
            Graph? graph;
            try
            {
                graph = typed.Graph();
            }
            catch (GraphException)
            {
                continue;
            }

            yield return (typed, graph);
        }
    }
}
