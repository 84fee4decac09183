using System.Reflection;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>
/// Small programs as data: graph functions <c>(Tensor x, Tensor y, int mode)</c>, members of one <c>Model</c> that can also <c>Log</c> tensors.
/// Each is one case: run both ways on a few arguments.
/// </summary>
/// <param name="members">Methods and what they need.</param>
/// <param name="types">Types beside the model.</param>
/// <param name="hasState">True if fields that calls change are part of the signatures.</param>
internal sealed partial class Programs(string members, string types = "", bool hasState = false)
{
    // Between them they take each side of comparisons with 3 and 6, of x with y, and each small mode.
    private static readonly (int X, int Y, int Mode)[] s_arguments = [(1, 2, 0), (5, 2, 1), (9, 9, 2), (0, 7, 3), (-4, 1, 0)];

    private readonly Lazy<Assembly> _program = new(() => Roslyn.Load(
        $"{types}\npublic record Pair(Tensor First, Tensor Second);\npublic partial class Model\n{{\n{BothWays.LogMember}\n{members}\n}}\n"));

    /// <summary>The names of the graph functions.</summary>
    public TheoryData<string> Names => [.. GraphFunctions().Matches(members).Select(match => match.Groups[1].Value)];

    /// <summary>Result, log or exception are the same both ways, with one trace for each C# value.</summary>
    public void AssertEqual(string method)
    {
        object traced = BothWays.AssertEqual(_program.Value, method, [.. s_arguments.Select(a => new Func<object?[]>(() => [(Tensor)a.X, (Tensor)a.Y, a.Mode]))]);
        if (!hasState)
            Assert.InRange(BothWays.FunctionOf(traced, method).TraceCount, 0, s_arguments.DistinctBy(a => a.Mode).Count());
    }

    [GeneratedRegex(@"\[GraphFunction\] .*?(\w+)\(Tensor x, Tensor y, int mode\)")]
    private static partial Regex GraphFunctions();
}
