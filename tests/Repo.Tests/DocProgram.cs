using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Tests;

/// <summary>A program from the documentation, compiled as a user's project is: with the generator, the analyzers and interception.</summary>
public sealed class DocProgram
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks; global using TensorGraph;";

    private static readonly CSharpParseOptions s_parse = CSharpParseOptions.Default
        .WithLanguageVersion(LanguageVersion.Latest)
        .WithFeatures([new("InterceptorsNamespaces", "TensorGraph.Generated")]);

    // The framework this test runs on and the assemblies beside it, but not those that share internal sources with Graph.
    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is not "TensorGraph.Analyzers.dll" and not "Repo.Tests.dll" and not "TestKit.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly byte[] _assembly;

    private DocProgram(byte[] assembly, IReadOnlyList<Diagnostic> diagnostics)
    {
        _assembly = assembly;
        Diagnostics = diagnostics;
    }

    /// <summary>Warnings and errors of the compiler, the generator and the analyzers.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    public IEnumerable<Diagnostic> Errors => Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    public static DocProgram Compile(DocBlock block) => Compile(($"{Path.GetFileNameWithoutExtension(block.File)}.{block.Line}.cs", block.Code));

    public static DocProgram Compile(params (string Path, string Code)[] files)
    {
        SyntaxTree[] programs =
        [
            .. files.Select(file => CSharpSyntaxTree.ParseText(file.Code, s_parse, path: file.Path, encoding: System.Text.Encoding.UTF8)),
        ];
        SyntaxTree usings = CSharpSyntaxTree.ParseText(ImplicitUsings, s_parse, path: "Usings.cs");
        bool runs = programs.Any(program => program.GetRoot().ChildNodes().Any(node => node.IsKind(SyntaxKind.GlobalStatement)));
        var options = new CSharpCompilationOptions(runs ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true);
        var compilation = CSharpCompilation.Create("DocProgram", [usings, .. programs], s_references, options);

        CSharpGeneratorDriver
            .Create(Instances<IIncrementalGenerator>().Select(GeneratorExtensions.AsSourceGenerator), parseOptions: s_parse)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> diagnostics);
        ImmutableArray<DiagnosticAnalyzer> analyzers = [.. Instances<DiagnosticAnalyzer>()];
        if (!analyzers.IsEmpty)
        {
            diagnostics = diagnostics.AddRange(generated.WithAnalyzers(analyzers).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult());
        }

        using var assembly = new MemoryStream();
        diagnostics = diagnostics.AddRange(generated.Emit(assembly).Diagnostics);
        return new DocProgram(assembly.ToArray(), [.. diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Info)]);
    }

    /// <summary>Runs the program and returns what it printed; one without statements only compiles.</summary>
    public string Run()
    {
        var context = new AssemblyLoadContext("DocProgram", isCollectible: true);
        MethodInfo? entry = context.LoadFromStream(new MemoryStream(_assembly)).EntryPoint;
        using var printed = new StringWriter();
        using IDisposable console = FlowConsole.To(printed);
        try
        {
            entry?.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null);
        }
        finally
        {
            context.Unload();
        }

        return printed.ToString().ReplaceLineEndings("\n").TrimEnd();
    }

    private static IEnumerable<T> Instances<T>() =>
        Assembly.Load("TensorGraph.Analyzers").GetTypes()
            .Where(type => typeof(T).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => (T)Activator.CreateInstance(type, nonPublic: true)!);
}
