using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Conformance;

/// <summary>
/// An exception under a tensor condition is the same one both ways, after the same effects. What C# does while an exception passes is not in the
/// graph: a finally around the throw runs when nothing is thrown, and imperatively.
/// </summary>
public sealed class ExceptionTests
{
    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load($$"""
        public partial class Model
        {
        {{BothWays.LogMember}}
            private readonly Variable _v = new(0);

            [GraphFunction]
            public Tensor InBranch(Tensor x)
            {
                Log(x);
                if (x > 3) { Log(x + 1); throw new InvalidOperationException($"large: {x}"); }
                Log(x + 2);
                return x;
            }

            [GraphFunction]
            public Tensor InLoop(Tensor x)
            {
                for (Tensor i = 0; i < 5; i++) { Log(i); if (x + i > 5) throw new InvalidOperationException($"{i}: {x}"); }
                return x;
            }

            [GraphFunction]
            public Tensor AfterAssignment(Tensor x)
            {
                Log(_v);
                _v.Assign(x);
                if (x > 3) throw new InvalidOperationException("large");
                _v.Assign(x * 2);
                return _v;
            }

            [GraphFunction]
            public Tensor InTry(Tensor x)
            {
                try { if (x > 3) throw new InvalidOperationException("large"); Log(x); } finally { Log(x + 100); }
                return x;
            }
        }
        """));

    [Theory]
    [InlineData("InBranch")]
    [InlineData("InLoop")]
    [InlineData("AfterAssignment")]
    public void Is_the_same_after_the_same_effects(string method) =>
        BothWays.AssertEqual(s_program.Value, method, [.. new[] { 1, 5, 0, 4, 2 }.Select(x => new Func<object?[]>(() => [(Tensor)x]))]);

    [Fact]
    public void A_finally_is_not_run_for_an_exception_of_the_graph()
    {
        object model = Activator.CreateInstance(s_program.Value.GetType("Model")!)!;

        Assert.Equal("1 after [1, 101]", BothWays.Run(model, TwinNames.Entry("InTry"), [(Tensor)1]));
        Assert.Equal("InvalidOperationException: large after []", BothWays.Run(model, TwinNames.Entry("InTry"), [(Tensor)5]));
        Assert.Equal("InvalidOperationException: large after [105]", BothWays.Run(model, "InTry", [(Tensor)5]));
    }
}
