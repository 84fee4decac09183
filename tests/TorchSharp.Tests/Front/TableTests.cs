using System.Reflection;
using System.Text.RegularExpressions;
using TensorGraph.Torch;

namespace TensorGraph.Tests.Front;

/// <summary>The page says what is covered.</summary>
public sealed partial class TableTests
{
    // Forms of an assignment.
    private static readonly HashSet<string> Internal = ["index_set", "zero", "fill", "copy"];

    [Fact]
    public void The_table_lists_each_function()
    {
        string page = Repository.Read("docs/coming-from-torchsharp.md");
        string[] rows = [.. page.Split('\n').Where(line => line.Contains("| `torch.`", StringComparison.Ordinal) || line.Contains("| tensors |", StringComparison.Ordinal)
            || line.Contains("| `nn.", StringComparison.Ordinal))];
        IEnumerable<string> listed = rows.SelectMany(row => Name().Matches(row[row.LastIndexOf('|',
            row.Length - 3)..]).Select(match => match.Groups[1].Value));
        IEnumerable<string> covered = new[] { typeof(TorchApi), typeof(TorchApi.nn.functional), typeof(TorchApi.nn.utils) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsSpecialName && !method.Name.StartsWith("get_", StringComparison.Ordinal) && !Internal.Contains(method.Name))
            .Select(method => method.Name);
        Assert.Equal(covered.Distinct().Order(StringComparer.Ordinal), listed.Distinct().Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("`([a-zA-Z_0-9]+)`")]
    private static partial Regex Name();
}
