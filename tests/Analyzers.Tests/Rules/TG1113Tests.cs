namespace TensorGraph.Tests.Rules;

/// <summary>A delegate with tensor control flow comes to a graph function from code that is not converted.</summary>
public sealed class TG1113Tests
{
    private const string Id = "TG1113";

    [Theory]
    [InlineData("public Tensor Outside(Tensor x) => Apply(x, [|v => v > 3 ? v : 1f|]);")]
    [InlineData("public Tensor Outside(Tensor x) => Apply(f: [|Half|], x: x);")]
    [InlineData("public Tensor Outside(Tensor x) { Func<Tensor, Tensor> f = [|v => Half(v) + 1|]; return Apply(x, f); }")]
    [InlineData("public Tensor Outside(Tensor x, Func<Tensor, Tensor> f) => Apply(x, f); public Tensor More(Tensor x) => Outside(x, [|Half|]);")]
    [InlineData("private readonly Func<Tensor, Tensor> _f = [|v => v > 3 ? v : -v|]; [GraphFunction] public Tensor Step(Tensor x) => _f(x);")]
    [InlineData("private Func<Tensor, Tensor> F { get; set; } = v => v; public void Set() => F = [|Half|]; [GraphFunction] public Tensor Step(Tensor x) => F(x);")]
    [InlineData("private readonly Func<Tensor, Tensor> _f = Make(3); private static Func<Tensor, Tensor> Make(int k) => [|v => v > k ? v : -v|]; [GraphFunction] public Tensor Step(Tensor x) => _f(x);")]
    [InlineData("private readonly Dictionary<string, Func<Tensor, Tensor>> _d = new() { [\"a\"] = [|Half|], [\"b\"] = v => v }; [GraphFunction] public Tensor Step(Tensor x) => _d[\"a\"](x);")]
    [InlineData("private readonly List<Func<Tensor, Tensor>> _l = [[|Half|], v => v]; [GraphFunction] public Tensor Step(Tensor x) => _l[0](x);")]
    [InlineData("private readonly Layer _layer = new([|v => v > 9 ? v : 9f|]) { After = [|Half|] }; [GraphFunction] public Tensor Step(Tensor x) => _layer.Call(x);")]
    public void Is_reported_where_the_delegate_is_made(string members) => Rule.Reports(Id, Program(members));

    [Theory]
    [InlineData("public Tensor Outside(Tensor x) => Apply(x, v => Clip(v)) + Apply(x, v => v + 1);")]
    [InlineData("private readonly Func<Tensor, Tensor> _f = GraphFunction.Compile<Func<Tensor, Tensor>>(v => v); [GraphFunction] public Tensor Step(Tensor x) => _f(x);")]
    [InlineData("[GraphFunction] public Tensor Step(Tensor x) => Apply(x, v => v > 2 ? v : -v) + Apply(x, Half);")]
    [InlineData("public Tensor Outside(Tensor x) => OnHost(x, v => v[0] > 3 ? v : [v[0] + 1]);")]
    [InlineData("private readonly Func<Tensor, Tensor> _unread = v => v > 3 ? v : -v; public Tensor Plain(Tensor x) => _unread(x);")]
    public void Is_not_reported_for_what_runs(string members) => Rule.Silent(Program(members));

    [Fact]
    public void A_graph_function_by_its_name_is_plain_code_too() => Assert.Equal(["TG1113", "TG6103"],
        Roslyn.Diagnostics(Roslyn.Usings + Program("public Tensor Outside(Tensor x) => Apply(x, Clip);")).Select(found => found.Id).Order(StringComparer.Ordinal));

    // Module.Call runs the twin of Forward while something is traced.
    [Theory]
    [InlineData("public Tensor Outside(Tensor x) => Apply(x, v => _clipped.Call(v));")]
    [InlineData("public Tensor Outside(Tensor x) => Apply(x, v => Through(_clipped, v)); private static Tensor Through(Module module, Tensor v) => module.Call(v);")]
    [InlineData("private readonly Func<Module, Tensor, Tensor> _f = (module, v) => module.Call(v, training: true); [GraphFunction] public Tensor Step(Tensor x) => _f(_clipped, x);")]
    public void Is_not_reported_for_modules(string members) => Rule.Silent(Program("private readonly Clipped _clipped = new(); " + members) + """

        public partial class Clipped : Module { protected override Tensor Forward(Tensor x, bool training) { while (x.Sum() > 3) x = x / 2; return x; } }
        """);

    [Fact]
    public void The_message_names_the_way() => Assert.Equal(
        "'Half' has control flow on tensors and reaches graph function 'Apply' through 'f': a delegate that is made outside of converted code runs as it is written. "
            + "Let it call a [GraphFunction] method, as in 'x => F(x)', or make it in the graph function.",
        Roslyn.Diagnostics(Roslyn.Usings + Program("public Tensor Outside(Tensor x) => Apply(x, Half);")).Single().GetMessage(System.Globalization.CultureInfo.InvariantCulture));

    private static string Program(string members) => $$"""
        public partial class Layer(Func<Tensor, Tensor> activation)
        {
            public Func<Tensor, Tensor>? After { get; init; }
            public Tensor Call(Tensor x) => After is null ? activation(x) : After(activation(x));
        }
        public partial class Model
        {
            private static Tensor Half(Tensor v) { if (v > 3) return v - 1; return v * 2; }
            [GraphFunction] public static Tensor Clip(Tensor v) { if (v > 3) return v - 1; return v * 2; }
            [GraphFunction] public static Tensor Apply(Tensor x, Func<Tensor, Tensor> f) => f(x) + 1;
            [GraphFunction] public static Tensor OnHost(Tensor x, Func<Tensor[], Tensor[]> f) => Ops.HostCall(f, [x.Type], x)[0];
            {{members}}
        }
        """;
}
