namespace TensorGraph.Tests.Rules;

/// <summary>A catch around tensor control flow.</summary>
public sealed class TG3109Tests
{
    private const string Id = "TG3109";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    try
                    {
                        if (x.Sum() > 1)
                            x = x / 2;
                    }
                    [|catch|] (InvalidOperationException)
                    {
                        x = x + 1;
                    }
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
                public Tensor Step(Tensor x)
                {
                    try
                    {
                        if (x.Sum() > 1)
                            x = x / 2;
                    }
                    finally
                    {
                        Ops.Print("done");
                    }
                    return x;
                }
            }
            """);
}
