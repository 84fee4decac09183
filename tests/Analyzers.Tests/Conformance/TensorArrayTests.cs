using System.Reflection;
using System.Text;

namespace TensorGraph.Tests.Conformance;

/// <summary>Tensor arrays in every loop, with every way to leave it and lengths 0 to 4: traced equals imperative, with one trace for all lengths.</summary>
public sealed class TensorArrayTests
{
    private static readonly (string Name, string Head, string Tail)[] s_loops =
    [
        ("For", "for (Tensor i = 0; i < t; i++)", ""),
        ("While", "Tensor i = -1; while (i < t - 1)", ""),
        ("Do", "Tensor i = -1; do", "while (i < t - 1);"),
        ("Range", "foreach (Tensor i in Ops.Range(t))", ""),
        ("Axis", "foreach (Tensor i in xs)", ""),
        ("Array", "foreach (Tensor i in given)", ""),
        ("Endless", "Tensor i = -1; while (true)", ""),
    ];

    // What the body does to `list`; {0} and {1} are conditions.
    private static readonly (string Name, string Body)[] s_bodies =
    [
        ("Add", "list.Add(x * i);"),
        ("AddIf", "if (i % 2 == 0) list.Add(x * i);"),
        ("AddElse", "if (i > 1) { x = x + 1; } else { list.Add(x); list.Add(x * 2); }"),
        ("Break", "if (i == 2) break; list.Add(x); x = x + 1;"),
        ("Continue", "if (i == 1) continue; list.Add(x + i);"),
        ("Return", "if (i == 2) return list.Stack() * 10; list.Add(x + i);"),
        ("ReturnFirst", "list.Add(x + i); if (x > 5) return list[0].Reshape(1); x = x + 2;"),
        ("ReadBack", "list.Add(x + i); x = x + list[list.Count - 1] + list[0];"),
        ("Write", "list.Add(x + i); list[0] = list[0] * 2; list[list.Count - 1] = x;"),
        ("Clear", "list.Add(x + i); if (list.Count > 2) { list.Clear(); list.Add(i); }"),
        ("Nested", "for (Tensor j = 0; j < i; j++) { if (j == 2) break; list.Add(x + j); }"),
        ("Inner", "var inner = new TensorArray(); foreach (Tensor j in Ops.Range(i + 2)) inner.Add(x * j); list.Add(inner.Stack().Sum());"),
        ("Two", "other.Add(i); list.Add(x + other.Count.Cast(DType.I32)); if (i == 1) other.Add(x);"),
        ("Helper", "Grow(list, x + i);"),
        ("Lambda", "add(x + i);"),
        ("Field", "_kept.Add(i); list.Add(_kept[_kept.Count - 1] + x);"),
        ("Local", "var inner = new TensorArray(); inner.Add(x); inner.Add(i); list.Add(inner.Stack().Sum()); list.Add(inner.Count.Cast(DType.I32));"),
        ("Sum", "list.Add(i); foreach (Tensor element in list) x = x + element;"),
    ];

    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(Source()));

    public static TheoryData<string> Cells()
    {
        var cells = new TheoryData<string>();
        foreach ((string name, _) in All())
            cells.Add(name);
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Traced_equals_imperative(string cell)
    {
        var arguments = new List<Func<object?[]>>();
        for (int n = 0; n <= 4; n++)
        {
            int length = n;
            var rows = Enumerable.Range(0, length).ToArray();
            arguments.Add(() => [(Tensor)3, (Tensor)length, Tensor.From(rows), TensorArray.From(Tensor.From(rows))]);
        }
        BothWays.AssertEqual(s_program.Value, cell, [.. arguments]);
    }

    [Theory]
    [InlineData("For_Add")]
    [InlineData("While_AddIf")]
    [InlineData("Range_Return")]
    [InlineData("Range_Inner")]
    public void One_trace_serves_all_lengths(string cell)
    {
        object model = Activator.CreateInstance(s_program.Value.GetType("Model")!)!;
        for (int n = 0; n <= 4; n++)
            BothWays.Run(model, TensorGraph.Analyzers.TwinNames.Entry(cell), [(Tensor)3, (Tensor)n, Tensor.From(new[] { 1 }), new TensorArray(DType.I32, Shape.Scalar)]);
        var function = GraphFunction.Of(Delegate.CreateDelegate(typeof(Func<Tensor, Tensor, Tensor, TensorArray, Tensor>), model, model.GetType().GetMethod(cell)!));
        Assert.Equal(1, function.TraceCount);
    }

    private static IEnumerable<(string Name, string Text)> All()
    {
        foreach ((string loop, string head, string tail) in s_loops)
        {
            foreach ((string name, string body) in s_bodies)
            {
                // An endless loop and a do end by themselves.
                string count = loop is "While" or "Do" or "Endless" ? "i = i + 1; " : "";
                string stop = loop == "Endless" ? "if (i >= t) break; " : "";
                yield return ($"{loop}_{name}", $$"""
                    [GraphFunction]
                    public Tensor {{loop}}_{{name}}(Tensor x, Tensor t, Tensor xs, TensorArray given)
                    {
                        var list = new TensorArray(DType.I32, Shape.Scalar);
                        var other = new TensorArray();
                        _kept = new TensorArray();
                        Action<Tensor> add = v => list.Add(v);
                        {{head}}
                        {
                            {{count}}{{stop}}{{body}}
                        }
                        {{tail}}
                        return Ops.Concat([list.Stack(), list.Count.Cast(DType.I32).Reshape(1), x.Reshape(1)]);
                    }
                    """);
            }
        }
    }

    private static string Source()
    {
        var source = new StringBuilder();
        source.Append("public partial class Model\n{\n").Append(BothWays.LogMember).Append("""

                private TensorArray _kept = new();
                private static void Grow(TensorArray list, Tensor x)
                {
                    if (x > 4)
                        list.Add(x);
                    else
                        GrowTwice(list, x);
                }
                private static void GrowTwice(TensorArray list, Tensor x) { list.Add(x); list.Add(x * 2); }

            """);
        foreach ((_, string text) in All())
            source.Append(text).Append('\n');
        return source.Append("}\n").ToString();
    }
}
