namespace TensorGraph.Tests.Rules;

/// <summary>A graph function creates a variable on every call.</summary>
public sealed class TG7003Tests
{
    private const string Id = "TG7003";

    [Theory]
    [InlineData("var weight = [|new Variable(Ops.Ones(2))|]; return x * weight;")]
    [InlineData("Variable weight = [|new(Ops.Ones(2), \"weight\")|]; return x * weight;")]
    [InlineData("_weight = [|new Variable(Ops.Ones(2))|]; return x * _weight;")]
    [InlineData("Use([|new Variable(1f)|]); return x;")]
    public void Is_reported_where_it_stands(string body) => Rule.Reports(Id, Model(body));

    [Theory]
    [InlineData("_weight ??= new Variable(1f); return x * _weight;")]
    [InlineData("_weight = _weight ?? new Variable(1f); return x * _weight;")]
    [InlineData("if (_weight is null) _weight = new Variable(1f); return x * _weight;")]
    [InlineData("if (_weight is not null) return x * _weight; _weight = new Variable(1f); return x * _weight;")]
    [InlineData("_weight = _weight is null ? new Variable(1f) : _weight; return x * _weight;")]
    [InlineData("while (_all.Count < 2) _all.Add(new Variable(1f)); return x * _all[0];")]
    [InlineData("Func<Variable> make = () => new Variable(1f); return x;")]
    [InlineData("switch (_all.Count) { case 0: _all.Add(new Variable(1f)); break; } return x;")]
    [InlineData("var box = new Box(); return x;")]
    public void Is_not_reported_when_it_may_be_skipped(string body) => Rule.Silent(Model(body));

    [Theory]
    [InlineData("return x * Dense(x);", "private Tensor Dense(Tensor x) { var w = [|new Variable(1f)|]; return x * w; }")]
    [InlineData("return Outer(x);", "private Tensor Outer(Tensor x) => Inner(x) * 2; private static Tensor Inner(Tensor x) => x * [|new Variable(1f)|].Value;")]
    public void Is_reported_in_a_method_that_is_called_on_every_call(string body, string helper) => Rule.Reports(Id, Model(body, helper));

    [Theory]
    [InlineData("_weight ??= Make(); return x * _weight;", "private Variable Make() => new Variable(1f);")]
    [InlineData("return x * Get();", "private Variable Get() { if (_weight is null) _weight = new Variable(1f); return _weight; }")]
    [InlineData("return x * Get();", "private Variable Get() { if (_weight is not null) return _weight; return _weight = new Variable(1f); }")]
    [InlineData("return Of(x);", "protected virtual Tensor Of(Tensor x) => x * new Variable(1f).Value; public class Other : Model { protected override Tensor Of(Tensor x) => x; }")]
    [InlineData("return x;", "public Tensor Dense(Tensor x) { var w = new Variable(1f); return x * w; }")]
    public void Is_not_reported_in_a_method_that_may_be_skipped(string body, string helper) => Rule.Silent(Model(body, helper));

    [Fact]
    public void Is_not_reported_in_a_plain_method() =>
        Rule.Silent("public partial class Model { public Tensor Step(Tensor x) { var w = new Variable(1f); return x * w; } }");

    private static string Model(string body, string helper = "") => $$"""
        public class Box;
        public partial class Model
        {
            private Variable? _weight; private readonly List<Variable> _all = new();
            private static void Use(Variable variable) { }
            {{helper}}

            [GraphFunction]
            public Tensor Step(Tensor x) { {{body}} }
        }
        """;
}
