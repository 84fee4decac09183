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

    [Theory]
    [InlineData("async System.Threading.Tasks.Task<Tensor> Step(Tensor x) { await x; return x; }", "is declared 'async'", "await in the caller")]
    [InlineData("System.Threading.Tasks.Task<Tensor> Step(Tensor x) => System.Threading.Tasks.Task.FromResult(x);", "returns 'Task<Tensor>'", "the caller can await the tensor")]
    [InlineData("IEnumerable<Tensor> Step(Tensor x) { yield return x; }", "contains 'yield'", "in an array or List")]
    public void Names_the_construct_and_what_to_write(string method, params string[] words) =>
        Rule.Says(Id, $"public partial class Model {{ [GraphFunction] public {method} }}", words);
}
