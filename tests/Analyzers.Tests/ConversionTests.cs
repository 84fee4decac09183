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
}
