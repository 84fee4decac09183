using Microsoft.ML.OnnxRuntime;
using TensorGraph.Ir;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>Random graphs with blocks, lists and open sizes give the same in ONNX Runtime.</summary>
public sealed class RandomExportTests(ITestOutputHelper output)
{
    private const int Graphs = 400;

    // Means of no elements are 0 there.
    private static readonly OpDef[] Skipped = [OpDefs.ReduceMean, OpDefs.MeanSquaredError];

    private static readonly RandomGraphOptions Options = new()
    {
        Effects = false, SpecialValues = false, Nodes = 12, DTypes = [DType.Bool, DType.U8, DType.I32, DType.I64, DType.F32],
        Skip = op => Skipped.Contains(op) || (Spellings.Find(op) is null && !op.IsComposite),
    };

    [RuntimeFact]
    public void Random_graphs_agree()
    {
        int agreed = 0;
        var others = new List<string>();
        foreach (var random in Enumerable.Range(0, Graphs).Select(seed => RandomGraph.Make(seed, Options)))
        {
            Literal[] expected;
            try
            {
                expected = new Interpreter().Run(random.Graph, random.Arguments);
            }
            catch (GraphException fault)
            {
                others.Add($"seed {random.Seed}, no meaning: {fault.Message}");
                continue;
            }

            try
            {
                var model = GraphExporter.Export(random.Graph, []);
                Agreement.Same(expected, OnnxRuntime.Run(model, random.Arguments), random.Describe(random.Graph));
                Agreement.ReadBack(model, random.Arguments, expected, random.Describe(random.Graph));
                agreed++;
            }
            catch (GraphException fault) when (fault.Id == DiagnosticIds.NotInOnnx)
            {
                others.Add($"seed {random.Seed}, refused: {fault.Message}");
            }
            catch (OnnxRuntimeException fault) when (IsLimit(fault.Message))
            {
                others.Add($"seed {random.Seed}, ONNX Runtime: {fault.Message}");
            }
        }

        output.WriteLine(string.Join('\n', others));
        Assert.True(agreed > Graphs * 8 / 10, $"{agreed} of {Graphs} agree");
    }

    // No kernel for f64, no scan without iterations, no loop that gives what it captured.
    private static bool IsLimit(string message) =>
        new[] { "NotImplemented", "dim0_offset < dim0_size", "IsTensorSequence() was false" }.Any(text => message.Contains(text, StringComparison.Ordinal));
}
