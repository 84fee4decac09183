using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>A program on TorchSharp as the compiler sees it, with what the analyzers say.</summary>
internal static class CompiledProgram
{
    private const string Usings = "using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch.nn;\n";

    private static readonly Lazy<AnalyzerFileReference> Analyzers = new(() => new AnalyzerFileReference(
        Path.Combine(
            Repository.Root, "artifacts/bin/Analyzers",
            AppContext.BaseDirectory.Contains("debug", StringComparison.OrdinalIgnoreCase) ? "debug" : "release", "TensorGraph.Analyzers.dll"),
        new Loader()));

    /// <summary>The findings: ID, message, and what stands at their place.</summary>
    public static (string Id, string Message, string At)[] Findings(string source)
    {
        var program = CSharpCompilation.Create(
            "Program",
            [CSharpSyntaxTree.ParseText(Usings + source, new CSharpParseOptions(LanguageVersion.Latest), "Program.cs", System.Text.Encoding.UTF8)],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.Empty(program.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        ImmutableArray<Diagnostic> found = program.WithAnalyzers(Analyzers.Value.GetAnalyzers(LanguageNames.CSharp)).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return [.. found.OrderBy(d => d.Location.SourceSpan.Start).Select(d => (d.Id, d.GetMessage(),
            program.SyntaxTrees[0].GetText().ToString(d.Location.SourceSpan)))];
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
