using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>The pictures of the README are drawn from measured figures, those in benchmarks/results, and are up to date with them.</summary>
[Trait("Category", "Docs")]
public sealed partial class PicturesTest
{
    private const string Style = """
        <style>
          text { font: 14px system-ui, sans-serif; fill: #1f2328 } .code { font: 13px ui-monospace, monospace; white-space: pre } .small { font-size: 12px; fill: #59636e }
          .title { font-weight: 600 } .panel { fill: #f6f8fa; stroke: #d1d9e0 } .slow { fill: #d4782f } .fast { fill: #2f7dd4 } .line { stroke: #818b98; stroke-dasharray: 3 3 }
          @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .small { fill: #9198a1 } .panel { fill: #151b23; stroke: #3d444d } .slow { fill: #e8955a } .fast { fill: #5aa2f0 } }
        </style>
        """;

    private static readonly string[] Code =
    [
        "public Tensor Step(Tensor x, Tensor y)", "{", "    using var tape = new GradientTape();", "    Tensor scores = _model.Call(x);",
        "    Tensor loss = CrossEntropy(scores, y);", "    var v = _model.TrainableVariables;", "    _adam.Apply(tape.Gradient(loss, v), v);", "    return loss;", "}",
    ];

    [Fact]
    public void Imperative_beside_traced()
    {
        string[] row = Rows("Training step, MLP")[0];
        var svg = new StringBuilder(Head(800, 330, $"The same training step: {row[1]} imperative, {row[2]} as a graph function"));
        Panel(10, "imperative", "plain C#", "each op runs at once, into memory of its own", "slow", row[1], 1);
        Panel(410, "as a graph function", "[GraphFunction]", "traced once: one graph, fused kernels, planned memory", "fast", row[2], Microseconds(row[2]) / Microseconds(row[1]));
        Match(svg.Append("</svg>"), "imperative-and-traced");

        void Panel(int x, string title, string first, string what, string kind, string time, double share)
        {
            svg.Append(Invariant($"<rect class=\"panel\" x=\"{x}\" y=\"10\" width=\"380\" height=\"310\" rx=\"8\"/>\n<text class=\"title\" x=\"{x + 16}\" y=\"36\">{title}</text>\n"));
            svg.Append(Invariant($"<text class=\"{(first[0] == '[' ? "code title" : "code small")}\" x=\"{x + 16}\" y=\"62\">{(first[0] == '[' ? first : "// " + first)}</text>\n"));
            for (int i = 0; i < Code.Length; i++)
                svg.Append(Invariant($"<text class=\"code\" x=\"{x + 16}\" y=\"{82 + 19 * i}\" xml:space=\"preserve\">{Code[i]}</text>\n"));
            svg.Append(Invariant($"<rect class=\"{kind}\" x=\"{x + 16}\" y=\"262\" width=\"{270 * share:f0}\" height=\"18\" rx=\"3\"/>\n<text class=\"title\" x=\"{x + 24 + 270 * share:f0}\" y=\"276\">{time}</text>\n"));
            svg.Append(Invariant($"<text class=\"small\" x=\"{x + 16}\" y=\"304\">{what}</text>\n"));
        }
    }

    [Fact]
    public void Chart_of_figures()
    {
        string[] call = Rows("Warm call")[0], step = Rows("Training step, MLP")[0];
        (string Name, string Imperative, string Traced)[] rows =
        [
            ("call of x + 1 on four floats", call[0], call[1]),
            ("training, MLP 64 → 128 → 10", step[1], step[2]),
            .. Rows("Training step with a loop").Select(row => ($"training, loop of {row[0]} iterations", row[1], row[2])),
        ];
        double most = rows.Max(row => Microseconds(row.Imperative) / Microseconds(row.Traced));
        var svg = new StringBuilder(Head(800, 40 + 34 * rows.Length, "How many times faster a graph function is than the same code, imperative"));
        svg.Append("<text class=\"small\" x=\"250\" y=\"18\">times as fast as imperative</text>\n");
        double unit = 330 / most;
        for (int i = 0; i < rows.Length; i++)
        {
            double factor = Microseconds(rows[i].Imperative) / Microseconds(rows[i].Traced);
            int y = 30 + 34 * i;
            svg.Append(Invariant($"<text x=\"240\" y=\"{y + 16}\" text-anchor=\"end\">{rows[i].Name}</text>\n<rect class=\"{(factor < 1 ? "slow" : "fast")}\" x=\"250\" y=\"{y}\" width=\"{unit * factor:f0}\" height=\"22\" rx=\"3\"/>\n"));
            svg.Append(Invariant($"<text x=\"{258 + unit * factor:f0}\" y=\"{y + 16}\"><tspan class=\"title\">{factor:f1}</tspan> <tspan class=\"small\">{rows[i].Imperative} → {rows[i].Traced}</tspan></text>\n"));
        }

        svg.Append(Invariant($"<line class=\"line\" x1=\"{250 + unit:f0}\" x2=\"{250 + unit:f0}\" y1=\"24\" y2=\"{34 + 34 * rows.Length}\"/>\n"));
        Match(svg.Append("</svg>"), "figures");
    }

    private static void Match(StringBuilder svg, string name) => Snapshot.MatchFile(svg.ToString(), Repository.PathOf($"docs/images/{name}.svg"));

    private static string Head(int width, int height, string title) =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n{Style.ReplaceLineEndings("\n")}\n";

    // The rows of the table under a heading.
    private static string[][] Rows(string heading)
    {
        string page = Repository.Read("benchmarks/results/AMD.EPYC/figures.md").ReplaceLineEndings("\n");
        string section = page.Split("\n## ").Single(part => part.StartsWith(heading, StringComparison.Ordinal));
        return [.. section.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())];
    }

    private static double Microseconds(string time)
    {
        var parts = Time().Match(time);
        double number = double.Parse(parts.Groups[1].Value, CultureInfo.InvariantCulture);
        return parts.Groups[2].Value switch { "ns" => number / 1e3, "ms" => number * 1e3, _ => number };
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"([\d.]+) (ns|µs|ms)")]
    private static partial Regex Time();
}
