namespace TensorGraph.Tests.Rules;

/// <summary>An enumerator in a graph function is advanced only while tracing.</summary>
public sealed class TG7102Tests
{
    private const string Id = "TG7102";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, IEnumerator<int> numbers)
                {
                    [|numbers.MoveNext|]();
                    return x + [|numbers.Current|];
                }
            }
            """);

    [Fact]
    public void Says_what_happens_and_what_to_write_instead()
    {
        var found = Assert.Single(Roslyn.Diagnostics(Roslyn.Usings + """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, IEnumerator<int> numbers) { return x + numbers.Current; }
            }
            """));
        string message = found.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Id, found.Id);
        Assert.Contains("every later call sees the same element", message, StringComparison.Ordinal);
        Assert.Contains("Walk over a Dataset, or pass the element as an argument", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_reported_for_one_that_each_trace_makes() =>
        Rule.Silent("""
            public partial class Model
            {
                private readonly int[] _sizes = [1, 2];

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    using IEnumerator<int> sizes = ((IEnumerable<int>)_sizes).GetEnumerator();
                    while (sizes.MoveNext())
                        x = x * sizes.Current;
                    return x;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, Tensor number)
                {
                    return x + number;
                }
            }
            """);
}
