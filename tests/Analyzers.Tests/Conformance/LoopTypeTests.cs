using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Conformance;

/// <summary>
/// A carried variable keeps dtype, shape and structure. Where the types of C# do not show a change, tracing finds it: the error names the variable,
/// both types and the line. The same program runs imperatively, since there each turn stands for itself.
/// </summary>
public sealed class LoopTypeTests
{
    private static readonly (string Name, string Head)[] s_loops =
    [
        ("while", "Tensor i = 0; while (i < 2)"),
        ("for", "for (Tensor i = 0; i < 2; i++)"),
        ("do", "Tensor i = 0; do"),
        ("range", "foreach (Tensor i in Ops.Range(2))"),
        ("axis", "foreach (Tensor i in xs)"),
        ("dataset", "foreach (Tensor i in data)"),
        ("array", "foreach (Tensor i in TensorArray.From(xs))"),
        ("endless", "Tensor i = 0; while (true)"),
    ];

    private static readonly (string Name, string Before, string Change, string[] Facts)[] s_changes =
    [
        ("dtype", "Tensor v = x;", "v = v.Cast(DType.F64) + 1;", ["'v' is f32[2] before the loop and f64[2] after one iteration"]),
        ("shape", "Tensor v = x;", "v = Ops.Concat(new[] { v, v }, 0);", ["'v' is f32[2] before the loop and f32[4] after one iteration"]),
        ("rank", "Tensor v = x;", "v = v.Sum();", ["'v' is f32[2] before the loop and f32[] after one iteration"]),
        ("tuple", "(Tensor A, Tensor B) v = (x, x);", "v = (v.B, v.A.Sum());", ["v.B", "is f32[2] before the loop and f32[] after one iteration"]),
        ("record", "var v = new Pair(x, x);", "v = v with { Second = v.Second.Cast(DType.I32) };", ["v.Second", "is f32[2] before the loop and i32[2] after one iteration"]),
        ("null", "Tensor? v = null;", "v = v is null ? x : v + 1;", ["'v' is null before the loop and f32[2] after one iteration"]),
        ("number", "Tensor v = 0;", "v = v.Cast(DType.F32) + x.Sum();", ["'v' is i32[] before the loop and f32[] after one iteration"]),
        ("stopped", "Tensor v = x;", "v = v.Cast(DType.F64); if (i > 9) break;", ["'v' is f32[2] before the loop and f64[2] after one iteration"]),
        ("found", "Tensor v = x;", "var l = new TensorArray(DType.F32, Shape.Scalar); foreach (Tensor k in Ops.Range(i)) l.Add(x.Sum()); v = l.Stack();", ["'v' is f32[2] before the loop and f32[_u", "TensorArray"]),
        ("element", "Tensor[] v = { x, x };", "v[1] = v[1].Sum();", ["'v[1]' is f32[2] before the loop and f32[] after one iteration"]),
        ("value", "var v = new Dictionary<string, Tensor> { [\"a\"] = x };", "v[\"a\"] = v[\"a\"].Cast(DType.I32);", ["'v[\"a\"]' is f32[2] before the loop and i32[2] after one iteration"]),
        ("key", "var v = new Dictionary<string, Tensor> { [\"a\"] = x };", "v[\"b\"] = v[\"a\"];", ["'v[\"b\"]' has a value on one side"]),
        ("branch", "Tensor v = x;", "if (i > 0) v = v.Sum();", ["'v' is f32[] in one branch and f32[2] in the other"]),
        ("twoBranches", "Tensor v;", "if (i > 0) v = x; else v = x.Cast(DType.F64); Log(v);", ["'v' is f32[2] in one branch and f64[2] in the other"]),
    ];

    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(
        "public record Pair(Tensor First, Tensor Second);\npublic partial class Model\n{\nprivate static void Read(object? v) { }\n" + BothWays.LogMember + string.Concat(s_loops.SelectMany(l => s_changes.Select(c => Method(l, c)))) + "}\n"));

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach ((string Name, string Head) loop in s_loops)
        {
            foreach ((string Name, string Before, string Change, string[] Facts) change in s_changes)
                cells.Add(loop.Name, change.Name);
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_change_is_an_error_that_names_both_types(string loop, string change)
    {
        object model = Activator.CreateInstance(s_program.Value.GetType("Model")!)!;
        object?[] arguments = [(Tensor)new[] { 1f, 2f }, (Tensor)new[] { 3, 4 }, Dataset.FromTensorSlices<Tensor>(new[] { 5, 6 })];
        Assert.DoesNotContain("Exception", BothWays.Run(model, $"{loop}_{change}", arguments), StringComparison.Ordinal);
        MethodInfo entry = model.GetType().GetMethod(TwinNames.Entry($"{loop}_{change}"))!;
        GraphException error = Expect.Error("TG3001", () => entry.Invoke(model, BindingFlags.DoNotWrapExceptions, null, arguments, null), s_changes.Single(c => c.Name == change).Facts);
        Assert.Contains("Model.cs:", error.Message, StringComparison.Ordinal);
    }

    private static string Method((string Name, string Head) loop, (string Name, string Before, string Change, string[] Facts) change) => $$"""

            [GraphFunction] public Tensor {{loop.Name}}_{{change.Name}}(Tensor x, Tensor xs, Dataset<Tensor> data)
            {
                {{change.Before}}
                {{loop.Head}}
                {
                    {{change.Change}} {{(loop.Name is "while" or "endless" ? "i++;" : "")}} {{(loop.Name == "endless" ? "if (i > 1) break;" : "")}}
                }
                {{(loop.Name == "do" ? "while (i++ < 1);" : "")}}
                {{(change.Before.Contains('=', StringComparison.Ordinal) ? "Read(v);" : "")}}
                return x;
            }

        """;
}
