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
    [InlineData("if ([|(float)x.Sum()|] > 1) { x = x + 1; } return x;")]
    [InlineData("x += 1; x = x * 2f; var y = x; y *= y; return x * [|y.Item<float>()|];")]
    [InlineData("Tensor y = x, z = y; for (int i = 0; i < 3; i++) { y = z + 1; z = y * x; } return x * [|z.Item<float>()|];")]
    [InlineData("return x * [|(-x)!.ToLiteral()|].GetDouble(0);")]
    public void Is_reported_where_it_stands(string body) => Rule.Reports(Id, Model(body));

    // What is not certain: state, C# values, delegates, code that asks how it runs, and code that no graph function is.
    [Theory]
    [InlineData("return x * _scale.Item<float>();")]
    [InlineData("return x * (float)_scale;")]
    [InlineData("x = 3f; return x * x.Item<float>();")]
    [InlineData("Tensor y = 3f; y = x; return x * y.Item<float>();")]
    [InlineData("Tensor y = 3f; return x * y.Item<float>();")]
    [InlineData("Tensor y = x, z = y; for (int i = 0; i < 3; i++) { y = z; z = _scale; } return x * z.Item<float>() + y.Item<float>();")]
    [InlineData("(x, var y) = (_scale, x); return y * x.Item<float>();")]
    [InlineData("Tensor? y = _n > 0 ? null : x; y ??= 3f; return x * y.Item<float>();")]
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

    [Theory]
    [InlineData("float Mean(Tensor x) => x.Mean().Item<float>();", "return x * [|Mean(x)|];")]
    [InlineData("float Mean(Tensor x) { float mean = (float)x.Mean(); return mean; }", "return x * [|Mean(x * 2)|];")]
    [InlineData("float Mean(Tensor x) { if (x.ToDouble() > 1) return 1; return 2; }", "var y = x + 1; return x * [|Mean(y)|];")]
    [InlineData("float Outer(Tensor a, Tensor x) => Mean(scale: 2, x: x); float Mean(Tensor x, int scale) => x.Item<float>() * scale;", "return x * [|Outer(_scale, x)|];")]
    [InlineData("static float Mean(Tensor x) => Reading.First(x);", "return x * [|Mean(x)|];")]
    [InlineData("static float Mean(Tensor x) => 1;", "return x * [|x.First()|];")]
    public void A_method_that_reads_what_it_is_given_is_reported_where_it_is_called(string helper, string body) => Rule.Reports(Id, Helped(helper, body));

    // What the method may not come to: another tensor, a C# condition, an early return, another body.
    [Theory]
    [InlineData("float Mean(Tensor x) => x.Mean().Item<float>();", "return x * Mean(_scale);")]
    [InlineData("float Mean(Tensor x, bool reads = false) => reads ? x.Item<float>() : 1;", "return x * Mean(x);")]
    [InlineData("float Mean(Tensor x) { if (x.Rank > 0) return 1; return x.Item<float>(); }", "return x * Mean(x);")]
    [InlineData("float Mean(Tensor x) { x = 3f; return x.Item<float>(); }", "return x * Mean(x);")]
    [InlineData("float Mean(Tensor x) { try { return x.Item<float>(); } catch (GraphException) { return 1; } }", "return x * Mean(x);")]
    [InlineData("float Mean(Tensor x) => x.IsSymbolic ? 1 : x.Item<float>();", "return x * Mean(x);")]
    [InlineData("Func<float> Mean(Tensor x) => () => x.Item<float>();", "Mean(x); return x;")]
    [InlineData("float Mean(Tensor x) => x.Item<float>();", "Ops.HostCall((Tensor t) => Console.WriteLine(Mean(t)), x); return x;")]
    [InlineData("public virtual float Mean(Tensor x) => x.Item<float>();", "return x * Mean(x);")]
    [InlineData("float Mean(Tensor x, int n) => n > 0 ? Mean(x, n - 1) : 1;", "return x * Mean(x, 3);")]
    public void A_method_that_may_not_read_it_is_not_reported(string helper, string body) => Rule.Silent(Helped(helper, body));

    [Fact]
    public void The_read_in_a_method_is_named_with_its_line() => Rule.Says(Id, Helped("float Mean(Tensor x) => x.Mean().Item<float>();", "return x * Mean(x);"),
        "'Mean(x)' reads a value that the tensor has only when the graph runs, not while 'Step' is traced. It does so at ",
        "with 'x.Mean().Item<float>()'. Return a Tensor from there.");

    [Fact]
    public void A_condition_is_told_to_leave_the_cast_out() => Rule.Says(Id, Model("if ((float)x.Sum() > 1) return x; return -x;"),
        "'(float)x.Sum()' reads a value that the tensor has only when the graph runs, not while 'Step' is traced", "as in 'if (x.Sum() > 1)'");

    [Fact]
    public void Other_reads_are_told_what_there_is() =>
        Rule.Says(Id, Model("return x * x.Item<float>();"), "Keep it a Tensor, or look at it with Ops.Print, or run C# on it with Ops.HostCall.");

    [Fact]
    public void A_plain_method_may_read() => Rule.Silent("public partial class Model { public float Step(Tensor x) => (float)x.Sum() + x.Item<float>(); }");

    private static string Helped(string helper, string body) => $$"""
        public static class Reading { public static float First(this Tensor x) => x[0].Item<float>(); }
        public partial class Model
        {
            private readonly Tensor _scale = 2f;
            {{helper}}

            [GraphFunction]
            public Tensor Step(Tensor x) { {{body}} }
        }
        """;

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
