using System.Text;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>docs/rules/README.md comes from the IDs and the pages. <c>./generate</c> rewrites it; here a stale one fails.</summary>
[Trait("Category", "Docs")]
public sealed class RuleListTest
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
}
