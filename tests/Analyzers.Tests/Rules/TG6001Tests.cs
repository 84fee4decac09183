namespace TensorGraph.Tests.Rules;

/// <summary>A C# loop in a graph function that certainly records more nodes than the limit.</summary>
public sealed class TG6001Tests
{
    private const string Id = "TG6001";

    [Theory]
    [InlineData("[|for|] (int i = 0; i < 2000; i++) x = x * 0.5f; return x;")]
    [InlineData("[|for|] (int i = 2000; i > 0; --i) x = x * 0.5f; return x;")]
    [InlineData("[|for|] (int i = 0; i <= Many; i += 2) x = x * 0.5f + 1; return x;")]
    [InlineData("[|foreach|] (int i in Enumerable.Range(0, 2000)) x *= 0.5f; return x;")]
    [InlineData("[|for|] (int i = 0; i < 100; i++) for (int j = 0; j < 20; j++) x = x + j; return x;")]
    public void Is_reported_at_the_loop(string body) => Rule.Reports(Id, Model(body));

    // Few nodes, an unknown number of iterations, iterations that may be skipped, loops of the graph, and loops that record nothing.
    [Theory]
    [InlineData("for (int i = 0; i < 900; i++) x = x * 0.5f; return x;")]
    [InlineData("for (int i = 0; i < n; i++) x = x * 0.5f; return x;")]
    [InlineData("for (int i = 0; i < 2000; i++) if (i > n) x = x * 0.5f; return x;")]
    [InlineData("for (int i = 0; i < 2000; i++) { if (i > n) break; x = x * 0.5f; } return x;")]
    [InlineData("for (int i = 0; i < 2000; i++) { x = x * 0.5f; i += n; } return x;")]
    [InlineData("foreach (Tensor i in Ops.Range(2000)) x = x * 0.5f; return x;")]
    [InlineData("for (Tensor i = 0; i < 2000; i++) x = x * 0.5f; return x;")]
    [InlineData("float sum = 0; for (int i = 0; i < 2000; i++) sum += i * 0.5f; return x * sum;")]
    [InlineData("var all = new List<Tensor>(); for (int i = 0; i < 2000; i++) all.Add(x); return x;")]
    [InlineData("foreach (int i in Enumerable.Range(0, n)) x *= 0.5f; return x;")]
    public void Is_not_reported_otherwise(string body) => Rule.Silent(Model(body));

    [Fact]
    public void Is_not_reported_in_a_plain_method() =>
        Rule.Silent(Model("for (int i = 0; i < 2000; i++) x = x * 0.5f; return x;").Replace("[GraphFunction]", "", StringComparison.Ordinal));

    [Fact]
    public void Is_reported_in_a_method_that_is_called() => Rule.Reports(Id, """
        public static partial class Model
        {
            [GraphFunction] public static Tensor Step(Tensor x) => Decay(x);
            private static Tensor Decay(Tensor x) { [|for|] (int i = 0; i < 2000; i++) x = x * 0.5f; return x; }
            private static Tensor Other(Tensor x) { for (int i = 0; i < 2000; i++) x = x * 0.5f; return x; }
        }
        """);

    [Fact]
    public void Says_how_many() => Rule.Says(Id, Model("for (int i = 0; i < 1500; i++) x = x * 0.5f + 1; return x;"), "'Step'", "at least 3000 nodes", "Ops.Range");

    private static string Model(string body) => $$"""
        public static partial class Model
        {
            private const int Many = 3000;
            [GraphFunction] public static Tensor Step(Tensor x, int n) { {{body}} }
        }
        """;
}
