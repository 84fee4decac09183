namespace TensorGraph.Tests.Rules;

/// <summary>An object or delegate that is made for each call in a loop.</summary>
public sealed class TG6102Tests
{
    private const string Id = "TG6102";

    [Theory]
    [InlineData("float a = 2; for (int i = 0; i < 3; i++) Model.Apply(x, [|t => t * a|]);")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Apply(x, [|t => t * _slope|]);")]
    [InlineData("while (_slope > 0) Model.Tagged(x, [|new Tag()|]);")]
    [InlineData("while (_slope > 0) Model.Tagged(x, [|new()|]);")]
    [InlineData("foreach (int i in new[] { 1, 2 }) [|new Instance()|].Step(x);")]
    public void Is_reported_at_what_is_made(string body) => Rule.Reports(Id, Program(body));

    [Theory]
    [InlineData("float a = 2; Model.Apply(x, t => t * a);")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Apply(x, t => t * 2);")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Apply(x, static t => t * 2);")]
    [InlineData("for (int i = 0; i < 3; i++) Model.Apply(x, Ops.Relu);")]
    [InlineData("var tag = new Tag(); while (_slope > 0) Model.Tagged(x, tag);")]
    [InlineData("while (_slope > 0) Model.Pair((x, x), new Tensor[] { x });")]
    public void Is_not_reported_otherwise(string body) => Rule.Silent(Program(body));

    private static string Program(string body) => $$"""
        public class Tag;

        public static partial class Model
        {
            [GraphFunction] public static Tensor Apply(Tensor x, Func<Tensor, Tensor> f) => f(x);
            [GraphFunction] public static Tensor Tagged(Tensor x, Tag tag) => x;
            [GraphFunction] public static Tensor Pair((Tensor, Tensor) pair, Tensor[] rest) => pair.Item1;
        }

        public partial class Instance
        {
            [GraphFunction] public Tensor Step(Tensor x) => x + 1;
        }

        public class Trainer
        {
            private readonly float _slope = 1;

            public void Run(Tensor x) { {{body}} }
        }
        """;
}
