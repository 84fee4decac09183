using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Tests;

/// <summary>The folders of the analyzers are layers: code names only what is declared in its own folder or in one below.</summary>
public sealed class LayersTest
{
    // From the ground up. Steps of conversion and shapes know nothing of each other.
    private static readonly string[][] s_layers = [["", "Symbols"], ["Facts"], ["Conversion", "Shapes", "Incremental"], ["Generator"], ["Rules"]];

    [Fact]
    public void No_folder_names_what_is_above_it()
    {
        string root = Repository.PathOf("src/Analyzers");
        SyntaxTree[] trees = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), Roslyn.ParseOptions, Path.GetRelativePath(root, f)))];
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Layers", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        int named = 0;
        foreach (SyntaxTree tree in trees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (model.GetSymbolInfo(name).Symbol is not { } symbol || (symbol as INamedTypeSymbol ?? symbol.ContainingType)?.DeclaringSyntaxReferences.FirstOrDefault() is not { } declaration)
                    continue;
                named++;
                string user = Path.GetDirectoryName(tree.FilePath)!.Split(Path.DirectorySeparatorChar)[0], used = Path.GetDirectoryName(declaration.SyntaxTree.FilePath)!.Split(Path.DirectorySeparatorChar)[0];
                if (user != used && (LayerOf(used) > LayerOf(user) || (LayerOf(used) == LayerOf(user) && used.Length > 0 && user.Length > 0 && LayerOf(user) > 0)))
                    wrong.Add($"{tree.FilePath} names {symbol.ToDisplayString()} of {used}");
            }
        }
        Assert.True(named > 10_000, $"Only {named} names were found.");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private static int LayerOf(string folder)
    {
        int layer = Array.FindIndex(s_layers, l => l.Contains(folder));
        Assert.True(layer >= 0, $"Folder '{folder}' of src/Analyzers has no layer in this test.");
        return layer;
    }
}
