using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Facts;

/// <summary>
/// The effects of code, as text: <c>read</c>, <c>write</c>, <c>fill</c> or <c>call</c>, the place, the method. A write in parentheses is one that may not happen; <c>{…}</c> is done
/// by a nested function, <c>host</c> runs with the graph.
/// </summary>
public sealed class EffectTests
{
    private const string Members = """
        private Tensor _h = 1f; private float _rate; private int _count; private static int s_calls; private float[] _sizes = [1]; private readonly List<Tensor> _items = []; private float[][] _rows = [];
        private readonly System.Text.StringBuilder _text = new(); private Cell _cell = new(); private Cell[] _cells = []; private Two _two; private readonly Two[] _twos = []; private Func<int, int> _f = x => x; private event Action? Done;
        public float Rate { get; set; } public int this[int i] { get => i; set => _count = value; }
        private ref int Counter() => ref _count; private int Own(int n) => n; private void Change(ref int n, out int m) => m = n;
        public struct Two { public int A; public Inner I; public int P { get; set; } public void Deconstruct(out int a, out int b) => (a, b) = (A, A); public void Mutate() => A++; }
        public struct Inner { public int B; }
        public class Cell : IDisposable { public Tensor State = 0f; public int N { get; set; } public Cell? Next; public void Dispose() { } public override string ToString() => "cell"; public static implicit operator int(Cell c) => c.N; public static Cell operator +(Cell a, Cell b) => a; }
        public record R(int X, int Y);
        """;

