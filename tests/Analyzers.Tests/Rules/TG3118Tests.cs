using System.Reflection;

namespace TensorGraph.Tests.Rules;

/// <summary>An assertion of a C# value under a tensor condition; one of a tensor is a part of the graph.</summary>
public sealed class TG3118Tests
{
    [Theory]
    [InlineData("if (x > 0) { [|System.Diagnostics.Debug.Assert(n > 0)|]; } return x;")]
    [InlineData("if (x > 0) { [|System.Diagnostics.Debug.Fail(\"no\")|]; } return x;")]
    [InlineData("while (x > 0) { [|System.Diagnostics.Trace.Assert(n > 0, \"n\")|]; x = x - 1; } return x;")]
    [InlineData("if (x > 0) return x; [|System.Diagnostics.Trace.Fail(\"no\")|]; return x + 1;")]
    public void Is_reported_at_the_call(string body) => Rule.Reports("TG3118", Program(body));

    [Theory]
    [InlineData("System.Diagnostics.Debug.Assert(n > 0); return x;")]
    [InlineData("if (n > 0) { System.Diagnostics.Debug.Assert(n > 0, $\"n is {n}\"); } return x;")]
    [InlineData("System.Diagnostics.Debug.Assert(x.Sum() < 5); if (x > 0) { System.Diagnostics.Trace.Assert(x < 3, \"x is {0}\", x); } return x;")]
    [InlineData("while (x > -2) { System.Diagnostics.Debug.Assert(x < 4, \"too large\"); x = x - 1; } return x;")]
    public void What_is_not_reported_throws_alike(string body)
    {
        Assert.Empty(Roslyn.Diagnostics(Roslyn.Usings + Program(body)));
        Assembly loaded = Roslyn.Load(Program(body));
        foreach (float x in new[] { -3f, 0f, 2f, 3f, 9f })
            BothWays.AssertEqual(loaded, "Step", () => [(Tensor)x, 1]);
    }

    private static string Program(string body) => $$"""
        public partial class Model
        {
            public readonly List<string> Lines = new();

            [GraphFunction]
            public Tensor Step(Tensor x, int n)
            {
                {{body}}
            }
        }
        """;
}
