namespace TensorGraph.Tests.Rules;

/// <summary>A collection is changed under a tensor condition.</summary>
public sealed class TG3116Tests
{
    private const string Id = "TG3116";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var parts = new List<Tensor>();
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        [|parts.Add|](x);
                    }
                    return parts[0];
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor last = x;
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        last = x;
                    }
                    return last;
                }
            }
            """);

    [Theory]
    [InlineData("var set = new HashSet<int> { 1 }; if (x > 0) [|set.UnionWith|](new[] { 2 }); return x + set.Count;")]
    [InlineData("var rows = new List<Tensor> { x, x }; if (x > 0) [|rows.RemoveRange|](0, 1); return x + rows.Count;")]
    [InlineData("var sizes = new int[2]; if (x > 0) Array.Fill([|sizes|], 5); return x + sizes[0];")]
    [InlineData("var rows = new[] { x, x }; if (x > 0) { Span<Tensor> span = rows; [|span|].Fill(x + 1); } return rows[0];")]
    [InlineData("var sizes = new int[2]; var others = new[] { 3, 4 }; while (x > 0) { x = x - 1; others.CopyTo([|sizes|], 0); } return x + sizes[0];")]
    [InlineData("List<int>? rows = [1]; if (x > 0) [|rows?.Add(2)|]; return x + rows!.Count;")]
    [InlineData("List<int>? rows = [1]; if (x > 0) [|rows!.Add|](2); return x + rows.Count;")]
    [InlineData("List<int> rows = [1]; if (x > 0) [|CollectionExtensions.AddRange|](rows, [2, 3]); return x + rows.Count;")]
    [InlineData("var rows = new List<List<int>> { new() }; if (x > 0) [|rows[0].Add|](2); return x + rows[0].Count;")]
    [InlineData("var rows = new List<int>(); List<int> Rows() => rows; if (x > 0) [|Rows().Add|](2); return x + rows.Count;")]
    public void Is_reported_for_what_the_framework_changes(string body) => Rule.Reports(Id, Program(body));

    [Theory]
    [InlineData("var rows = new[] { x, x }; if (x > 0) Array.Fill(rows, x + 1); return rows[0];")]
    [InlineData("if (x > 0) { var sizes = new int[2]; Array.Fill(sizes, 5); x = x + sizes[0]; } return x;")]
    [InlineData("var sizes = new[] { 2, 1 }; Array.Sort(sizes); if (x > 0) return x + sizes[0]; return x;")]
    public void Is_not_reported_for_carried_and_new_arrays(string body) => Rule.Silent(Program(body));

    private static string Program(string body) => $$"""
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                {{body}}
            }
        }
        """;
}
