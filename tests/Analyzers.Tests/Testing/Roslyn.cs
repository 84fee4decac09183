using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests;

/// <summary>Compiles programs as a user's project would: with the generator and the analyzers.</summary>
internal static class Roslyn
{
    public const string Usings = "using System; using System.Collections.Generic; using System.Linq; using TensorGraph;\n";

    // The framework and the libraries that this test runs on, without the analyzers, which share internal types with Graph.
    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "TensorGraph.dll" or "TensorGraph.Graph.dll" or "TensorGraph.Runtime.dll" or "TensorGraph.Nn.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static readonly CSharpParseOptions ParseOptions =
        new CSharpParseOptions(LanguageVersion.Latest, preprocessorSymbols: ["DEBUG", "TRACE"]).WithFeatures([new("InterceptorsNamespaces", "TensorGraph.Generated")]);

    /// <summary>Those of a project with TensorGraphConversionCache=false.</summary>
    public static readonly CSharpParseOptions WithoutCache = ParseOptions.WithFeatures(ParseOptions.Features.Append(new("TensorGraphConversionCache", "false")));

    public static CSharpCompilation Compilation(params string[] sources) => CSharpCompilation.Create(
        "Program",
        sources.Select((source, i) => Parse(source, i == 0 ? "Model.cs" : $"Model{i + 1}.cs")),
        s_references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));

    /// <summary>A library that is built as its author would: what the program that references it sees is metadata.</summary>
    public static byte[] Library(string source, string name = "Library")
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compilation(Usings + source).WithAssemblyName(name), out Compilation output, out _);
        using var assembly = new MemoryStream();
        EmitResult result = output.Emit(assembly);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return assembly.ToArray();
    }

    public static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path, System.Text.Encoding.UTF8);

    /// <summary>The same program of new trees, so that nothing is remembered of them.</summary>
    public static CSharpCompilation Fresh(CSharpCompilation program, CSharpParseOptions? options = null) => program.RemoveAllSyntaxTrees().AddSyntaxTrees(
        program.SyntaxTrees.Select(tree => CSharpSyntaxTree.ParseText(tree.ToString(), options ?? ParseOptions, tree.FilePath, System.Text.Encoding.UTF8)));

    public static CSharpGeneratorDriver Driver(bool interceptors = true, CSharpParseOptions? options = null) => (CSharpGeneratorDriver)CSharpGeneratorDriver.Create(
        [new GraphFunctionGenerator().AsSourceGenerator()],
        parseOptions: options ?? ParseOptions,
        optionsProvider: new Options(interceptors),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator, compiles everything, and loads it, with the libraries that it references.</summary>
    public static Assembly Load(string source, params byte[][] libraries) => Load([source], libraries);

    /// <summary>Compiles without the generator: graph functions are plain methods.</summary>
    public static Assembly LoadPlain(params string[] sources)
    {
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = Compilation([.. sources.Select(s => Usings + s)]).Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return Assembly.Load(assembly.ToArray(), symbols.ToArray());
    }

    public static Assembly Load(string[] sources, params byte[][] libraries)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compilation([.. sources.Select(s => Usings + s)]).AddReferences(libraries.Select(l => MetadataReference.CreateFromImage(l))), out Compilation output, out _);
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = output.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)) + "\n" + string.Join("\n", sources));
        if (libraries.Length == 0)
            return Assembly.Load(assembly.ToArray(), symbols.ToArray());
        var context = new AssemblyLoadContext("Program");
        foreach (byte[] library in libraries)
            context.LoadFromStream(new MemoryStream(library));
        return context.LoadFromStream(new MemoryStream(assembly.ToArray()), new MemoryStream(symbols.ToArray()));
    }

    /// <summary>Runs the generator and demands that everything compiles.</summary>
    public static GeneratorDriverRunResult Generate(params string[] sources)
    {
        GeneratorDriver driver = Driver().RunGeneratorsAndUpdateCompilation(Compilation(sources), out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        GeneratorDriverRunResult result = driver.GetRunResult();
        Diagnostic[] errors = [.. output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
        Assert.True(errors.Length == 0, string.Join("\n", errors.Select(e => e.ToString())) + "\n\n" + string.Join("\n\n", result.GeneratedTrees));
        return result;
    }

    /// <summary>The converted text of the only graph function, or of the named one.</summary>
    public static string Converted(string source, string? method = null)
    {
        GeneratorDriverRunResult result = Generate(Usings + source);
        Assert.Empty(Diagnostics(Usings + source).Where(d => d.Severity == DiagnosticSeverity.Error));
        string text = result.GeneratedTrees.Select(t => t.ToString()).Single(t => method is null ? t.Contains("GraphEntry", StringComparison.Ordinal) : t.Contains($"__{method}_Traced(", StringComparison.Ordinal) && t.Contains($"TracedTwin(\"{method}\")", StringComparison.Ordinal));
        return CodeWriter.Readable(text[text.IndexOf("[global::TensorGraph.CompilerServices.TracedTwin", StringComparison.Ordinal)..]);
    }

    /// <summary>The findings of the analyzers, in the order of positions.</summary>
    public static ImmutableArray<Diagnostic> Diagnostics(params string[] sources) => Diagnostics(Compilation(sources));

    public static ImmutableArray<Diagnostic> Diagnostics(Compilation program)
    {
        ImmutableArray<DiagnosticAnalyzer> analyzers =
        [
            .. typeof(GraphFunctionAnalyzer).Assembly.GetTypes()
                .Where(t => t.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !t.IsAbstract)
                .Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t, nonPublic: true)!),
        ];
        CompilationWithAnalyzers compilation = program.WithAnalyzers(analyzers);
        ImmutableArray<Diagnostic> found = compilation.GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        // An analyzer that threw.
        Assert.DoesNotContain(found, d => d.Id == "AD0001");
        return [.. found.OrderBy(d => d.Location.SourceSpan.Start)];
    }

    private sealed class Options(bool interceptors) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Global(interceptors);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Global(bool interceptors) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, out string value)
            {
                value = key == "build_property.TensorGraphInterceptors" ? (interceptors ? "" : "false") : "";
                return key == "build_property.TensorGraphInterceptors";
            }
        }
    }
}
