using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Tests;

/// <summary>Each C# block of the README is a whole program: it compiles with the generator as a user's project does, runs, and prints what is shown.</summary>
public sealed class ReadmeTest
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading.Tasks;";

    [Fact]
    public void Each_block_compiles_runs_and_prints_what_is_shown()
    {
        foreach (ReadmeBlock block in ReadmeBlock.All())
        {
            string printed = Run(Compile(block));
            if (block.Output is not null)
            {
                Assert.Equal(block.Output, printed.ReplaceLineEndings("\n").TrimEnd());
            }
        }
    }

    private static byte[] Compile(ReadmeBlock block)
    {
        CSharpParseOptions parse = CSharpParseOptions.Default
            .WithLanguageVersion(LanguageVersion.Latest)
            .WithFeatures([new("InterceptorsNamespaces", "TensorGraph.Generated")]);
        SyntaxTree program = CSharpSyntaxTree.ParseText(block.Code, parse, path: $"README.{block.Line}.cs", encoding: System.Text.Encoding.UTF8);
        SyntaxTree usings = CSharpSyntaxTree.ParseText(ImplicitUsings, parse, path: "Usings.cs");
        bool isProgram = program.GetRoot().ChildNodes().Any(node => node.IsKind(SyntaxKind.GlobalStatement));
        var options = new CSharpCompilationOptions(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        var compilation = CSharpCompilation.Create($"Readme{block.Line}", [usings, program], References(), options);

        IIncrementalGenerator[] generators = [.. Assembly.Load("TensorGraph.Analyzers").GetTypes().Where(type => typeof(IIncrementalGenerator).IsAssignableFrom(type) && !type.IsAbstract).Select(type => (IIncrementalGenerator)Activator.CreateInstance(type)!)];
        CSharpGeneratorDriver
            .Create([.. generators.Select(GeneratorExtensions.AsSourceGenerator)], parseOptions: parse)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out _);

        using var assembly = new MemoryStream();
        IEnumerable<Diagnostic> errors = generated.Emit(assembly).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.True(!errors.Any(), $"README.md line {block.Line} does not compile:\n{string.Join('\n', errors)}");
        return assembly.ToArray();
    }

    private static string Run(byte[] program)
    {
        var context = new AssemblyLoadContext("README", isCollectible: true);
        MethodInfo? entry = context.LoadFromStream(new MemoryStream(program)).EntryPoint;
        TextWriter console = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            entry?.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
            context.Unload();
        }

        return printed.ToString();
    }

    // The framework this test runs on, and the assemblies beside it.
    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is not "TensorGraph.Analyzers.dll" and not "Repo.Tests.dll" and not "TestKit.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
}
