using System.Globalization;
using System.Reflection;
using System.Text;

namespace TensorGraph.Tests.Conformance;

/// <summary>
/// Every loop × every jump × C# and tensor conditions × lengths 0 to 4: the traced method gives the imperative one's result and log.
/// </summary>
public sealed class LoopMatrixTests
{
    private static readonly (string Name, string Head, string Tail)[] s_loops =
    [
        ("HostFor", "for (int i = 0; i < n; i++)", ""),
        ("HostWhile", "int i = -1; while (i < n - 1)", ""),
        ("HostForeach", "foreach (int i in Enumerable.Range(0, n))", ""),
        ("HostDo", "int i = -1; do", "while (i < n - 1);"),
        ("TensorFor", "for (Tensor i = 0; i < t; i++)", ""),
        ("TensorWhile", "Tensor i = -1; while (i < t - 1)", ""),
        ("TensorDo", "Tensor i = -1; do", "while (i < t - 1);"),
        ("ForeachRange", "foreach (Tensor i in Ops.Range(t))", ""),
        ("ForeachAxis", "foreach (Tensor i in xs)", ""),
        ("Endless", "Tensor i = -1; while (true)", ""),
    ];

    // {0} is a condition that holds at the first of some turns, {1} one that holds at others.
    private static readonly (string Name, string Body)[] s_jumps =
    [
        ("None", "Log(x);"),
        ("Break", "if ({0}) break; Log(x);"),
        ("Continue", "if ({0}) continue; Log(x);"),
        ("Return", "if ({0}) return x * 100; Log(x);"),
        ("BreakAndContinue", "if ({0}) continue; Log(x); if ({1}) break; x = x + 3;"),
        ("ContinueAndReturn", "if ({0}) {{ x = x + 5; continue; }} if ({1}) return x; Log(x);"),
        ("BreakInElse", "if ({0}) {{ x = x * 2; }} else {{ if ({1}) break; x = x + 4; }} Log(x);"),
        ("Nested", "for (Tensor j = 0; j < 3; j++) {{ if (j > 1) break; if ({0}) continue; x = x + j; Log(j); }} if ({1}) break; Log(x);"),
        ("NestedReturn", "foreach (Tensor j in Ops.Range(t)) {{ if (j > 1) break; if ({1}) return x + j; x = x + 7; }} Log(x);"),
    ];

    private static readonly (string Name, string First, string Second)[] s_conditions =
    [
        ("Host", "flag", "!flag"),
        ("Tensor", "i == 1", "x > 9"),
        ("Both", "flag && i > 0", "i == 2 || !flag && x > 4"),
        ("HostThenTensor", "flag", "x > 6"),
    ];

    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(Source()));

    public static TheoryData<string> Cells()
    {
        var cells = new TheoryData<string>();
        // All of them take minutes, so a short run takes each seventh: a sample in which every loop, jump and condition occurs.
        bool all = Environment.GetEnvironmentVariable("TENSORGRAPH_LONG") == "1";
        int index = 0;
        foreach ((string Name, string Text) cell in All().Where(_ => all || index++ % 7 == 0))
            cells.Add(cell.Name);
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Traced_equals_imperative(string cell)
    {
        var arguments = new List<Func<object?[]>>();
        foreach (bool flag in new[] { false, true })
        {
            for (int n = 0; n <= 4; n++)
            {
                int length = n;
                // A loop of the graph needs no new trace for a new length.
                int turns = cell.StartsWith("Host", StringComparison.Ordinal) ? length : 0;
                arguments.Add(() => [(Tensor)2, (Tensor)length, (Tensor)Enumerable.Range(0, length).ToArray(), turns, flag]);
            }
        }
        BothWays.AssertEqual(s_program.Value, cell, [.. arguments]);
    }

    private static IEnumerable<(string Name, string Text)> All()
    {
        foreach ((string loop, string head, string tail) in s_loops)
        {
            foreach ((string jump, string jumps) in s_jumps)
            {
                foreach ((string kind, string first, string second) in s_conditions)
                {
                    string step = loop is "HostWhile" or "HostDo" or "TensorWhile" or "TensorDo" or "Endless" ? "i++; " : "";
                    string stop = loop == "Endless" ? "if (i >= t) break; " : "";
                    string body = step + stop + "x = x + i; " + string.Format(CultureInfo.InvariantCulture, jumps, first, second);
                    string name = $"{loop}_{jump}_{kind}";
                    yield return (name, $"[GraphFunction] public Tensor {name}(Tensor x, Tensor t, Tensor xs, int n, bool flag)\n    {{\n        {head}\n        {{\n            {body}\n        }}\n        {tail}\n        Log(x);\n        return x + 1;\n    }}\n");
                }
            }
        }
    }

    private static string Source()
    {
        var text = new StringBuilder("public partial class Model\n{\n").Append(BothWays.LogMember).Append('\n');
        foreach ((string _, string method) in All())
            text.Append("    ").Append(method);
        return text.Append("}\n").ToString();
    }
}