    [Theory]
    // Members and variables.
    [InlineData("_count = n;", "read n; write this._count")]
    [InlineData("_count += n;", "read this._count; read n; write this._count")]
    [InlineData("this._count++;", "read this._count; write this._count")]
    [InlineData("s_calls = _count;", "read this._count; write s_calls")]
    [InlineData("Rate = _rate;", "read this._rate; write this.Rate; call set_Rate on this")]
    [InlineData("n = (int)Rate;", "read this.Rate; call get_Rate on this; write n")]
    [InlineData("_cell.Next!.N = 2;", "read this._cell; read this._cell.Next; write this._cell.Next.N; call set_N on this._cell.Next")]
    [InlineData("_cell?.Next?.Dispose();", "read this._cell; read this._cell.Next; call Dispose on this._cell.Next (named)")]
    [InlineData("this[1] = n;", "read n; write this[]; call set_Item on this; fill this")]
    [InlineData("n = nameof(_count).Length;", "read ?.Length; call get_Length on ?; write n")]
    // Structs are parts of what holds them.
    [InlineData("Two t = _two; t.A = n;", "read this._two; write t; read n; write t.A")]
    [InlineData("_two.I.B = n;", "read n; write this._two.I.B")]
    [InlineData("_two.I.B += n;", "read this._two; read this._two.I; read this._two.I.B; read n; write this._two.I.B")]
    [InlineData("Two t = default; t.Mutate();", "write t; read t; (write t); call Mutate on t (named)")]
    // Deconstruction evaluates the right side first.
    [InlineData("(n, _count) = (_count, n);", "read this._count; read n; write n; write this._count")]
    [InlineData("var (a, b) = _two;", "read this._two; call Deconstruct on this._two (implicit); write a; write b")]
    [InlineData("(n, _two.P) = (1, 2);", "write n; write this._two.P; call set_P on this._two")]
    // Elements and content.
    [InlineData("_sizes[n] = 2;", "read this._sizes; read n; write this._sizes[]; fill this._sizes")]
    [InlineData("_rows[0][1] = 2;", "read this._rows; write this._rows[][]; fill this._rows[]; fill this._rows")]
    [InlineData("_items.Add(x);", "read this._items; read x; fill this._items by Add; call Add on this._items (named)")]
    [InlineData("_items?.Add(x);", "read this._items; read x; fill this._items by Add; call Add on this._items (named)")]
    [InlineData("_cells[n].State = x;", "read this._cells; read n; read x; write this._cells[].State")]
    [InlineData("_text.Append(n);", "read this._text; read n; fill this._text by Append; call Append on this._text (named)")]
    [InlineData("Array.Fill(_sizes, 1f);", "read this._sizes; fill this._sizes by Fill; call Fill on ? (named)")]
    [InlineData("_sizes.AsSpan(1).Fill(2);", "read this._sizes; call AsSpan on ? (named); fill this._sizes by Fill; call Fill on this._sizes (named)")]
    [InlineData("var copy = new float[1]; _sizes.CopyTo(copy, 0);", "write copy; read this._sizes; read copy; fill copy by CopyTo; call CopyTo on this._sizes (named)")]
    [InlineData("Array.Copy(_sizes, destinationArray: _rows[0], length: 1);", "read this._sizes; read this._rows; fill this._rows[] by Copy; fill this._rows by Copy; call Copy on ? (named)")]
    [InlineData("_twos[n].I.B = 2;", "read this._twos; read n; write this._twos[].I.B; fill this._twos")]
    [InlineData("_cell?.Next = null;", "read this._cell; (write this._cell.Next)")]
    [InlineData("_cell?.N += n;", "read this._cell; read this._cell.N; call get_N on this._cell; read n; (write this._cell.N); call set_N on this._cell")]
    [InlineData("_cells[^1].N++;", "read this._cells; read this._cells[].N; call get_N on this._cells[]; write this._cells[].N; call set_N on this._cells[]")]
    [InlineData("(_sizes[0], _sizes[1]) = (1, 2);", "read this._sizes; read this._sizes; write this._sizes[]; fill this._sizes; write this._sizes[]; fill this._sizes")]
    // References.
    [InlineData("Change(ref _count, out n);", "read this._count; (write this._count); write n; call Change on this (named)")]
    [InlineData("Change(ref n, out int m);", "read n; (write n); write m; call Change on this (named)")]
    [InlineData("ref int r = ref _count; r = 2;", "read this._count; write r; (write this._count); write r")]
    // What may not happen.
    [InlineData("n = _count > 0 ? n = 1 : 2;", "read this._count; (write n); write n")]
    [InlineData("Cell? c = null; c ??= _cell;", "write c; read c; read this._cell; (write c)")]
    [InlineData("bool b = n > 0 && (n = 2) > 1;", "read n; (write n); write b")]
    // Calls that no code names.
    [InlineData("int k = _cell;", "read this._cell; call op_Implicit on ? (implicit); write k")]
    [InlineData("var c = _cell + _cell;", "read this._cell; read this._cell; call op_Addition on ?; write c")]
    [InlineData("using Cell c = new();", "call .ctor on new; write c; call Dispose on c (implicit)")]
    [InlineData("""string s = $"{_cell}";""", "read this._cell; call ToString on this._cell (callback); call Dispose on this._cell (callback); write s")]
    [InlineData("""string s = "a" + _cell;""", "read this._cell; call ToString on this._cell (callback); call Dispose on this._cell (callback); write s")]
    [InlineData("foreach (var (a, b) in new[] { _two }) n = a;", "read this._two; write a; write b; read a; write n; call Deconstruct on new (implicit)")]
    [InlineData("var all = new List<Cell> { _cell };", "call .ctor on new; read this._cell; fill new by Add; call ToString on this._cell (callback); call Dispose on this._cell (callback); call ToString on new (callback); call Dispose on new (callback); write all")]
    [InlineData("Cell[] all = [.. _cells, _cell];", "read this._cells; call ToString on this._cells (callback); call Dispose on this._cells (callback); read this._cell; write all")]
    [InlineData("var c = new Cell { N = n };", "call .ctor on new; read n; write new.N; call set_N on new; write c")]
    [InlineData("var r = new R(1, 2) with { X = n };", "call .ctor on new; read n; write new.X; call set_X on new; call .ctor on new (callback); write r")]
    // Patterns read what they match.
    [InlineData("bool b = this is { Rate: > 3 };", "read this.Rate; call get_Rate on this; write b")]
    [InlineData("bool b = _cell is { Next.N: > 3 };", "read this._cell; read this._cell.Next; read this._cell.Next.N; call get_N on this._cell.Next; write b")]
    [InlineData("bool b = _two is var (p, q);", "read this._two; write p; write q; call Deconstruct on this._two (implicit); write b")]
    [InlineData("int k = _cell switch { { N: 1 } => 1, { N: var m } => m };", "read this._cell; read this._cell.N; call get_N on this._cell; read this._cell.N; call get_N on this._cell; (write m); read m; write k")]
    // Functions.
    [InlineData("Action a = () => _count = n;", "{read n; write this._count}; write a")]
    [InlineData("void L() => _count++; L();", "{read this._count; write this._count}; call L on ?")]
    [InlineData("Func<int, int> g = Own;", "call Own on this (named); write g")]
    [InlineData("n = _f(n);", "read this._f; read n; write n")]
    [InlineData("Done += () => _count++;", "{read this._count; write this._count}")]
    [InlineData("var q = from i in _sizes where i > _rate select i;", "read this._sizes; {read i; read this._rate}; write q")]
    // Code that runs with the graph.
    [InlineData("Ops.HostCall((Tensor t) => _items.Add(t), x);", "{host read this._items; host read t; host fill this._items by Add; host call Add on this._items (named)}; read x; call HostCall on ? (named)")]
    [InlineData("Action<Tensor> w = t => _count++; Ops.HostCall(w, x);", "{host read this._count; host write this._count}; write w; host read w; read x; call HostCall on ? (named)")]
    [InlineData("Action<Tensor> w = t => _count++; w(x); Ops.HostCall(w, x);", "{read this._count; write this._count}; write w; read w; read x; host read w; read x; call HostCall on ? (named)")]
    public void Are_found(string code, string expected)
    {
        CSharpCompilation compilation = Roslyn.Compilation($"{Roslyn.Usings}public partial class Model {{ {Members} public void F(Tensor x, int n) {{ {code} }} }}");
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        MethodDeclarationSyntax method = compilation.SyntaxTrees[0].GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(m => m.Identifier.Text == "F");
        Assert.Equal(expected, Text(Effects.Of(method, compilation.GetSemanticModel(method.SyntaxTree)).All));
    }

