namespace TensorGraph.Tests.Rules;

/// <summary>Host state is changed under a tensor condition.</summary>
public sealed class TG3102Tests
{
    private const string Id = "TG3102";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private string _label = "";
                public string Label => _label;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    if (x.Sum() > 1)
                        [|_label|] = "large";
                    return x;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                private Tensor _large = 0f;
                public Tensor Large => _large;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    if (x.Sum() > 1)
                        _large = 1f;
                    return x;
                }
            }
            """);

    [Fact]
    public void A_helper_that_counts_is_reported_where_it_is_called() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private int _turns;
                public int Turns => _turns;

                private void Count() => _turns++;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    while (x.Sum() > 1)
                    {
                        [|Count|]();
                        x = x / 2;
                    }
                    return x;
                }
            }
            """);

    [Fact]
    public void What_runs_in_a_host_call_or_on_a_new_object_is_not_reported() =>
        Rule.Silent("""
            public class Cell { public Tensor Value = 0f; public int Turns; }

            public partial class Model
            {
                private readonly List<float> _seen = new();
                public IReadOnlyList<float> Seen => _seen;

                private void Count(Tensor x) => Ops.HostCall((Tensor t) => { _seen.Add(t.Item<float>()); }, x);

                private static Tensor Half(Tensor x)
                {
                    var cell = new Cell();
                    cell.Value = x / 2;
                    cell.Turns++;
                    return cell.Value;
                }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    while (x.Sum() > 1)
                    {
                        Count(x.Sum());
                        x = Half(x);
                    }
                    return x;
                }
            }
            """);

    [Fact]
    public void Is_reported_for_text_that_is_built() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var text = new System.Text.StringBuilder();
                    text.Append("a");
                    if (x.Sum() > 1)
                    {
                        var own = new System.Text.StringBuilder();
                        own.Append("b");
                        [|text|].Append(own);
                        x = x + own.Length;
                    }
                    return x + text.Length;
                }
            }
            """);

    [Fact]
    public void Is_reported_for_an_element_of_a_span() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var rows = new[] { x, x };
                    if (x.Sum() > 1)
                    {
                        Span<Tensor> span = rows;
                        [|span[0]|] = x + 1;
                    }
                    return rows[0];
                }
            }
            """);

    [Fact]
    public void A_helper_that_puts_another_object_is_reported_where_it_is_called() =>
        Rule.Reports(Id, """
            public class Cell { public Tensor Value = 0f; }
            public partial class Model
            {
                private Cell _cell = new();

                private void Renew() => _cell = new Cell();

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Action renew = () => Renew();
                    if (x.Sum() > 1)
                        [|Renew|]();
                    return x + _cell.Value;
                }
            }
            """);

    // The exception comes first when the graph runs; while tracing, all of it is reached.
    [Theory]
    [InlineData("if (x > 2) throw new InvalidOperationException(); [|_count|]++; return x;")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); if (_flag) [|_count|] += 2; return x;")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); if (y > 3) x = y; [|_label|] = \"a\"; return x;")]
    [InlineData("if (x > 2) { if (y > 1) throw new InvalidOperationException(); x = y; } [|_names[\"a\"]|] = 1; return x;")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); [|Count|](); return x;")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); { [|_part.Number|] = 3; } return x;")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); void Later() { [|_count|]++; } Later(); return x;")]
    [InlineData("Check(x); [|_count|]++; return x;")]
    [InlineData("Check(x); x = Halved(x); [|Count|](); return x;")]
    [InlineData("Tensor z = Checked(x) * 2; [|_count|]++; return z;")]
    [InlineData("void Look(Tensor v) { if (v > 2) throw new InvalidOperationException(); } Look(x); [|_count|]++; return x;")]
    [InlineData("x = x > 2 ? throw new InvalidOperationException() : y; [|_count|]++; return x;")]
    [InlineData("for (int i = 0; i < 3; i++) { [|_count|]++; if (x > i) throw new InvalidOperationException(); } return x;")]
    [InlineData("foreach (Tensor e in y) { if (e > 1) throw new InvalidOperationException(); x = x + e; } [|_count|]++; return x;")]
    public void Is_reported_after_a_throw_that_a_tensor_decides(string body) => Rule.Reports(Id, AfterThrow(body));

    [Theory]
    [InlineData("if (_flag) throw new InvalidOperationException(); _count++; return x;")]
    [InlineData("_count++; if (x > 2) throw new InvalidOperationException(); return x;")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); _kept = x; _weight.Assign(x); return x;")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); var part = new Part(); part.Number++; var all = new int[2]; all[1] = part.Number; return x + all[1];")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); int k = 0; k++; (int A, int B) p = (1, 2); p.A = k; return x + p.A;")]
    [InlineData("if (x > 2) throw new InvalidOperationException(); _lazy ??= new Variable(2f); if (_other is null) _other = new Variable(2f); return x * _lazy + _other;")]
    [InlineData("for (int i = 0; i < 3; i++) { _count++; } Check(x); return x;")]
    [InlineData("Func<Tensor, Tensor> f = v => { if (v > 2) throw new InvalidOperationException(); return v; }; _count++; return f(x);")]
    public void Is_not_reported_where_it_comes_first_or_dies_with_the_exception(string body) =>
        Assert.DoesNotContain(Roslyn.Diagnostics(Roslyn.Usings + AfterThrow(body)), d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);

    private static string AfterThrow(string body) => $$"""
        #pragma warning disable TG7101
        public class Part { public int Number; }
        public partial class Model
        {
            private int _count;
            private string _label = "";
            private bool _flag;
            private Tensor _kept = 0f;
            private Variable? _lazy, _other;
            private readonly Variable _weight = new(1f);
            private readonly Part _part = new();
            private readonly Dictionary<string, int> _names = [];
            public void Flip() => _flag = !_flag;
            private void Count() => _count++;
            private static void Check(Tensor x) { if (x > 2) throw new InvalidOperationException(); }
            private static Tensor Checked(Tensor x) { if (x < 1) return x; throw new InvalidOperationException(); }
            private static Tensor Halved(Tensor x) { if (x > 2) return x / 2; return x; }
            [GraphFunction] public Tensor Step(Tensor x, Tensor y) { {{body}} }
        }
        """;

    [Fact]
    public void An_object_that_is_made_once_is_no_state() =>
        Rule.Silent("""
            public partial class Model
            {
                private Variable? _first, _second, _third;

                private Tensor Shift(Tensor x)
                {
                    _first ??= new Variable(1f);
                    if (_second is null)
                        _second = new Variable(2f);
                    _third = _third ?? new Variable(3f);
                    return x - _first - _second - _third;
                }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    while (x.Sum() > 1)
                        x = Shift(x);
                    return x;
                }
            }
            """);
}
