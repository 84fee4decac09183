namespace TensorGraph.Tests.Rules;

/// <summary>A statement has no counterpart in a graph.</summary>
public sealed class TG3115Tests
{
    private const string Id = "TG3115";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, int mode)
                {
                    foreach (Tensor row in x)
                    {
                        switch (mode)
                        {
                            case 0 when row.Sum() > 1:
                            [|case 1 when row.Sum() > 2:|]
                                x = x / 2;
                                break;
                        }
                    }
                    return x;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, int mode)
                {
                    foreach (Tensor row in x)
                    {
                        switch (mode)
                        {
                            case 0 when row.Sum() > 1:
                                x = x / 2;
                                break;
                            case 1 when row.Sum() > 2:
                                x = x / 2;
                                break;
                        }
                    }
                    return x;
                }
            }
            """);

    [Fact]
    public void A_variable_of_another_case_has_no_place() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, int mode)
                {
                    switch (mode)
                    {
                        case 0:
                            Tensor y = x + 1;
                            if (y.Sum() > 3)
                                return y;
                            break;
                        case 1:
                            [|y|] = x;
                            x = y * 2;
                            break;
                    }
                    return x;
                }
            }
            """);

    [Fact]
    public void A_finally_that_works_on_tensors_cannot_follow_a_throw_of_the_graph() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private Tensor _last = 0;
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    try
                    {
                        if (x.Sum() > 1)
                            throw new InvalidOperationException("too big");
                    }
                    [|finally|]
                    {
                        _last = x;
                    }
                    return x + _last;
                }
            }
            """);

    [Fact]
    public void A_finally_for_the_host_may() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, IDisposable scope)
                {
                    try
                    {
                        if (x.Sum() > 1)
                            throw new InvalidOperationException("too big");
                    }
                    finally
                    {
                        scope.Dispose();
                    }
                    return x;
                }
            }
            """);

    [Theory]
    [InlineData("[|using|] var scope = new Scope(_sum); if (x.Sum() > 1) throw new InvalidOperationException(\"too big\");")]
    [InlineData("[|using|] (new Scope(_sum)) { if (x.Sum() > 1) throw new InvalidOperationException(\"too big\"); }")]
    [InlineData("[|using|] (new Later(() => Ops.Print(\"end\"))) { if (x.Sum() > 1) throw new InvalidOperationException(\"too big\"); }")]
    [InlineData("if (x.Sum() > 1) { [|using|] var scope = new Scope(_sum); string s = text ?? throw new InvalidOperationException(\"no text\"); }")]
    public void What_is_disposed_of_cannot_work_on_tensors_around_a_throw_of_the_graph(string body) =>
        Rule.Reports(Id, Disposing(body));

    [Theory]
    [InlineData("using var scope = new Later(() => { }); if (x.Sum() > 1) throw new InvalidOperationException(\"too big\");")]
    [InlineData("using (var tape = new GradientTape()) { tape.Watch(x); if (x.Sum() > 1) throw new InvalidOperationException(\"too big\"); }")]
    [InlineData("using (new Scope(_sum)) { x = x + 1; } if (x.Sum() > 1) throw new InvalidOperationException(\"too big\");")]
    public void What_only_C_sharp_disposes_of_may(string body) =>
        Rule.Silent(Disposing(body));

    private static string Disposing(string body) => $$"""
        public sealed class Scope(Variable sum) : IDisposable { public void Dispose() => sum.AssignAdd(1f); }
        public sealed class Later(Action end) : IDisposable { public void Dispose() => end(); }
        public partial class Model
        {
            private readonly Variable _sum = new(0f);
            [GraphFunction] public Tensor Step(Tensor x, string? text)
            {
                {{body}}
                return x;
            }
        }
        """;

    [Theory]
    [InlineData("x = x + (text is null ? [|throw new InvalidOperationException()|] : text.Length);")]
    [InlineData("x = x + (text ?? [|throw new InvalidOperationException()|]).Length;")]
    [InlineData("int n = Math.Max(1, text switch { null => [|throw new InvalidOperationException()|], _ => 2 }); x = x + n;")]
    public void A_throw_expression_must_give_the_whole_value(string body) =>
        Rule.Reports(Id, $$"""
            public partial class Model
            {
                [GraphFunction] public Tensor Step(Tensor x, string? text)
                {
                    if (x.Sum() > 1)
                    {
                        {{body}}
                    }
                    return x;
                }
            }
            """);
}
