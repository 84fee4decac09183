using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace TensorGraph.Tests.Conformance;

/// <summary>Every loop × every jump × C# and tensor conditions, as one method each.</summary>
internal static class LoopMatrix
{
    /// <summary>
    /// A loop over the numbers 0 … n − 1. <paramref name="Source"/> is the parameter that gives it its length, <paramref name="Step"/> what its body starts
    /// with. A tensor decides about the turns of one that is staged.
    /// </summary>
    internal sealed record Loop(string Name, bool Staged, string Source, string Head, string Step = "", string Tail = "");

    public static readonly Loop[] Loops =
    [
        new("HostFor", false, "int n", "for (int i = 0; i < n; i++)"),
        new("HostWhile", false, "int n", "int i = -1; while (i < n - 1)", "i++;"),
        new("HostForeach", false, "int n", "foreach (int i in Enumerable.Range(0, n))"),
        new("HostDo", false, "int n", "int i = -1; do", "i++;", "while (i < n - 1);"),
        new("HostList", false, "List<Tensor> xs", "foreach (Tensor i in xs)"),
        new("TensorFor", true, "", "for (Tensor i = 0; i < t; i++)"),
        new("TensorForTwo", true, "", "for (Tensor i = 0, k = t * 2 - 1; i < k; i++, k--)"),
        new("TensorForOuter", true, "", "Tensor i; for (i = 0; i < t; i++)", Tail: "Log(i);"),
        new("TensorWhile", true, "", "Tensor i = -1; while (i < t - 1)", "i++;"),
        new("TensorDo", true, "", "Tensor i = -1; do", "i++;", "while (i < t - 1);"),
        new("Endless", true, "", "Tensor i = -1; while (true)", "i++; if (i >= t) break;"),
        new("EndlessFor", true, "", "Tensor i = -1; for (;;)", "if (!(i < t - 1)) break; i++;"),
        new("ForeachRange", true, "", "foreach (Tensor i in Ops.Range(t))"),
        new("ForeachAxis", true, "Tensor xs", "foreach (Tensor i in xs)"),
        new("ForeachDataset", true, "Dataset<Tensor> xs", "foreach (Tensor i in xs)"),
        new("ForeachPairs", true, "Dataset<(Tensor, Tensor)> xs", "foreach (var (i, k) in xs)", "x = x + k;"),
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
        ("Switch", "switch (flag) {{ case true: if ({0}) continue; break; default: if ({1}) break; x = x + 2; break; }} Log(x);"),
        ("Finally", "try {{ if ({0}) continue; x = x + 4; if ({1}) break; }} finally {{ x = x + 1; Log(x); }} x = x + 2;"),
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

    private static readonly ConcurrentDictionary<string, Lazy<Assembly>> s_programs = [];

    /// <summary>The method of a cell, in the program of its loop.</summary>
    public static Assembly Program(Loop loop) => s_programs.GetOrAdd(loop.Name, _ => new Lazy<Assembly>(() => Roslyn.Load(Source(loop)))).Value;

    public static Loop LoopOf(string cell) => Loops.Single(loop => cell.StartsWith(loop.Name + "_", StringComparison.Ordinal));

    public static IEnumerable<string> Cells(Loop loop) => Methods(loop).Select(method => method.Name);

    /// <summary>Arguments for <paramref name="length"/> turns.</summary>
    public static object?[] Arguments(Loop loop, int length, bool flag)
    {
        Tensor numbers = Enumerable.Range(0, length).ToArray();
        object?[] source = loop.Source.Split(' ')[0] switch
        {
            "" => [],
            "int" => [length],
            "Tensor" => [numbers],
            "List<Tensor>" => [Enumerable.Range(0, length).Select(i => (Tensor)i).ToList()],
            "Dataset<Tensor>" => [Dataset.FromTensorSlices(numbers)],
            _ => [Dataset.FromTensorSlices((numbers, numbers))],
        };
        return [(Tensor)2, (Tensor)length, .. source, flag];
    }

    private static IEnumerable<(string Name, string Text)> Methods(Loop loop)
    {
        // One trace for all lengths needs a size that is not known: it would else be found out by the second call.
        string signature = loop.Source == "Tensor xs" ? "(InputSignature = new[] { \"i32[]\", \"i32[]\", \"i32[n]\" })" : "";
        string source = loop.Source.Length > 0 ? loop.Source + ", " : "";
        foreach ((string jump, string jumps) in s_jumps)
        {
            foreach ((string kind, string first, string second) in s_conditions)
            {
                string name = $"{loop.Name}_{jump}_{kind}";
                string body = string.Format(CultureInfo.InvariantCulture, jumps, first, second);
                yield return (name, $$"""
                        [GraphFunction{{signature}}] public Tensor {{name}}(Tensor x, Tensor t, {{source}}bool flag)
                        {
                            {{loop.Head}}
                            {
                                {{loop.Step}} x = x + i; {{body}}
                            }
                            {{loop.Tail}}
                            Log(x);
                            return x + 1;
                        }

                    """);
            }
        }
    }

    private static string Source(Loop loop)
    {
        var text = new StringBuilder("public partial class Model\n{\n").Append(BothWays.LogMember).Append('\n');
        foreach ((string _, string method) in Methods(loop))
            text.Append(method);
        return text.Append("}\n").ToString();
    }
}
