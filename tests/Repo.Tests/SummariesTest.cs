using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>Summaries name their subject: none begins with a question word.</summary>
public sealed partial class SummariesTest
{
    [Fact]
    public void No_summary_begins_with_what_who_where_or_that() => Assert.Empty(
        Repository.Files().Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Vague().Matches(Repository.Read(file)).Select(found => $"{file}: {found.Value}")));

    [GeneratedRegex(@"<summary>[\s/]*(What|Who|Where|That)\s.{0,40}")]
    private static partial Regex Vague();
}
