using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Pages that come from code. <c>./generate</c> rewrites them; here a stale one fails.</summary>
[Trait("Category", "Docs")]
public sealed class GeneratedDocsTest
{
    [Fact]
    public void List_of_rules()
    {
        var page = new StringBuilder("""
            # Errors and warnings

            One ID space for build time and run time: TG1xxx usage and conversion, TG2xxx shape and dtype, TG3xxx control flow and carried
            variables, TG4xxx gradient, TG5xxx back end, TG6xxx retrace and performance, TG7xxx side effects and capture, TG9xxx a bug of ours.
            At run time they are a `GraphException`, whose `Id` is the one below; a message reads
            `op: what is wrong: the facts, at file:line. What to do.`

            | ID | | name |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (Match entry in Regex.Matches(Repository.Read("src/Graph/Shared/DiagnosticIds.cs"), @"public const string (?<name>\w+) = ""(?<id>TG\d{4})"""))
        {
            string id = entry.Groups["id"].Value;
            string title = Repository.Read($"docs/rules/{id}.md").Split('\n')[0][$"# {id}: ".Length..];
            page.Append($"| [{id}]({id}.md) | {title} | `{entry.Groups["name"].Value}` |\n");
        }

        Snapshot.MatchFile(page.ToString(), Repository.PathOf("docs/rules/README.md"));
    }

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
            string gradient = op.Vjp is not null ? "rule" : op.Is(Traits.NoGradient) ? "none" : op.IsComposite ? "decomposed" : "none";
            string tier = op.IsComposite ? "composite" : "primitive";
            page.Append($"| `{op.Name}` | {summaries.GetValueOrDefault(op.Name, "")} | `{op.Schema.Signature}` | {op.Schema.DTypes} | {tier} | {gradient} | {op.Schema.Source} |\n");
        }

        Snapshot.MatchFile(page.ToString(), Repository.PathOf("docs/ops.md"));
    }

    // Op name → first sentence of the field's documentation.
    private static Dictionary<string, string> Summaries()
    {
        XDocument xml = XDocument.Load(Path.ChangeExtension(typeof(Op).Assembly.Location, ".xml"));
        return typeof(Op).GetFields()
            .Where(field => field.FieldType == typeof(OpDef))
            .Select(field => (((OpDef)field.GetValue(null)!).Name, Text: xml.Descendants("member").FirstOrDefault(member => (string?)member.Attribute("name") == $"F:TensorGraph.Ir.Op.{field.Name}")?.Element("summary")))
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
