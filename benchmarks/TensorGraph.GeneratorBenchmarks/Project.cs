using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Benchmarks;

/// <summary>
/// A project with graph functions, many small ones or a few long ones. It is edited again and again, as in an editor: one
/// compiler, one driver, a new compilation for each edit, and each edit starts from the same project. All figures are milliseconds of processor time,
/// which other work on the machine changes least.
/// </summary>
internal sealed class Project
{
    private static readonly CSharpParseOptions s_options =
        new CSharpParseOptions(LanguageVersion.Latest).WithFeatures([new("InterceptorsNamespaces", "TensorGraph.Generated")]);

    private static readonly Assembly s_analyzers = Assembly.Load("TensorGraph.Analyzers");

    // The framework and the library.
    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is { } name
            && (name.StartsWith("System.", StringComparison.Ordinal)
            || name is "TensorGraph.dll" or "TensorGraph.Graph.dll" or "TensorGraph.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly CSharpCompilation _start;
    private readonly Compilation _output;
    private readonly GeneratorDriver _driver;

    private Project(IEnumerable<SyntaxTree> files)
    {
        _start = Compile(files);
        Compilation output = _start;
        GeneratorDriver driver = NewDriver();
        FirstRun = TimeOf(() => driver = driver.RunGeneratorsAndUpdateCompilation(_start, out output, out _));
        (_driver, _output) = (driver, output);
        if (_output.GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
            throw new InvalidOperationException(error.ToString());
    }

    /// <summary>Classes that use each other, of which the first ones have a graph function each.</summary>
    public static Project OfClasses(int classes, int functions) =>
        new([
            .. Enumerable.Range(0, classes).Select(i => Parse(ClassText(i, hasFunction: i < functions), $"C{i}.cs")),
            Parse(ClassText(classes, hasFunction: false), "Plain.cs"),
        ]);

    /// <summary>Files with one graph function each, of a kind and a number of lines.</summary>
    public static Project OfLongFunctions(string kind, int lines, int functions) =>
        new(Enumerable.Range(0, functions).Select(i => Parse(LongFunction.Class($"C{i}", kind, lines, seed: i + 1), $"C{i}.cs")));

    /// <summary>The time of the generator for the whole project, with nothing remembered.</summary>
    public double FirstRun { get; }

    /// <summary>The time of the compiler to bind all methods of the user's files: the measure for that of the generator.</summary>
    public double Compiler() => TimeOf(() => Again().GetDiagnostics());

    /// <summary>Time of the compiler to bind and emit the user's files, without the generator.</summary>
    public double CompilerWithEmit()
    {
        CSharpCompilation program = Again();
        return TimeOf(() => program.Emit(Stream.Null));
    }

    /// <summary>Time of the generator for the whole project, with nothing remembered.</summary>
    public double FirstBuild()
    {
        CSharpCompilation program = Again();
        return TimeOf(() => NewDriver().RunGenerators(program));
    }

    /// <summary>
    /// The time of the analyzers for the whole project, after the generator: as the compiler measures it, so time on the clock, summed over all of
    /// them.
    /// </summary>
    public double Analyzers()
    {
        ImmutableArray<DiagnosticAnalyzer> analyzers =
            [.. s_analyzers.GetTypes().Where(t => t.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !t.IsAbstract)
            .Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t, nonPublic: true)!)];
        // A new compilation, in which nothing is bound.
        AnalysisResult result = _output.Clone().WithAnalyzers(analyzers).GetAnalysisResultAsync(CancellationToken.None).GetAwaiter().GetResult();
        return result.AnalyzerTelemetryInfo.Values.Sum(t => t.ExecutionTime.TotalMilliseconds);
    }

    /// <summary>Adds a file with one graph function and a call of it.</summary>
    public double AddFunction(int edit) => Run(_start.AddSyntaxTrees(Parse(ClassText(10_000 + edit, hasFunction: true), "New.cs")));

    /// <summary>Adds a graph function and a call of it to a class: ten others use C7, and all others, directly or not, C0.</summary>
    public double AddFunctionTo(string file, int edit) =>
        Replace(file, text => text.Replace("    public string Report", FunctionText($"Added{edit}") + "\n\n    public string Report",
        StringComparison.Ordinal));

    /// <summary>Changes a number in a graph function.</summary>
    public double EditFunction(int edit) => Replace("C7.cs", text => text.Replace("> 10", "> " + edit, StringComparison.Ordinal));

    /// <summary>Changes a number in the first of the long functions.</summary>
    public double EditLongFunction(int edit) =>
        Replace("C0.cs", text => text.Replace("Tensor z = x - y;", $"Tensor z = x - y * {edit};", StringComparison.Ordinal));

    /// <summary>Changes a number in a class that has nothing to do with graphs.</summary>
    public double EditPlainClass(int edit) => Replace("Plain.cs", text => text.Replace("count + 1", "count + " + edit, StringComparison.Ordinal));

    private double Replace(string path, Func<string, string> edit)
    {
        SyntaxTree file = _start.SyntaxTrees.Single(t => t.FilePath == path);
        return Run(_start.ReplaceSyntaxTree(file, Parse(edit(file.ToString()), path)));
    }

    private double Run(Compilation edited) => TimeOf(() => _driver.RunGenerators(edited));

    private static double TimeOf(Action action)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - start).TotalMilliseconds;
    }

    // New trees, of which nothing is remembered.
    private CSharpCompilation Again() => Compile([.. _start.SyntaxTrees.Select(t => Parse(t.ToString(), t.FilePath))]);

    private static GeneratorDriver NewDriver()
    {
        Type type = s_analyzers.GetType("TensorGraph.Analyzers.GraphFunctionGenerator")!;
        var generator = (IIncrementalGenerator)Activator.CreateInstance(type, nonPublic: true)!;
        return CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: s_options);
    }

    private static CSharpCompilation Compile(IEnumerable<SyntaxTree> files) =>
        CSharpCompilation.Create("Program", files, s_references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, s_options, path, System.Text.Encoding.UTF8);

    private static string ClassText(int index, bool hasFunction) => string.Create(CultureInfo.InvariantCulture, $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using TensorGraph;

        public partial class C{{index}}
        {
            private readonly Dictionary<string, int> _counts = new();
            private readonly List<C{{index / 10}}> _others = new();

            public int Total(IEnumerable<string> words)
            {
                foreach (string word in words)
                {
                    _counts.TryGetValue(word, out int count);
                    _counts[word] = count + 1;
                }
                return _counts.Values.Where(v => v > 1).Select(v => v * 2).Sum() + Weight(words.First());
            }

            public string Report() => string.Join(", ", _counts.OrderBy(p => p.Key).Select(p => Line(p.Key, p.Value))) + _others.Count;

            private static string Line(string name, int value) => string.Format("{0}: {1}", name.PadRight(20), value.ToString());

            private static int Weight(string word) => word.Length > 3 ? Math.Max(word.Length, word.Trim().Length) : Math.Abs(word.GetHashCode());
        {{(hasFunction ? FunctionText($"Step{index}") + """


            private static Tensor Damp(Tensor y) => y.Sum() > 3 ? y.Tanh() : y;
        """ : "")}}
        }
        """);

    private static string FunctionText(string name) => $$"""

            [GraphFunction]
            public Tensor {{name}}(Tensor x, Tensor w)
            {
                Tensor y = Ops.MatMul(x, w);
                while (y.Sum() > 1)
                {
                    if (y.Max() > 10)
                        break;
                    y = Damp(y) * 0.5f;
                }
                return y;
            }

            public Tensor Run{{name}}(Tensor x, Tensor w) => {{name}}(x, w);
        """;
}
