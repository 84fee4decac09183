namespace TensorGraph.Tests.Rules;

/// <summary>The attribute stands on a lambda or local function.</summary>
public sealed class TG1107Tests
{
    private const string Id = "TG1107";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public static class Program2
            {
                public static Tensor Run(Tensor x)
                {
                    [[|GraphFunction|]]
                    static Tensor Double(Tensor t) => t * 2;
                    return Double(x);
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public static partial class Program2
            {
                public static Tensor Run(Tensor x) => Double(x);

                [GraphFunction]
                public static Tensor Double(Tensor t) => t * 2;
            }
            """);
}
