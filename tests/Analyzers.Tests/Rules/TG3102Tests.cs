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
