using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Benchmarks;

/// <summary>A project of many classes that is edited again and again, as in an editor: one compiler, one driver, a new compilation for each edit.</summary>
internal sealed class Project
{
    private static readonly CSharpParseOptions s_options =
        new CSharpParseOptions(LanguageVersion.Latest).WithFeatures([new("InterceptorsNamespaces", "TensorGraph.Generated")]);

    private readonly CSharpCompilation _start;
    private readonly GeneratorDriver _driver;

    public Project(int classes, int functions)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "TensorGraph.dll" or "TensorGraph.Graph.dll" or "TensorGraph.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        _start = CSharpCompilation.Create(
            "Program", Enumerable.Range(0, classes).Select(i => Parse(ClassText(i, i < functions, 1), $"C{i}.cs")), references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var generator = (IIncrementalGenerator)Activator.CreateInstance(Assembly.Load("TensorGraph.Analyzers").GetType("TensorGraph.Analyzers.GraphFunctionGenerator")!, nonPublic: true)!;
        GeneratorDriver driver = CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: s_options);
        driver = driver.RunGeneratorsAndUpdateCompilation(_start, out Compilation output, out _);
        if (output.GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
            throw new InvalidOperationException(error.ToString());
        _driver = driver;
        FirstRun = driver.GetTimingInfo().GeneratorTimes.Single().ElapsedTime.TotalMilliseconds;
    }

    /// <summary>Milliseconds that the generator took for the whole project, with nothing remembered.</summary>
    public double FirstRun { get; }

    /// <summary>Adds a file with one graph function and a call of it. Milliseconds inside the generator.</summary>
    public double AddFunction(int edit) => Run(_start.AddSyntaxTrees(Parse(ClassText(10_000 + edit, hasFunction: true, 1), "New.cs")));

    /// <summary>Changes a number in a class that has nothing to do with graphs.</summary>
    public double EditPlainClass(int edit)
    {
        SyntaxTree last = _start.SyntaxTrees[^1];
        return Run(_start.ReplaceSyntaxTree(last, Parse(ClassText(_start.SyntaxTrees.Length - 1, hasFunction: false, edit), last.FilePath)));
    }

    // Measured by the compiler itself; each edit starts from the same project, so that the edits are alike.
    private double Run(Compilation edited) => _driver.RunGenerators(edited).GetTimingInfo().GeneratorTimes.Single().ElapsedTime.TotalMilliseconds;

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, s_options, path, System.Text.Encoding.UTF8);

    private static string ClassText(int index, bool hasFunction, int number) => string.Create(CultureInfo.InvariantCulture, $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using TensorGraph;

        public partial class C{{index}}
        {
            private readonly Dictionary<string, int> _counts = new();

            public int Total(IEnumerable<string> words)
            {
                foreach (string word in words)
                {
                    _counts.TryGetValue(word, out int count);
                    _counts[word] = count + {{number}};
                }
                return _counts.Values.Where(v => v > 1).Select(v => v * 2).Sum() + Weight(words.First());
            }

            public string Report() => string.Join(", ", _counts.OrderBy(p => p.Key).Select(p => Line(p.Key, p.Value)));

            private static string Line(string name, int value) => string.Format("{0}: {1}", name.PadRight(20), value.ToString());

            private static int Weight(string word) => word.Length > 3 ? Math.Max(word.Length, word.Trim().Length) : Math.Abs(word.GetHashCode());
        {{(hasFunction ? $$"""

            [GraphFunction]
            public Tensor Step{{index}}(Tensor x, Tensor w)
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

            private static Tensor Damp(Tensor y) => y.Sum() > 3 ? y.Tanh() : y;

            public Tensor Run(Tensor x, Tensor w) => Step{{index}}(x, w);
        """ : "")}}
        }
        """);
}
