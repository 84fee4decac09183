namespace TensorGraph.Tests;

/// <summary>The form of twins: same names, comments and order as the user's code.</summary>
public sealed class ConversionTests
{
    [Fact]
    public void Everything_in_one_method()
    {
        Snapshot.Match(Roslyn.Converted("""
            public partial class Model
            {
                private Tensor _state = 0f;

                /// <summary>Documented.</summary>
                [GraphFunction]
                public Tensor Step(Tensor x, bool training = true)
                {
                    // Scale first.
                    Tensor y;
                    if (x.Sum() > 1)
                    {
                        y = x * 2; // inline
                    }
                    else if (x.Sum() > 0)
                        y = x;
                    else
                        return x - 1;
                    while (y.Sum() < 100 && x.Sum() > 2)
                    {
                        if (y.Sum() > 50) break;
                        if (training) continue;
                        y = y * 2;
                        _state = _state + y;
                    }
                    for (Tensor i = 0; i < x; i++)
                    {
                        foreach (Tensor row in x)
                            y += row > 0 ? row : Helper(row);
                        if (y > 7) return y;
                    }
                    do { y = y + 1; } while (y < 100);
                    for (int k = 0; k < 10; k++)
                    {
                        if (y > k) break;
                        y = y + k;
                    }
                    return y;
                }

                private static Tensor Helper(Tensor r) { if (r > 0) return r; return -1 * r; }
            }
            """), extension: "cs.txt");
    }

    [Fact]
    public void A_silenced_error_throws_where_the_twin_would_run()
    {
        const string Source = """
            #pragma warning disable TG3117
            public partial class Model
            {
                private int _n;
                [GraphFunction]
                public Tensor Step(Tensor x) { for (int i = 0; i < 3; i++, _n++) { if (x > 5) break; x = x + 1; } return x; }
            }
            """;
        Assert.DoesNotContain(Roslyn.Diagnostics(Roslyn.Usings + Source), d => d.Id == "TG3117");
        Assert.Contains("Step cannot be converted; the reason is a TG error of a build that runs analyzers, where nothing silences it.", Roslyn.Converted(Source), StringComparison.Ordinal);
    }
}
