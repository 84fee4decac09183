using System.Globalization;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>The tables of docs/numerics.md: names and bounds from the tests' data, errors as measured when the page was accepted.</summary>
public sealed partial class NumericsPageTest
{
    private static readonly string Page = Repository.PathOf("docs/numerics.md");

    [Fact]
    public void Page_lists_every_case_with_its_bound()
    {
        string page = File.ReadAllText(Page);
        page = WithTable(page, "sums", "| sum | relative error | allowed |",
            SumCases.All.Select(sum => (sum.Name, Number(sum.Bound), new Func<string>(() => Number(SumTests.Error(sum))))));
        page = WithTable(page, "functions", "| function | f32, f64 | allowed |",
            FunctionCases.All.Select(f => (f.Name, $"{f.Single}, {f.Double}", new Func<string>(() => $"{Ulps(f, DType.F32)}, {Ulps(f, DType.F64)}"))));
        Snapshot.MatchFile(page, Page);
    }

    private static string WithTable(string page, string name, string head, IEnumerable<(string Name, string Bound, Func<string> Measure)> rows)
    {
        Match old = Regex.Match(page, $"<!-- {name} -->\n(.*?)<!-- end -->", RegexOptions.Singleline);
        Assert.True(old.Success, $"{Page} has no table {name}");
        bool blesses = Environment.GetEnvironmentVariable("TENSORGRAPH_BLESS") == "1";
        Dictionary<string, string> measured = Row().Matches(old.Groups[1].Value).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);
        IEnumerable<string> lines = rows.Select(row =>
            $"| {row.Name} | {(blesses ? row.Measure() : measured.GetValueOrDefault(row.Name, "?"))} | {row.Bound} |\n");
        string table = $"{head}\n|{string.Concat(Enumerable.Repeat("---|", head.Count(c => c == '|') - 1))}\n{string.Concat(lines)}";
        return page.Remove(old.Groups[1].Index, old.Groups[1].Length).Insert(old.Groups[1].Index, table);
    }

    private static string Ulps(FunctionCase function, DType dtype) =>
        Math.Ceiling(FunctionTests.Error(function, dtype, "managed").Ulps).ToString(CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("0.#e-0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| (.+) \| (.+) \| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
