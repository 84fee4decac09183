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
}
