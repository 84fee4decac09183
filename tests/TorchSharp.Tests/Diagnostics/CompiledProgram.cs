using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>A program on TorchSharp as the compiler sees it, with what the analyzers say.</summary>
internal static class CompiledProgram
{
    private const string Usings = "using System.Linq; using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch.nn;\n";

    private static readonly CSharpParseOptions s_options = new CSharpParseOptions(LanguageVersion.Latest)
        .WithFeatures([new("InterceptorsNamespaces", "TensorGraph.Generated")]);

    private static readonly Lazy<AnalyzerFileReference> Analyzers = new(() => new AnalyzerFileReference(
        Path.Combine(
            Repository.Root, "artifacts/bin/Analyzers",
            AppContext.BaseDirectory.Contains("debug", StringComparison.OrdinalIgnoreCase) ? "debug" : "release", "TensorGraph.Analyzers.dll"),
        new Loader()));

    /// <summary>The findings: ID, message, and what stands at their place.</summary>
    /// <param name="source">The program.</param>
    /// <param name="generated">With the files that the generator makes, as analyzers see a build.</param>
    public static (string Id, string Message, string At)[] Findings(string source, bool generated = false)
    {
        Compilation program = CSharpCompilation.Create(
            "Program",
            [CSharpSyntaxTree.ParseText(Usings + source, s_options, "Program.cs", System.Text.Encoding.UTF8)],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.Empty(program.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        if (generated)
        {
            CSharpGeneratorDriver.Create(Analyzers.Value.GetGenerators(LanguageNames.CSharp), parseOptions: s_options)
                .RunGeneratorsAndUpdateCompilation(program, out program, out ImmutableArray<Diagnostic> reported);
            Assert.Empty(reported);
            Assert.Empty(program.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
            Assert.Contains(program.SyntaxTrees, tree => Path.GetFileName(tree.FilePath).StartsWith("Torch.", StringComparison.Ordinal));
        }
        ImmutableArray<Diagnostic> found = program.WithAnalyzers(Analyzers.Value.GetAnalyzers(LanguageNames.CSharp)).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return [.. found.OrderBy(d => d.Location.SourceSpan.Start).Select(d => (d.Id, d.GetMessage(),
            d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan)))];
    }

    /// <summary>The errors of the compiler in a program with the files that the generator makes.</summary>
    public static (string Id, string File)[] Errors(string source) =>
        [.. Built(source).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => (d.Id, Path.GetFileName(d.Location.SourceTree!.FilePath)))];

    /// <summary>The files that the generator makes.</summary>
    /// <param name="source">The program.</param>
    /// <param name="library">Another one, which it refers to.</param>
    public static string[] Files(string source, string? library = null) => [.. Built(source, library).SyntaxTrees.Skip(1).Select(tree => Path.GetFileName(tree.FilePath))];

    private static Compilation Built(string source, string? library = null)
    {
        MetadataReference[] references = [.. References()];
        if (library is not null)
        {
            references = [.. references, CSharpCompilation.Create("Library", [CSharpSyntaxTree.ParseText(library, s_options)], references,
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).ToMetadataReference()];
        }
        Compilation program = CSharpCompilation.Create(
            "Program",
            [CSharpSyntaxTree.ParseText(Usings + source, s_options, "Program.cs", System.Text.Encoding.UTF8)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create(Analyzers.Value.GetGenerators(LanguageNames.CSharp), parseOptions: s_options)
            .RunGeneratorsAndUpdateCompilation(program, out program, out _);
        return program;
    }

    /// <summary>A method <c>F</c> with a body.</summary>
    public static (string Id, string Message, string At)[] InMethod(string body, string members = "") => Findings(
        $$"""
        public partial class Model
        {
            {{members}}
            [TensorGraph.GraphFunction]
            public torch.Tensor F(torch.Tensor x, torch.Tensor y)
            {
                {{body}}
            }
        }
        """);

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path) is { } name && (name.StartsWith("System.", StringComparison.Ordinal)
            || name is "netstandard.dll" or "TorchSharp.dll" or "TensorGraph.dll" or "TensorGraph.Graph.dll" or "TensorGraph.Runtime.dll" or "TensorGraph.Nn.dll" or "TensorGraph.TorchSharp.dll"))
        .Select(path => MetadataReference.CreateFromFile(path));

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
            // It has none of its own.
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
