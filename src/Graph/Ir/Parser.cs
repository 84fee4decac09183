using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Reads the text form that <see cref="Printer"/> writes. Types may be left out; those that are written are checked against the inferred
/// ones. Nodes carry the line of the text as their source.
/// </summary>
public sealed partial class Parser
{
    /// <summary>Blocks inside blocks, and parentheses inside parentheses; tracing nests 200 branches and loops and 200 calls.</summary>
    internal const int MostNested = 400;

    private readonly Lexer _lexer;
    private readonly bool _believe;
    private GraphBuilder _build = new();
    private readonly Dictionary<string, Resource> _resources = [];
    private readonly Stack<Dictionary<string, Value>> _scopes = [];
    private Token _token, _next;
    private int _nested;

    private readonly Func<string, TensorType, Resource> _variable;

    private Parser(string text, string file, bool believe, Func<string, TensorType, Resource>? variable = null)
    {
        _variable = variable ?? (static (name, type) => new(name, ResourceKind.Variable, type));
        (_lexer, _believe) = (new Lexer(text, file), believe);
        _token = _lexer.Next();
        _next = _lexer.Next();
        foreach (var resource in Printer.WellKnownResources)
            _resources["#" + resource.Name] = resource;
    }

    /// <summary>Reads one graph.</summary>
    /// <param name="text">The text form.</param>
    /// <param name="file">Name of the text for messages and node sources.</param>
    /// <param name="variable">Makes a variable that the text declares, from its name and type: a device has variables of its own kind.</param>
    /// <exception cref="GraphException">TG2007 with line and column where the text does not fit the grammar or its types don't fit the
    /// ops.</exception>
    public static Graph Parse(string text, string file = "", Func<string, TensorType, Resource>? variable = null) =>
        new Parser(text, file, believe: false, variable).File();

    /// <summary>Reads constants in the form of attributes: <c>f32[2] [1, 2], i32[] 3</c>.</summary>
    /// <exception cref="GraphException">TG2007.</exception>
    public static ImmutableArray<Literal> ParseLiterals(string text)
    {
        var parser = new Parser(text, "", believe: false);
        var literals = ImmutableArray.CreateBuilder<Literal>();
        while (parser._token.Kind != TokenKind.End)
        {
            literals.Add(parser.Elements(parser.Type()));
            if (parser._token.Kind != TokenKind.End)
                parser.Take(",");
        }

        return literals.ToImmutable();
    }

    /// <summary>Reads a graph whose types need not be right: what the text says is believed. For the tests of the verifier.</summary>
    internal static Graph ParseUnchecked(string text, string file = "") => new Parser(text, file, believe: true).File();

    // file := { declaration } 'graph' name '(' parameters ')' [ 'assume' '(' equality, … ')' ] block
    private Graph File()
    {
        while (!_token.IsName("graph"))
            Declaration();
        Take();
        string name = Take(_token.Kind is TokenKind.Name or TokenKind.String, "the graph's name").Text;
        BeginBlock();
        if (_token.IsName("assume"))
        {
            Take();
            List("(", ")", Assumption);
        }

        var results = EndBlock("return");
        if (_token.Kind != TokenKind.End)
            throw Expected("the end of the text");
        return _build.Finish(name, results.AsSpan());
    }

    // declaration := ('variables' | 'functions' | 'streams') '{' @name [ ':' type [ '=' elements ] ], … '}'
    private void Declaration()
    {
        var kinds = Enum.GetValues<ResourceKind>().Where(kind => _token.IsName(Printer.Keyword(kind))).ToArray();
        if (kinds.Length == 0)
            throw Expected("'variables', 'functions', 'streams' or 'graph'");
        Take();
        List("{", "}", () =>
        {
            var at = Take(_token.Kind == TokenKind.Resource, "@ and a name");
            TensorType? type = TakeIf(":") ? Type() : null;
            if (kinds[0] == ResourceKind.Variable && type is null)
                throw Expected($"':' and the type of @{at.Text}");
            var resource = kinds[0] == ResourceKind.Variable ? _variable(at.Text, type!.Value) : new Resource(at.Text, kinds[0], type);
            if (type is not null && TakeIf("="))
                resource.HostValue = Elements(type.Value);
            if (!_resources.TryAdd(Key(at), resource))
                throw _lexer.Error(at.Start, $"{Shown(at)} is declared twice");
        });
    }

