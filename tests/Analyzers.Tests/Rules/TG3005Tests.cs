namespace TensorGraph.Tests.Rules;

/// <summary>A function that is traced once for all elements changes what the code around it reads.</summary>
public sealed class TG3005Tests
{
    private const string Id = "TG3005";

    [Theory]
    [InlineData("int n = 0; Tensor y = Ops.Map(x, r => { [|n|]++; return r; }); return y + n;")]
    [InlineData("int n = 0; Tensor y = Ops.Vmap(x, r => { [|n|]++; return r; }); return y + n;")]
    [InlineData("int n = 0; Tensor y = Ops.Scan(x[0], x, (s, r) => { [|n|]++; return (s + r, s); }).State; return y + n;")]
    [InlineData("int n = 0; Func<Tensor, Tensor> f = r => { n++; return r; }; Tensor y = Ops.Map(x, [|f|]); return y + n;")]
    [InlineData("var l = new List<Tensor>(); Tensor y = Ops.Map(x, r => { [|l.Add|](r); return r; }); return y + l.Count;")]
    [InlineData("var d = new Dictionary<string, Tensor>(); Tensor y = Ops.Map(x, r => { [|d[\"a\"]|] = r; return r; }); return y + d[\"a\"];")]
    [InlineData("var b = new Box(); Tensor y = Ops.Map(x, r => { [|b.N|]++; return r; }); return y + b.N;")]
    public void Is_reported_at_the_change(string body) => Rule.Reports(Id, Program(body));

    [Theory]
    [InlineData("return Ops.Map(x, r => { var l = new List<Tensor> { r }; l.Add(r + 1); return l[1]; });")]
    [InlineData("var ta = new TensorArray(); Ops.Checkpoint(() => { ta.Add(x); return x; }); return ta.Stack().Sum();")]
    public void Is_not_reported_for_what_the_function_makes(string body) => Rule.Silent(Program(body));

    private static string Program(string body) => $$"""
        public class Box { public int N; }
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                {{body}}
            }
        }
        """;
}
