namespace TensorGraph.Tests.Rules;

/// <summary>A value of a tensor is read in a graph function, where it has none.</summary>
public sealed class TG1001Tests
{
    private const string Id = "TG1001";

    [Theory]
    [InlineData("return x * [|x.Item<float>()|];")]
    [InlineData("return x * [|x.Sum().Item<float>()|];")]
    [InlineData("return x * [|(x * 2).ToArray<float>()|][0];")]
    [InlineData("var total = Ops.Sum(x); return x * [|total.ToDouble()|];")]
    [InlineData("return x * (float)[|x.Max()[0].ToDouble()|];")]
    [InlineData("int n = [|(int)x|]; return x * n;")]
    [InlineData("if ([|(float)x.Sum()|] > 1) return x; return -x;")]
    [InlineData("while ([|(float)x.Sum()|] > 1 && _n > 0) x.ToString(); return -x;")]
    [InlineData("for (int i = 0; i < 9; i++) if (i % 3 == 0) Ops.Print([|x.Item<float>()|]); return x;")]
    [InlineData("if (x > 0) Ops.Print([|x.Item<float>()|]); return x;")]
    [InlineData("bool big = [|(bool)(x > 1)|]; return big ? x : -x;")]
    [InlineData("return x * [|_weight.Value.Item<float>()|];")]
    [InlineData("return x * [|(-x)!.ToLiteral()|].GetDouble(0);")]
    public void Is_reported_where_it_stands(string body) => Rule.Reports(Id, Model(body));

    // What is not certain: state, C# values, delegates, code that asks how it runs, and code that no graph function is.
    [Theory]
    [InlineData("return x * _scale.Item<float>();")]
    [InlineData("return x * (float)_scale;")]
    [InlineData("x = 3f; return x * x.Item<float>();")]
    [InlineData("Tensor y = 3f; y = x; return x * y.Item<float>();")]
    [InlineData("Tensor y = 3f; return x * y.Item<float>();")]
    [InlineData("return x * Ops.Size(x, 0).Item<long>();")]
    [InlineData("return x * Ops.OnesLike(x).Item<float>();")]
    [InlineData("return x * Tensor.From(new[] { 1f }).Item<float>();")]
    [InlineData("Ops.HostCall((Tensor t) => Console.WriteLine(t.Item<float>()), x); return x;")]
    [InlineData("Func<float> read = () => x.Item<float>(); return x;")]
    [InlineData("if (!x.IsSymbolic) Ops.Print(x.Item<float>()); return x;")]
    [InlineData("if (GraphFunctions.RunImperatively) Ops.Print((float)x); return x;")]
    [InlineData("try { return x * x.Item<float>(); } catch (GraphException) { return x; }")]
    [InlineData("if (_debug) Ops.Print(x.Item<float>()); return x;")]
    [InlineData("return _debug ? x * x.Item<float>() : x;")]
    [InlineData("return x * Read(x);")]
    [InlineData("return x * new Box().Item<float>();")]
    [InlineData("return x * (float)_n;")]
    [InlineData("object o = (object)x; return x;")]
    [InlineData("return x * new List<float> { 1 }.ToArray()[0];")]
    public void Is_not_reported_otherwise(string body) => Rule.Silent(Model(body));

    [Fact]
    public void A_condition_is_told_to_leave_the_cast_out() => Rule.Says(Id, Model("if ((float)x.Sum() > 1) return x; return -x;"),
        "'(float)x.Sum()' reads a value that the tensor has only when the graph runs, not while 'Step' is traced", "as in 'if (x.Sum() > 1)'");

    [Fact]
    public void Other_reads_are_told_what_there_is() =>
        Rule.Says(Id, Model("return x * x.Item<float>();"), "Keep it a Tensor, or look at it with Ops.Print, or run C# on it with Ops.HostCall.");

    [Fact]
    public void A_plain_method_may_read() => Rule.Silent("public partial class Model { public float Step(Tensor x) => (float)x.Sum() + x.Item<float>(); }");

    private static string Model(string body) => $$"""
        public class Box { public float Item<T>() => 1; }
        public partial class Model
        {
            private readonly Tensor _scale = 2f; private readonly Variable _weight = new(1f); private readonly int _n = 1; private readonly bool _debug = true;
            private static float Read(Tensor x) => 1;

            [GraphFunction]
            public Tensor Step(Tensor x) { {{body}} }
        }
        """;
}
