namespace TensorGraph.Tests.Rules;

/// <summary>Two tensors are compared by reference.</summary>
public sealed class TG1111Tests
{
    private const string Id = "TG1111";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, Tensor y)
                {
                    if (x [|==|] y)
                        return x;
                    return y;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, Tensor y)
                {
                    if (Ops.Equal(x, y))
                        return x;
                    return y;
                }
            }
            """);

    [Fact]
    public void Calls_that_compare_are_reported_in_graph_functions() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private readonly HashSet<Tensor> _set = new();

                [GraphFunction]
                public Tensor Step(Tensor x, List<Tensor> xs, Tensor[] more)
                {
                    if (xs.[|Contains|](x) || x.[|Equals|](xs[0]) || object.[|Equals|](x, xs[0]) || more.[|Contains|](x) || _set?.[|Contains|](x) == true)
                        return xs[xs.[|IndexOf|](x)];
                    return xs.[|Distinct|]().Aggregate((a, b) => a + b) + (xs.[|SequenceEqual|](more) ? 1 : 2);
                }
            }
            """);

    [Fact]
    public void Other_calls_and_other_code_are_not() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, List<Tensor> xs, Dictionary<string, Tensor> map, string name, int[] sizes)
                {
                    map.TryGetValue(name, out Tensor? found);
                    if (sizes.Contains(3) || map.ContainsKey(name) || name.Equals("a") || ReferenceEquals(x, xs[0]) || name.IndexOf('b') > 0 || sizes.Distinct().Count() > 1)
                        return found ?? x;
                    return x;
                }

                public static bool Holds(List<Tensor> xs, Tensor x) => xs.Contains(x) || xs.Remove(x);
            }
            """);
}
