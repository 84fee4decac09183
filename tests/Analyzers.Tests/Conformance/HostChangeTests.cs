namespace TensorGraph.Tests.Conformance;

/// <summary>C# state that a loop of the graph changes is a build error at the place of the change, whatever the kind of loop.</summary>
public sealed class HostChangeTests
{
    private static readonly (string Head, string Tail)[] s_loops =
    [
        ("while (x.Sum() > 1)", ""),
        ("for (Tensor i = 0; i < 3; i++)", ""),
        ("do", "while (x.Sum() > 1);"),
        ("foreach (Tensor r in Ops.Range(n))", ""),
        ("foreach (Tensor r in x)", ""),
        ("foreach (Tensor r in data)", ""),
        ("while (true)", ""),
        ("if (x.Sum() > 1)", ""),
        ("for (int k = 0; k < 3; k++) if (x.Sum() > k)", ""),
    ];

    private static readonly (string Id, string Change)[] s_changes =
    [
        ("TG3101", "[|count|]++;"),
        ("TG3101", "if (x.Sum() > 2) [|done|] = true;"),
        ("TG3101", "[|text|] += \"a\";"),
        ("TG3102", "[|_turns|] = _turns + 1;"),
        ("TG3102", "[|numbers[0]|] = 2;"),
        ("TG3104", "[|pair|] = new() { [0] = x };"),
        ("TG3116", "[|kept.Add|](x);"),
        ("TG3107", "x = x.Sum() > 2 && [|(x = x / 4).Sum() > 1|] ? x : x / 2;"),
    ];

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach ((string Head, string Tail) loop in s_loops)
        {
            foreach ((string Id, string Change) change in s_changes)
                cells.Add(change.Id, Program(loop, change.Change));
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Is_an_error_where_it_stands(string id, string program) => Rule.Reports(id, program);

    private static string Program((string Head, string Tail) loop, string change) => $$"""
        public partial class Model
        {
            private int _turns;
            public int Turns => _turns;
            [GraphFunction]
            public Tensor Step(Tensor x, Tensor n, Dataset<Tensor> data)
            {
                int count = 0; bool done = false; string text = ""; var numbers = new int[1]; var pair = new Dictionary<int, Tensor> { [0] = x }; var kept = new List<Tensor>();
                {{loop.Head}}
                {
                    x = x / 2;
                    {{change}}
                    {{(loop.Head == "while (true)" ? "if (x.Sum() < 1) break;" : "")}}
                }
                {{loop.Tail}}
                return x + count + (done ? 1 : 0) + text.Length + numbers[0] + pair[0] + kept.Count;
            }
        }
        """;
}
