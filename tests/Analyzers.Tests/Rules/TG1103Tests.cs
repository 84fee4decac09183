namespace TensorGraph.Tests.Rules;

/// <summary>A graph function is asynchronous or an iterator.</summary>
public sealed class TG1103Tests
{
    private const string Id = "TG1103";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public async System.Threading.Tasks.Task<Tensor> [|Step|](Tensor x)
                {
                    await System.Threading.Tasks.Task.Yield();
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
                    return x + 1;
                }
            }
            """);
}
