namespace TensorGraph.Tests.Rules;

/// <summary>A tensor whose shape changes with the loop around a call.</summary>
public sealed class TG6104Tests
{
    private const string Id = "TG6104";

    [Theory]
    [InlineData("for (int i = 1; i < 4; i++) Model.Step([|Ops.Ones(i, 3)|]);")]
    [InlineData("for (int i = 1; i < 4; i++) Model.Step([|x[..i]|]);")]
    [InlineData("for (int i = 1; i < 4; i++) Model.Step([|x[i..]|]);")]
    [InlineData("for (int i = 1; i < 4; i++) Model.Step([|new float[i]|]);")]
    [InlineData("for (int i = 1; i < 4; i++) { var part = x[..i]; Model.Step([|part|]); }")]
    [InlineData("var seen = new List<int>(); while (seen.Count < 3) { seen.Add(1); Model.Step([|Ops.Zeros(seen.Count)|]); }")]
    public void Is_reported_at_the_argument(string body) => Rule.Reports(Id, Program(body));

    [Theory]
    [InlineData("for (int i = 0; i < 4; i++) Model.Step(x[i..(i + 2)]);")]
    [InlineData("for (int i = 0; i < 4; i++) Model.Step(x[i]);")]
    [InlineData("for (int i = 0; i < 4; i++) Model.Step(Ops.Ones(4, 3) * i);")]
    [InlineData("for (int i = 0; i < 4; i++) Model.Step(x);")]
    [InlineData("for (int i = 0; i < 4; i++) Model.Step(new float[] { i, 2 });")]
    [InlineData("for (int i = 1; i < 4; i++) Model.Open(Ops.Ones(i));")]
    [InlineData("int n = 3; Model.Step(Ops.Ones(n, 3)); for (int i = 0; i < 4; i++) Model.Step(Ops.Ones(n, 3));")]
    [InlineData("for (int i = 1; i < 4; i++) Plain(Ops.Ones(i));")]
    public void Is_not_reported_otherwise(string body) => Rule.Silent(Program(body));

    [Fact]
    public void Says_how_often_it_is_traced()
    {
        Rule.Says(Id, Program("for (int i = 1; i < 4; i++) Model.Step(x[..i]);"), "'x[..i]'", "traced twice, for the first shape and then for any size");
        Rule.Says(Id, Program("for (int i = 1; i < 4; i++) Model.Exact(x[..i]);"), "traced again for each shape");
    }

    private static string Program(string body) => $$"""
        public static partial class Model
        {
            [GraphFunction] public static Tensor Step(Tensor x) => x * 2;
            [GraphFunction(ReduceRetracing = false)] public static Tensor Exact(Tensor x) => x * 2;
            [GraphFunction(InputSignature = ["f32[?]"])] public static Tensor Open(Tensor x) => x * 2;
        }

        public static class Trainer
        {
            public static void Run(Tensor x) { {{body}} }
            private static Tensor Plain(Tensor x) => x;
        }
        """;
}
