using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>docs/ops.md comes from the op table. <c>./generate</c> rewrites it; here a stale one fails.</summary>
[Trait("Category", "Docs")]
public sealed class OpListTest
{
    [Fact]
    public void List_of_ops()
    {
        var page = new StringBuilder("""
            # Ops

            Shapes: `...` broadcasts, equal names are equal sizes, `?` is a rule of the op's own. A *primitive* is spelled by every back end, a
            *composite* is given by simpler ops. Gradient: *rule* of its own, *decomposed*, or none.

            | op | meaning | shapes | dtypes | tier | gradient | source |
            |---|---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        IReadOnlyDictionary<string, string> summaries = Summaries();
        foreach (OpDef op in OpTable.All)
        {
            string gradient = op.HasVjp ? "rule" : op.Is(Traits.NoGradient) ? "none" : op.IsComposite ? "decomposed" : "none";
            string tier = op.IsComposite ? "composite" : "primitive";
            page.Append($"| `{op.Name}` | {summaries.GetValueOrDefault(op.Name, "")} | `{op.Schema.Signature}` | {op.Schema.DTypes} | {tier} | {gradient} | {op.Schema.Source} |\n");
        }

        Snapshot.MatchFile(page.ToString(), Repository.PathOf("docs/ops.md"));
    }

    // Op name → first sentence of the field's documentation.
    private static Dictionary<string, string> Summaries()
    {
        XDocument xml = XDocument.Load(Path.ChangeExtension(typeof(OpDefs).Assembly.Location, ".xml"));
        return typeof(OpDefs).GetFields()
            .Where(field => field.FieldType == typeof(OpDef))
            .Select(field => (((OpDef)field.GetValue(null)!).Name, Text: xml.Descendants("member").FirstOrDefault(member => (string?)member.Attribute("name") == $"F:TensorGraph.Ir.OpDefs.{field.Name}")?.Element("summary")))
            .ToDictionary(entry => entry.Name, entry => entry.Text is null ? "" : Sentence(entry.Text));
    }

    private static string Sentence(XElement summary)
    {
        foreach (XElement reference in summary.Descendants("see").ToArray())
        {
            reference.ReplaceWith(((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("langword") ?? "").Split('.')[^1]);
        }

        string text = Regex.Replace(summary.Value.Trim(), @"\s+", " ").Replace("|", "\\|", StringComparison.Ordinal);
        return Regex.Split(text, @"(?<=\.)\s")[0];
    }
}
