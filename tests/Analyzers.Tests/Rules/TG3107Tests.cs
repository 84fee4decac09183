namespace TensorGraph.Tests.Rules;

/// <summary>An operand that a tensor may skip changes a variable.</summary>
public sealed class TG3107Tests
{
    private const string Id = "TG3107";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor y = x;
                    if (x.Sum() > 1 && [|(y = x / 2).Sum() > 1|])
                        x = x + y;
                    return x + y;
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
                    Tensor y = x;
                    if (x.Sum() > 1)
                    {
                        y = x / 2;
                        if (y.Sum() > 1)
                            x = x + y;
                    }
                    return x + y;
                }
            }
            """);

    [Fact]
    public void A_call_in_the_operand_counts_too() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private Tensor _total = 0f;

                private Tensor Add(Tensor x) => _total = _total + x;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor turns = 0f;
                    Tensor Next() { turns = turns + 1; return turns; }
                    Func<Tensor> next = () => turns = turns + 2;
                    Tensor y = x.Sum() > 1 ? [|Add|](x) : x;
                    if (x.Sum() > 1 && [|Next|]() > 1 || x.Sum() > 3 && [|next|]() > 1)
                        y = x;
                    return x + y + turns;
                }
            }
            """);

    [Theory]
    [InlineData("var b = new Box(); Tensor y = x > 1 ? x + ([|b.N|] = 5) : x; return y + b.N;")]
    [InlineData("var b = new Box(); Tensor y = x > 1 ? x + [|b.N|]++ : x; return y + b.N;")]
    [InlineData("var b = new Box(); Tensor y = x > 1 ? x + b.[|Next|]() : x; return y + b.N;")]
    [InlineData("var a = new int[1]; Tensor y = x > 1 ? x + ([|a[0]|] = 5) : x; return y + a[0];")]
    [InlineData("var d = new Dictionary<string, int>(); Tensor y = x > 1 ? x + ([|d[\"a\"]|] = 5) : x; return y + d.Count;")]
    [InlineData("var h = new HashSet<int>(); if (x > 1 || [|h.Add|](1)) x = x + 1; return x + h.Count;")]
    [InlineData("var d = new Dictionary<string, int>(); if (x > 1 && [|d.Remove|](\"a\")) x = x + 1; return x + d.Count;")]
    [InlineData("var q = new Queue<int>([1, 2]); Tensor y = x > 1 ? x + [|q.Dequeue|]() : x; return y + q.Count;")]
    [InlineData("var s = new System.Text.StringBuilder(); Tensor y = x > 1 && [|s.Append|](1) != null ? x : -x; return y + s.Length;")]
    [InlineData("var l = new List<Tensor>(); Tensor F() { l.Add(x); return x; } Tensor y = x > 1 ? [|F|]() : -x; return y + l.Count;")]
    [InlineData("var l = new List<Tensor>(); Func<Tensor> f = () => { l.Add(x); return x; }; Tensor y = x > 1 ? [|f|]() : -x; return y + l.Count;")]
    [InlineData("var c = new Cell { T = x }; Tensor y = x > 1 ? ([|c.T|] = x + 5) : x; return y + c.T;")]
    [InlineData("Tensor[] a = [x]; Tensor y = x > 1 ? ([|a[0]|] = x + 5) : x; return y + a[0];")]
    [InlineData("var b = new Box(); Tensor y = b.N switch { 0 when x > 1 => x + ([|b.N|] = 7), _ => x }; return y + b.N;")]
    [InlineData("int n = 0; var z = new Lazy<int>(() => ++n); Tensor y = x > 1 ? x + [|z|].Value : x; return y + n;")]
    public void An_object_of_the_method_counts_too(string body) =>
        Rule.Reports(Id, $$"""
            public class Box { public int N; public int Next() => ++N; }
            public class Cell { public Tensor T = 0f; }
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    {{body}}
                }
            }
            """);
}
