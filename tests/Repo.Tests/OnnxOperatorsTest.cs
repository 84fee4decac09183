using System.Globalization;
using System.Text;

namespace TensorGraph.Tests;

/// <summary>docs/onnx-operators.md comes from the rules of the import. <c>./generate</c> rewrites it; here a stale one fails.</summary>
[Trait("Category", "Docs")]
public sealed class OnnxOperatorsTest
{
    [Fact]
    public void List_of_operators()
    {
        var page = new StringBuilder("""
            # Operators of ONNX that import

            What `OnnxModel.Load` makes ops of ([ONNX models](onnx.md)). A row is a form of an operator that holds from its first opset to the next row
            of the same name. An attribute or operator that is not here is [TG1013](rules/TG1013.md). Those of the domain `com.microsoft` are ONNX Runtime's own, which its
            optimiser writes; `LayerNormalization` before opset 17 and `SimplifiedLayerNormalization` are its own too.

            | operator | opsets | attributes | limits |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var (name, rules) in OperatorRules.All.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            for (int i = 0; i < rules.Length; i++)
            {
                var rule = rules[i];
                int last = i + 1 < rules.Length ? rules[i + 1].Since - 1 : (rule.Until ?? OperatorRules.LastOpset + 1) - 1;
                string attributes = rule.Attributes.Length == 0 ? "" : $"`{rule.Attributes.Replace(" ", "`, `", StringComparison.Ordinal)}`";
                string opsets = last == rule.Since || name.StartsWith(OperatorRules.Contributed, StringComparison.Ordinal) ? $"{rule.Since}" : string.Create(CultureInfo.InvariantCulture, $"{rule.Since}–{last}");
                page.Append(CultureInfo.InvariantCulture, $"| {name} | {opsets} | {attributes} | {rule.Limits} |\n");
            }
        }

        Snapshot.MatchFile(page.ToString(), Repository.PathOf("docs/onnx-operators.md"));
    }
}
