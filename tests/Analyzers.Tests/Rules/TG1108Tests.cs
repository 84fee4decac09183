namespace TensorGraph.Tests.Rules;

/// <summary>A graph function stands in a type that cannot hold its twin.</summary>
public sealed class TG1108Tests
{
    private const string Id = "TG1108";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial struct Model
            {
                [GraphFunction]
                public Tensor [|Step|](Tensor x) => x + 1;
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial struct Model
            {
                [GraphFunction]
                public static Tensor Step(Tensor x) => x + 1;
            }
            """);

    [Theory]
    [InlineData("public partial interface IStep { Tensor Step(Tensor x); } public partial class Model : IStep { [GraphFunction] Tensor IStep.[|Step|](Tensor x) => x + 1; }")]
    [InlineData("file partial class Model { [GraphFunction] public static Tensor [|Step|](Tensor x) => x + 1; }")]
    [InlineData("file static class Maths { public static Tensor Twice(Tensor x) => x * 2; } public partial class Model { [GraphFunction] public static Tensor Step(Tensor x) => [|Maths|].Twice(x); }")]
    [InlineData("file record Pair(Tensor A); public partial class Model { [GraphFunction] public static Tensor Step(Tensor x) => Helper(x); private static Tensor Helper(Tensor x) { if (x > 0) return new [|Pair|](x).A; return x; } }")]
    [InlineData("public partial interface IStep { [GraphFunction] Tensor [|Step|](Tensor x) => x + 1; }")]
    [InlineData("public partial struct Pair { public Tensor A; public void Set(Tensor x) { if (x > 0) [|this = new Pair { A = x }|]; } } public partial class Model { [GraphFunction] public Tensor Step(Tensor x) { var p = new Pair(); p.Set(x); return x; } }")]
    [InlineData("public partial struct Pair { public Tensor A; public void Set(Tensor x) { A = x > 0 ? x : [|A|]; } } public partial class Model { [GraphFunction] public Tensor Step(Tensor x) { var p = new Pair(); p.Set(x); return x; } }")]
    public void What_has_no_place_for_a_twin(string source) => Rule.Reports(Id, source);
}
