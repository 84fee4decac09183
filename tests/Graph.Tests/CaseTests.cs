using System.Globalization;
using System.Text;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests;

/// <summary>
/// The <c>.tg</c> files under <c>Cases</c>: text in, text out, accepted in <c>X.verified.txt</c> beside. The folder says what is done;
/// comments say the rest:
/// <c>// test: passes=fold,cse</c> names the passes (folder <c>passes</c>; <c>all</c> is the whole pipeline), and
/// <c>// run: f(f32[2] [1, 2]) = f32[2] [2, 4]</c> runs the graph on arguments, before the passes and after.
/// </summary>
public sealed class CaseTests
{
    private const string Folder = "tests/Graph.Tests/Cases";

    public static TheoryData<string> Parse => Files("parse");

    public static TheoryData<string> Verify => Files("verify");

    public static TheoryData<string> Passes => Files("passes");

    public static TheoryData<string> Run => Files("run");

    [Theory]
    [MemberData(nameof(Parse))]
    public void Parses(string file) => Accept(file, text =>
    {
        try
        {
            var graph = Parser.Parse(text, Path.GetFileName(file));
            string printed = Printer.Print(graph);
            Assert.Null(GraphComparer.Difference(graph, Parser.Parse(printed)));
            return printed;
        }
        catch (GraphException error)
        {
            return error.Message;
        }
    });

    [Theory]
    [MemberData(nameof(Verify))]
    public void Verifies(string file) => Accept(file, text =>
    {
        var graph = Parser.ParseUnchecked(text);
        return Record.Exception(() => Verifier.Verify(graph)) is GraphException error ? $"{error.Id}: {error.Problem}" : "no errors";
    });

    [Theory]
    [MemberData(nameof(Passes))]
    public void Passes_rewrite(string file) => Accept(file, text =>
    {
        string printed = Printer.Print(Optimise(text));
        return printed + Runs(text, Optimise);
    });

    [Theory]
    [MemberData(nameof(Run))]
    public void Runs_as_expected(string file) => Accept(file, text => Runs(text, text => Parser.Parse(text)));

    private static Graph Optimise(string text)
    {
        var graph = Parser.Parse(text);
        string[] names = Header(text, "test: passes=").Single().Split(',');
        var passes = names is ["all"] ? Pipeline.Default : [.. names.Select(name => Pipeline.Default.Single(pass => pass.Name == name))];
        return Pipeline.Run(graph, passes, verify: 2).Graph;
    }

    // Each run starts from the text, so that variables have their first values.
    private static string Runs(string text, Func<string, Graph> prepare)
    {
        var report = new StringBuilder();
        foreach (string run in Header(text, "run: "))
        {
            string arguments = run[(run.IndexOf('(', StringComparison.Ordinal) + 1)..run.LastIndexOf(')')];
            string expected = run[(run.LastIndexOf(')') + 1)..].TrimStart(' ', '=').Trim();
            string result = Evaluate(Parser.Parse(text), arguments), rewritten = Evaluate(prepare(text), arguments);
            Assert.Equal(result, rewritten);
            if (expected.Length > 0)
                Assert.Equal(expected, result.Split('\n')[0]);
            report.Append(CultureInfo.InvariantCulture, $"\n({arguments})\n  = {result}");
        }

        return report.ToString();
    }

    private static string Evaluate(Graph graph, string arguments)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var report = new StringBuilder();
        try
        {
            var results = new Interpreter { Output = output }.Run(graph, [.. Parser.ParseLiterals(arguments)]);
            report.Append(Values.Text(results));
        }
        catch (GraphException error)
        {
            report.Append(CultureInfo.InvariantCulture, $"{error.Id}: {error.Problem}");
        }

        report.Append('\n');
        foreach (var variable in Variables(graph).OrderBy(variable => variable.Name, StringComparer.Ordinal))
            report.Append(CultureInfo.InvariantCulture, $"  {variable} = {(variable.HostValue is { } value ? Values.Text([value]) : "nothing")}\n");
        if (output.ToString().Length > 0)
            report.Append(CultureInfo.InvariantCulture, $"  printed:\n{output}");
        return report.ToString();
    }

    private static IEnumerable<Resource> Variables(Graph graph) => graph.Entry.AllNodes()
        .SelectMany(node => node.Effects).Where(effect => effect.IsWrite && effect.Resource.Kind == ResourceKind.Variable).Select(effect => effect.Resource).Distinct();

    private static IEnumerable<string> Header(string text, string key) =>
        text.Split('\n').Where(line => line.StartsWith("// " + key, StringComparison.Ordinal)).Select(line => line[(3 + key.Length)..].Trim());

    private static void Accept(string file, Func<string, string> run)
    {
        string path = Repository.PathOf($"{Folder}/{file}");
        Snapshot.MatchFile(run(File.ReadAllText(path)), Path.ChangeExtension(path, ".verified.txt"));
    }

    private static TheoryData<string> Files(string kind) => [.. Directory.GetFiles(Repository.PathOf($"{Folder}/{kind}"), "*.tg").Order(StringComparer.Ordinal).Select(file => $"{kind}/{Path.GetFileName(file)}")];
}