    private void Assumption()
    {
        var at = _token;
        Dim left = Dim();
        var relation = Relation();
        Dim right = Dim();
        string op = "";
        if (_token.IsName("by"))
        {
            Take();
            op = Take(_token.Kind is TokenKind.Name or TokenKind.String, "an op").Text;
        }

        _build.Assume(new(left, relation, right, op, _lexer.Source(at.Start)));
    }

    private SizeRelation Relation() =>
        TakeIf("==") ? SizeRelation.Equal : TakeIf("!=") ? SizeRelation.Different : TakeIf("<=") ? SizeRelation.AtMost
        : TakeIf("<") ? SizeRelation.Less : throw Expected("'==', '!=', '<' or '<='");

    // parameters := '(' %name ':' type, … ')'
    private void BeginBlock()
    {
        _scopes.Push([]);
        List("(", ")", () =>
        {
            var at = Take(_token.Kind == TokenKind.Value, "% and the name of a parameter");
            Take(":");
            var type = Type();
            _build.Source = _lexer.Source(at.Start);
            Define(at, _build.Parameter(type, IsUnnamed(at) ? "" : at.Text));
        });
    }

    // block := '{' { statement } ('return' | 'yield') %name, … '}'
    private ImmutableArray<Value> EndBlock(string keyword)
    {
        Take("{");
        while (!_token.IsName(keyword))
            Statement();
        Take();
        var results = Values();
        Take("}");
        _scopes.Pop();
        return results;
    }

    // statement := [ %name [ ':' type ], … '=' ] op [ %name, … ] [ '{' name '=' value, … '}' ] { name '(' parameters ')' block }
    private void Statement()
    {
        var results = new List<(Token Name, Token At, TensorType? Type)>();
        while (_token.Kind == TokenKind.Value)
        {
            var name = Take();
            bool typed = TakeIf(":");
            results.Add((name, _token, typed ? Type() : null));
            if (!TakeIf(","))
                break;
        }

        if (results.Count > 0)
            Take("=");
        var at = Take(_token.Kind == TokenKind.Name, "an op");
        var op = OpTable.Find(at.Text) ?? throw _lexer.Error(at.Start, $"there is no op '{at.Text}'");
        // Found here, ahead of the blocks: the lexer counts lines forwards.
        var source = _lexer.Source(at.Start);
        var inputs = _token.Kind == TokenKind.Value && !_next.Is(":") && !_next.Is("=") ? Values() : [];
        var attrs = new List<(string Name, object Value)>();
        HashSet<string> names = [];
        if (_token.Is("{"))
        {
            List("{", "}", () =>
            {
                int start = _token.Start;
                attrs.Add(Attribute());
                if (!names.Add(attrs[^1].Name))
                    throw _lexer.Error(start, $"attribute '{attrs[^1].Name}' is given twice");
            });
        }

        var regions = ImmutableArray.CreateBuilder<Region>();
        while (_token.Kind == TokenKind.Name && _next.Is("("))
        {
            Take();
            regions.Add(op.Regions is { OwnsSizes: true } ? Called() : Block());
        }

        _build.Source = source;
        var node = Make(at, op, inputs, Attrs.Of(attrs.ToArray()), regions.ToImmutable(), results);
        if (node.Types.Length != results.Count)
            throw _lexer.Error(at.Start, $"'{op.Name}' has {node.Types.Length} results, the text names {results.Count}");
        for (int i = 0; i < results.Count; i++)
        {
            if (results[i].Type is { } written && written != node.Types[i])
                throw _lexer.Error(results[i].At.Start, $"the type is {node.Types[i]}, the text says {written}");
            Define(results[i].Name, node[i]);
        }
    }

    private Region Block()
    {
        using var _ = Nested();
        _build.BeginRegion();
        BeginBlock();
        return _build.EndRegion(EndBlock("yield").AsSpan()).Region;
    }

