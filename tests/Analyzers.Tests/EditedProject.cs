using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Tests;

/// <summary>
/// A project that is edited at random: slots of its files are chosen anew, lines are added above, files are deleted and added again, and options,
/// symbols and references change. Each edit makes a new compilation from the one before, as an editor does.
/// </summary>
internal sealed class EditedProject
{
    private static readonly Lazy<MetadataReference> s_library = new(() => MetadataReference.CreateFromImage(Roslyn.Library("""
        public static class Widening
        {
            public static Tensor Widen(this Tensor x, int by = 2) => x * by;
            public static Tensor Free(Tensor x) { if (x.Sum() > 1) return -x; return x; }
        }
        """)));

    private readonly EditedFile[] _files;
    private readonly Random _random;
    private readonly int[][] _chosen;
    private readonly int[] _linesAbove;
    private string[] _symbols = [];

    public EditedProject(EditedFile[] files, int seed)
    {
        _files = files;
        _random = new Random(seed);
        _chosen = [.. files.Select(f => f.Choices.Select(c => _random.Next(c.Length)).ToArray())];
        _linesAbove = new int[files.Length];
        Compilation = Roslyn.Compilation().AddSyntaxTrees(files.Select((_, i) => Parse(i)));
    }

    public CSharpCompilation Compilation { get; private set; }

    /// <summary>Changes the text of one file.</summary>
    public string EditFile()
    {
        int file = _random.Next(_files.Length);
        if (_chosen[file].Length == 0 || _random.Next(12) == 0)
            _linesAbove[file] = 1 + (_linesAbove[file] % 2);
        int slot = _random.Next(_chosen[file].Length + 1) - 1;
        if (slot >= 0)
            _chosen[file][slot] = _random.Next(_files[file].Choices[slot].Length);
        if (TreeOf(file) is { } tree)
            Compilation = Compilation.ReplaceSyntaxTree(tree, Parse(file));
        string what = slot < 0 ? $"{_linesAbove[file]} lines above" : $"${slot} = {_files[file].Choices[slot][_chosen[file][slot]]}";
        return $"{_files[file].Name}: {what}";
    }

    /// <summary>Changes the text of one file most of the time; else something of the project.</summary>
    public string EditProject()
    {
        switch (_random.Next(16))
        {
            case 0:
                return DeleteOrAdd(1 + _random.Next(_files.Length - 1));
            case 1:
                int moved = 1 + _random.Next(_files.Length - 1);
                return $"{DeleteOrAdd(moved)}, {DeleteOrAdd(moved)}";
            case 2:
                _symbols = _symbols.Length == 0 ? ["FAST"] : [];
                IEnumerable<int> there = Compilation.SyntaxTrees.Select(t => Array.FindIndex(_files, f => f.Name == t.FilePath));
                Compilation = Compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(there.Select(Parse));
                return $"symbols: {string.Join(", ", _symbols)}";
            case 3:
                bool isEnabled = Compilation.Options.NullableContextOptions == NullableContextOptions.Enable;
                NullableContextOptions nullable = isEnabled ? NullableContextOptions.Disable : NullableContextOptions.Enable;
                Compilation = Compilation.WithOptions(Compilation.Options.WithNullableContextOptions(nullable));
                return $"nullable: {nullable}";
            case 4:
                bool isThere = Compilation.References.Contains(s_library.Value);
                Compilation = isThere ? Compilation.RemoveReferences(s_library.Value) : Compilation.AddReferences(s_library.Value);
                return isThere ? "no library" : "with the library";
            default:
                return EditFile();
        }
    }

    /// <summary>The same project without the cache: of new trees, so that nothing of another run is left.</summary>
    public CSharpCompilation WithoutCache() => Roslyn.Fresh(Compilation, Roslyn.WithoutCache.WithPreprocessorSymbols(_symbols));

    private string DeleteOrAdd(int file)
    {
        if (TreeOf(file) is { } tree)
        {
            Compilation = Compilation.RemoveSyntaxTrees(tree);
            return $"{_files[file].Name} is deleted";
        }
        Compilation = Compilation.AddSyntaxTrees(Parse(file));
        return $"{_files[file].Name} is added";
    }

    private SyntaxTree? TreeOf(int file) => Compilation.SyntaxTrees.SingleOrDefault(t => t.FilePath == _files[file].Name);

    private SyntaxTree Parse(int file) => CSharpSyntaxTree.ParseText(
        string.Concat(Enumerable.Repeat("// A line.\n", _linesAbove[file])) + _files[file].With(_chosen[file]),
        Roslyn.ParseOptions.WithPreprocessorSymbols(_symbols), _files[file].Name, System.Text.Encoding.UTF8);
}
