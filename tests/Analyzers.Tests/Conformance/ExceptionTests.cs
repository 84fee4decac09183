using System.Reflection;

namespace TensorGraph.Tests.Conformance;

/// <summary>
/// An exception under a tensor condition is the same one both ways, after the same effects. What C# does while an exception passes is not in the
/// graph: a finally on tensors around such a throw is TG3115.
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
        }
        """));

    [Theory]
    [InlineData("InBranch")]
    [InlineData("InLoop")]
    [InlineData("AfterAssignment")]
    public void Is_the_same_after_the_same_effects(string method) =>
        BothWays.AssertEqual(s_program.Value, method, [.. new[] { 1, 5, 0, 4, 2 }.Select(x => new Func<object?[]>(() => [(Tensor)x]))]);
}
