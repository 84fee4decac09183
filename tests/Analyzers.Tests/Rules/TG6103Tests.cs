namespace TensorGraph.Tests.Rules;

/// <summary>A call of a graph function that no interceptor can reroute.</summary>
public sealed class TG6103Tests
{
    private const string Id = "TG6103";

    [Theory]
    [InlineData("[|Hidden.Step|](x);")]
    [InlineData("[|Generic<T>.Step|](x);")]
    [InlineData("[|Typed<T>|](x);")]
    [InlineData("[|WithHidden|](x, null);")]
    [InlineData("[|Value.Step|](x);")]
    [InlineData("System.Func<Tensor, Tensor> step = [|Private|]; step(x);")]
    [InlineData("System.Linq.Enumerable.Select(new[] { x }, [|Private|]);")]
    public void Is_reported_at_the_call(string body) => Rule.Reports(Id, Program(body));

    [Theory]
    [InlineData("Generic<int>.Step(x);")]
    [InlineData("Typed<string>(x);")]
    [InlineData("Private(x);")]
    [InlineData("System.Func<Tensor, Tensor> step = y => Private(y); step(x);")]
    [InlineData("var step = GraphFunction.Compile<System.Func<Tensor, Tensor>>(Private); step(x);")]
    [InlineData("GraphFunction.Of(Private);")]
    [InlineData("_ = nameof(Private);")]
    public void Is_not_reported_otherwise(string body) => Rule.Silent(Program(body));

    [Fact]
    public void Is_not_reported_in_a_graph_function() => Rule.Silent(Program("Hidden.Step(x);").Replace("public void Run", "[GraphFunction] public void Run", StringComparison.Ordinal));

    private static string Program(string body) => $$"""
        public partial class Model
        {
            public void Run<T>(Tensor x) { {{body}} }

            [GraphFunction] private static Tensor Typed<T>(Tensor x) => x;
            [GraphFunction] private static Tensor Private(Tensor x) => x;
            [GraphFunction] private static Tensor WithHidden(Tensor x, Hidden? hidden) => x;

            private partial class Hidden
            {
                [GraphFunction] public static Tensor Step(Tensor x) => x + 1;
            }
        }

        public static partial class Generic<T>
        {
            [GraphFunction] public static Tensor Step(Tensor x) => x + 1;
        }

        public partial struct Value
        {
            [GraphFunction] public static Tensor Step(Tensor x) => x + 1;
        }
        """;
}