    // A called block has names for sizes of its own, so the graph takes over none of its assumptions.
    private Region Called()
    {
        using var _ = Nested();
        var outer = _build;
        _build = new GraphBuilder();
        BeginBlock();
        var results = EndBlock("yield");
        var region = _build.Finish("call", results.AsSpan()).Entry;
        _build = outer;
        return region;
    }

    private Node Make(
        Token at, OpDef op, ImmutableArray<Value> inputs, Attrs attrs, ImmutableArray<Region> regions,
        List<(Token Name, Token At, TensorType? Type)> results)
    {
        if (_believe)
        {
            var types = results.Select(result => result.Type ?? throw _lexer.Error(result.At.Start, "expected ':' and a type"));
            var node = new Node(op, inputs, attrs, regions, [.. types], _build.Source!.Value);
            _build.Adopt(node);
            return node;
        }

        try
        {
            return _build.Emit(op, attrs, inputs.AsSpan(), regions);
        }
        catch (Exception fault) when (Verifier.MisfitOf(fault) is { } misfit)
        {
            throw _lexer.Error(at.Start, misfit);
        }
    }

    private ImmutableArray<Value> Values()
    {
        var values = ImmutableArray.CreateBuilder<Value>();
        if (_token.Kind != TokenKind.Value)
            return [];
        do
        {
            var at = Take(_token.Kind == TokenKind.Value, "% and the name of a value");
            if (!_scopes.Peek().TryGetValue(Key(at), out var value))
            {
                string hint = _scopes.Skip(1).Any(scope => scope.ContainsKey(Key(at))) ? "; a block sees only its own parameters and results" : "";
                throw _lexer.Error(at.Start, $"no value {Shown(at)} is defined before this line{hint}");
            }

            values.Add(value);
        }
        while (TakeIf(","));
        return values.ToImmutable();
    }

    private void Define(Token at, Value value)
    {
        if (!_scopes.Peek().TryAdd(Key(at), value))
            throw _lexer.Error(at.Start, $"{Shown(at)} is defined twice");
    }

    // %_7 without quotes is a parameter without a name, %"_7" one of that name.
    private static bool IsUnnamed(Token token) =>
        token.End - token.Start == token.Text.Length + 1 && token.Text.Length > 1 && token.Text[0] == '_'
        && token.Text.Skip(1).All(char.IsAsciiDigit);

    // Names that differ only in quotes are one name, but for unnamed parameters and for results, which print as %4.
    private static string Key(Token token) => $"{(IsUnnamed(token) || IsNumber(token) ? "_" : token.Tag)}#{token.Text}";

    private static bool IsNumber(Token token) => token.End - token.Start == token.Text.Length + 1 && token.Text.All(char.IsAsciiDigit);

    private void List(string open, string close, Action item)
    {
        Take(open);
        while (!_token.Is(close))
        {
            item();
            if (!TakeIf(","))
                break;
        }

        Take(close);
    }

    private Token Take()
    {
        var taken = _token;
        (_token, _next) = (_next, _lexer.Next());
        return taken;
    }

    private Token Take(bool wanted, string description) => wanted ? Take() : throw Expected(description);

    private void Take(string symbol) => Take(_token.Is(symbol), $"'{symbol}'");

    private bool TakeIf(string symbol)
    {
        if (!_token.Is(symbol))
            return false;
        Take();
        return true;
    }

    // One level deeper until the result is disposed.
    private Nesting Nested() => ++_nested <= MostNested ? new(this)
        : throw _lexer.Error(_token.Start, $"blocks and parentheses are nested {_nested} levels deep, the most are {MostNested}");

    private readonly struct Nesting(Parser parser) : IDisposable
    {
        public void Dispose() => parser._nested--;
    }

    private GraphException Expected(string what) =>
        _lexer.Error(_token.Start, $"expected {what}, found {(_token.Kind == TokenKind.End ? "the end of the text" : $"'{Shown(_token)}'")}");

    private static string Shown(Token token) => token.Kind switch
    {
        TokenKind.Value => $"%{token.Text}{(token.Tag.Length > 0 ? "#" : "")}{token.Tag}",
        TokenKind.Resource => $"@{token.Text}{(token.Tag.Length > 0 ? "#" : "")}{token.Tag}",
        TokenKind.String => Printer.Quote(token.Text),
        _ => token.Text,
    };
}