    private static string Text(IReadOnlyList<Effect> effects)
    {
        var text = new System.Text.StringBuilder();
        SyntaxNode? function = null;
        foreach (Effect effect in effects)
        {
            string close = function is not null && effect.Function != function ? "}" : "";
            string open = effect.Function is not null && effect.Function != function ? "{" : "";
            text.Append(close).Append(text.Length > 0 ? "; " : "").Append(open).Append(Text(effect));
            function = effect.Function;
        }
        return text.Append(function is null ? "" : "}").ToString();
    }

    private static string Text(Effect effect)
    {
        string by = effect.Callee is { } method ? effect.Kind == EffectKind.Fill ? $" by {method.Name}" : $" on {Text(effect.At)}" : "";
        string what = effect.Kind == EffectKind.Call ? effect.Callee!.Name : Text(effect.At);
        string form = effect.Kind == EffectKind.Call && effect.Form != CallForm.Unnamed ? $" ({effect.Form.ToString().ToLowerInvariant()})" : "";
        string text = $"{(effect.IsOnHost ? "host " : "")}{effect.Kind.ToString().ToLowerInvariant()} {what}{by}{form}";
        return effect.Kind == EffectKind.Write && !effect.IsDefinite ? $"({text})" : text;
    }

    private static string Text(Place place) => place.Kind switch
    {
        PlaceKind.This => "this",
        PlaceKind.New => "new",
        PlaceKind.Unknown => "?",
        PlaceKind.Element => Text(place.Owner!) + "[]",
        PlaceKind.Member => $"{Text(place.Owner!)}.{place.Symbol!.Name}",
        _ => place.Symbol!.Name,
    };
}
