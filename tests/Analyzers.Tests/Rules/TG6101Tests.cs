namespace TensorGraph.Tests.Rules;

/// <summary>A C# number or text that changes with the loop around a call.</summary>
public sealed class TG6101Tests
{
    private const string Id = "TG6101";

    [Theory]
    [InlineData("for (int i = 0; i < 3; i++) Model.Step(x, [|i|]);")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Scale(x, [|i * 0.1f|]);")]
    [InlineData("foreach (int i in Enumerable.Range(0, 3)) { int next = i + 1; Model.Step(x, [|next|]); }")]
    [InlineData("int n = 0; while (n < 3) { Model.Step(x, times: [|n|]); n++; }")]
    [InlineData("for (int i = 0; i < 3; i++) for (int j = 0; j < 3; j++) Model.Step(x, [|i|]);")]
    [InlineData("var seen = new List<int>(); while (seen.Count < 3) { seen.Add(1); Model.Step(x, [|seen.Count|]); }")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Scale(x, [|Random.Shared.NextSingle()|]);")]
    [InlineData("Model.Scale(x, [|(float)new Random(1).NextDouble() * 0.1f|]);")]
    [InlineData("Model.Named(x, [|Guid.NewGuid().ToString()|]);")]
    [InlineData("Model.Scale(x, [|DateTime.Now.Second|]);")]
    [InlineData("Model.Scale(x, [|Environment.TickCount64 / 1000f|]);")]
    [InlineData("foreach (string name in new[] { \"a\", \"b\" }) Model.Named(x, [|name|]);")]
    public void Is_reported_at_the_argument(string body) => Rule.Reports(Id, Program(body));

    [Theory]
    [InlineData("Model.Step(x, 3);")]
    [InlineData("int n = 3; for (int i = 0; i < 3; i++) Model.Step(x, n);")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Step(x, i % 2);")]
    [InlineData("var seen = new List<int> { 1 }; for (int i = 0; i < 3; i++) Model.Step(x, seen.Count);")]
    [InlineData("for (int i = 0; i < 3; i++) { var seen = new List<int>(); seen.Add(1); Model.Step(x, seen.Count); }")]
    [InlineData("Model.Step(x, Random.Shared.Next(4));")]
    [InlineData("Model.Step(x, Random.Shared.Next() % 3);")]
    [InlineData("Model.Choose(x, DateTime.Now.Hour > 12);")]
    [InlineData("Model.Take(x, Random.Shared.NextSingle());")]
    [InlineData("Model.Step(x, new Feed().Next());")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Take(x, i);")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Stopped(x, new System.Threading.CancellationToken(false));")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Choose(x, i > 1);")]
    [InlineData("for (int i = Model.Step(x, 2).Rank; i < 3; i++) { int n = 4; Model.Step(x, n); }")]
    [InlineData("for (int i = 0; i < 3; i++) { } int k = 0; k++; Model.Step(x, k);")]
    public void Is_not_reported_otherwise(string body) => Rule.Silent(Program(body));

    [Fact]
    public void Is_not_reported_in_a_graph_function() => Rule.Silent(Program("").Replace("public void Run", "[GraphFunction] public void Run", StringComparison.Ordinal)
        .Replace("/**/", "for (int i = 0; i < 3; i++) Model.Step(x, i);", StringComparison.Ordinal));

    [Fact]
    public void A_program_that_calls_once_may_take_the_time() => Rule.Silent(Program("").Replace("public void Run(Tensor x)", "public static void Main()", StringComparison.Ordinal)
        .Replace("/**/", "Model.Scale(1f, DateTime.Now.Second);", StringComparison.Ordinal));

    private static string Program(string body) => $$"""
        public static partial class Model
        {
            [GraphFunction] public static Tensor Step(Tensor x, int times) => x * times;
            [GraphFunction] public static Tensor Scale(Tensor x, float factor) => x * factor;
            [GraphFunction] public static Tensor Named(Tensor x, string name) => x;
            [GraphFunction] public static Tensor Choose(Tensor x, bool big) => big ? x * 2 : x;
            [GraphFunction] public static Tensor Stopped(Tensor x, System.Threading.CancellationToken token) => x;
            [GraphFunction] public static Tensor Take(Tensor x, Tensor factor) => x * factor;
        }

        public class Feed { public int Next() => 1; }

        public partial class Trainer
        {
            public void Run(Tensor x) { {{body}}/**/ }
        }
        """;
}
