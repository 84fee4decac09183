using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>Each operator of each opset gives the same as in ONNX Runtime, with its sizes known while it is read, and with an open one.</summary>
public sealed class ImportOperatorTests(ITestOutputHelper output)
{
    // These need more than one node.
    private static readonly string[] s_elsewhere =
    [
        "If", "Loop", "Scan", "SequenceEmpty", "SequenceConstruct", "SequenceInsert", "SequenceErase", "SequenceAt", "SequenceLength",
        "SplitToSequence", "ConcatFromSequence", "StringConcat",
    ];

    public static TheoryData<string> Operators() => [.. OperatorCases.All.Select(each => each.Operator).Distinct()];

    [RuntimeTheory]
    [MemberData(nameof(Operators))]
    public void Operator_agrees(string name)
    {
        var faults = new List<string>();
        int agreed = 0;
        foreach (var each in OperatorCases.All.Where(each => each.Operator == name))
        {
            foreach (bool isOpen in each.MayBeOpen && each.Given.Length > 0 ? new[] { false, true } : [false])
            {
                string what = string.Create(CultureInfo.InvariantCulture, $"{each}{(isOpen ? ", open" : "")}");
                var model = each.Model(isOpen);
                Literal[] expected;
                try
                {
                    expected = OnnxRuntime.Run(model, each.Given);
                }
                catch (OnnxRuntimeException fault)
                {
                    faults.Add($"{what}: ONNX Runtime: {fault.Message}");
                    continue;
                }

                try
                {
                    Agreement.Same(ImportedModel.Run(model, each.Given), expected, what, each.Given.Any(input => input.Type.DType == DType.F16) ? null : 1e-5);
                    agreed++;
                }
                catch (Exception fault) when (fault is GraphException or Xunit.Sdk.XunitException or InvalidDataException)
                {
                    faults.Add($"{what}: {fault.Message}");
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agreed} agree"));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Each_rule_has_a_case()
    {
        string[] without = [.. OperatorRules.All.Values.SelectMany(rules => rules).Where(rule => !s_elsewhere.Contains(rule.Operator)
            && !OperatorCases.All.Any(each => each.Operator == rule.Operator && OperatorRules.Find(rule.Operator, each.Opset) == rule))
            .Select(rule => $"{rule.Operator} {rule.Since}")];
        Assert.True(without.Length == 0, string.Join(", ", without));
    }
}
