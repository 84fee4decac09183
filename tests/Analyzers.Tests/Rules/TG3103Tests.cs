namespace TensorGraph.Tests.Rules;

/// <summary>A call under a tensor condition changes a tensor of another object.</summary>
public sealed class TG3103Tests
{
    private const string Id = "TG3103";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Counter
            {
                private Tensor _count = 0f;
                public Tensor Count => _count;
                public void Next() => _count = _count + 1;
            }

            public partial class Model
            {
                private readonly Counter _counter = new();

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        _counter.[|Next|]();
                    }
                    return x * _counter.Count;
                }
            }
            """);

    [Theory]
    [InlineData("[|Put|](cells, x);")]
    [InlineData("[|Renamed|](cells, x);")]
    [InlineData("[|PutHere|](x);")]
    [InlineData("[|Grow|](list, x);")]
    [InlineData("[|Through|](cells, x);")]
    [InlineData("Tensor[] same = cells; [|Put|](same, x);")]
    public void Is_reported_for_elements_that_a_call_changes(string call) => Rule.Reports(Id, Elements(call));

    [Theory]
    [InlineData("Tensor[] made = [x, x]; Put(made, x); x = made[0] / 2;")]
    [InlineData("Put(new Tensor[1], x);")]
    [InlineData("x = First(cells) + Made(x);")]
    public void Is_not_reported_for_elements_that_nobody_else_sees(string call) => Rule.Silent(Elements(call));

    private static string Elements(string call) => $$"""
        public partial class Model
        {
            private readonly Tensor[] _cells = [0f];

            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                Tensor[] cells = [x];
                var list = new List<Tensor>();
                while (x.Sum() > 1)
                {
                    x = x / 2;
                    {{call}}
                }
                return x * cells[0] + list.Count;
            }

            private static void Put(Tensor[] to, Tensor value) => to[0] = value;
            private static void Renamed(Tensor[] to, Tensor value) { var other = to; other[0] = value; }
            private static void Grow(List<Tensor> to, Tensor value) => to.Add(value);
            private static void Through(Tensor[] to, Tensor value) => Put(to, value);
            private void PutHere(Tensor value) => _cells[0] = value;
            private static Tensor First(Tensor[] from) => from[0];
            private static Tensor Made(Tensor x) { var made = new Tensor[1]; made[0] = x; var list = new List<Tensor>(); list.Add(x); return made[0] + list[0]; }
        }
        """;

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                private Tensor _count = 0f;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        _count = Next(_count);
                    }
                    return x * _count;
                }

                private static Tensor Next(Tensor count) => count + 1;
            }
            """);

    [Fact]
    public void A_delegate_that_changes_a_variable_cannot_be_called_by_another_method_where_a_tensor_decides() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private Tensor _seen = 0f;

                private static Tensor Apply(Func<Tensor, Tensor> f, Tensor x)
                {
                    if (x.Sum() > 1)
                        return f(x);
                    return x;
                }

                private Tensor See(Tensor x) => _seen = x;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor last = x;
                    x = Apply([|v => last = v + 1|], x);
                    x = Apply([|See|], x);
                    return Apply(v => v * last, x) + last + _seen;
                }
            }
            """);

    [Fact]
    public void A_delegate_may_change_a_variable_where_no_tensor_decides_whether_it_is_called() =>
        Rule.Silent("""
            public partial class Model
            {
                private static Tensor Apply(Action<Tensor> f, Tensor x)
                {
                    f(x);
                    return x.Sum() > 1 ? x : -x;
                }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor last = x;
                    x = Apply(v => last = v + 1, x);
                    return x + last;
                }
            }
            """);

    /// <summary>A struct in a field is a part of the method's own object, also for a helper that changes it.</summary>
    [Fact]
    public void Is_not_reported_for_a_struct_in_a_field_of_the_own_object() =>
        Rule.Silent("""
            public struct Belief { public Tensor Mean; public Tensor Variance; }

            public partial class Model
            {
                private Belief _b = new() { Mean = 0f, Variance = 1f };

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    if (x.Sum() > 1)
                        Widen();
                    return x + _b.Variance;
                }

                private void Widen() => _b.Variance += 1f;
            }
            """);
}
