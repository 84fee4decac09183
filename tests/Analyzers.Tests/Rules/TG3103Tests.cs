namespace TensorGraph.Tests.Rules;

/// <summary>A call under a tensor condition changes a tensor of another object.</summary>
public sealed class TG3103Tests
{
    private const string Id = "TG3103";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Counter
            {
                private Tensor _count = 0f;
                public Tensor Count => _count;
                public void Next() => _count = _count + 1;
            }

            public partial class Model
            {
                private readonly Counter _counter = new();

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        _counter.[|Next|]();
                    }
                    return x * _counter.Count;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                private Tensor _count = 0f;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        _count = Next(_count);
                    }
                    return x * _count;
                }

                private static Tensor Next(Tensor count) => count + 1;
            }
            """);
}
