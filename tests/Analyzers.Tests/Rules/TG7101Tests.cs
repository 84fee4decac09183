namespace TensorGraph.Tests.Rules;

/// <summary>A side effect in a graph function happens only while tracing.</summary>
public sealed class TG7101Tests
{
    private const string Id = "TG7101";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    [|Console.WriteLine("step")|];
                    return x + 1;
                }
            }
            """);

    [Fact]
    public void Says_what_happens_and_what_to_write_instead()
    {
        var found = Assert.Single(Roslyn.Diagnostics(Roslyn.Usings + """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x) { Console.WriteLine("step"); return x; }
            }
            """));
        string message = found.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Id, found.Id);
        Assert.Contains("'Console.WriteLine' runs only while the graph function is traced", message, StringComparison.Ordinal);
        Assert.Contains("Use Ops.Print", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Ops.Print("step");
                    return x + 1;
                }
            }
            """);

    [Theory]
    [InlineData("[|_log.Add(\"step\")|]; return x;")]
    [InlineData("[|_text.Append(1)|]; return x;")]
    [InlineData("[|_log?.Add(\"step\")|]; return x;")]
    [InlineData("[|_log!.Add(\"step\")|]; return x;")]
    public void Is_reported_for_a_collection_that_is_only_changed(string body) => Rule.Reports(Id, Model(body));

    [Theory]
    [InlineData("var own = new List<string>(); own.Add(\"a\"); return x + own.Count;")]
    [InlineData("_log.Add(\"a\"); return x + _log.Count;")]
    [InlineData("Ops.HostCall((Tensor t) => _log.Add(t.ToString()!), x); return x;")]
    public void Is_not_reported_for_a_collection_that_is_made_or_read_here(string body) => Rule.Silent(Model(body));

    [Theory]
    [InlineData("Say(); return x;")]
    [InlineData("return Twice(x);")]
    [InlineData("if (x > 1) Say(); return x;")]
    public void Is_reported_in_a_method_that_is_called(string body) => Rule.Reports(Id, Helpers(body, "[|Console.WriteLine(\"helper\")|]"));

    // Not where another method may run instead, with the graph, for a caller that is no graph function, or when it asks the world.
    [Theory]
    [InlineData("return _sink.Take(x);", "")]
    [InlineData("Ops.HostCall((Tensor t) => Say(), x); return x;", "Console.WriteLine(\"helper\")")]
    [InlineData("return x;", "Console.WriteLine(\"helper\")")]
    [InlineData("Say(); return x;", "System.Diagnostics.Debug.Assert(1 < 2)")]
    [InlineData("return Nested(x);", "")]
    public void Is_not_reported_in_other_methods(string body, string effect) => Rule.Silent(Helpers(body, effect));

    [Theory]
    [InlineData("Note(x.Rank); return x;", "[|_last = rank|]")]
    [InlineData("Note(x.Rank); return x;", "[|s_last = rank|]")]
    [InlineData("Note(x.Rank); return x * 2;", "_kept = rank; _kept++")]
    [InlineData("new Model().Note(x.Rank); return x * 2;", "_last = rank")]
    [InlineData("return x;", "_last = rank")]
    public void Is_reported_for_state_that_a_called_method_only_writes(string body, string write)
    {
        string program = $$"""
            public partial class Model
            {
                private int _last, _kept; private static int s_last;
                private void Note(int rank) { {{write}}; }
                public override string ToString() => $"{_last} {_kept} {s_last}";

                [GraphFunction]
                public Tensor Step(Tensor x) { {{body}} }
            }
            """;
        if (write.Contains("[|", StringComparison.Ordinal))
            Rule.Reports(Id, program);
        else
            Rule.Silent(program);
    }

    // What is made once, a text of its own, and a file that is read into a field which is null.
    [Theory]
    [InlineData("if (!_isBuilt) { _weight = new Variable(1f); _isBuilt = true; } return x * _weight!;")]
    [InlineData("if (_weight is null || !_isBuilt) { _weight = new Variable(1f); _isBuilt = true; } return x * _weight;")]
    [InlineData("var text = new System.IO.StringWriter(); text.Write(\"a\"); Ops.Print(text.ToString()); return x;")]
    [InlineData("_bytes ??= System.IO.File.ReadAllBytes(\"w\"); return x + _bytes.Length;")]
    [InlineData("if (_bytes is null) _bytes = System.IO.File.ReadAllBytes(\"w\"); return x + _bytes.Length;")]
    public void Is_not_reported_for_what_happens_once(string body)
    {
        string program = Lazy(body);
        Assert.DoesNotContain(Roslyn.Diagnostics(Roslyn.Usings + program), found => found.Id == Id);
        Roslyn.Generate(Roslyn.Usings + program);
    }

    [Theory]
    [InlineData("var bytes = [|System.IO.File.ReadAllBytes(\"w\")|]; return x + bytes.Length;")]
    [InlineData("if (_isBuilt) [|System.IO.File.WriteAllText(\"w\", \"\")|]; return x;")]
    [InlineData("if (_weight is null) [|_isBuilt = true|]; return x;")]
    public void Is_reported_for_what_only_looks_so(string body) => Rule.Reports(Id, Lazy(body));

    private static string Lazy(string body) => $$"""
        public partial class Model
        {
            private Variable? _weight; private bool _isBuilt; private byte[]? _bytes;

            [GraphFunction]
            public Tensor Step(Tensor x) { {{body}} }
        }
        """;

    [Fact]
    public void Says_that_no_tensor_decides_about_it() =>
        Rule.Says(Id, Model("if (x > 1) Console.WriteLine(\"large\"); return x;"), "'Console.WriteLine' runs only while the graph function is traced, whatever the tensor says", "Use Ops.Print");

    [Fact]
    public void Names_the_graph_function_that_comes_to_it() =>
        Rule.Says(Id, Helpers("Say(); return x;", "Console.WriteLine(\"helper\")"), "Graph function 'Step' reaches 'Console.WriteLine'", "Use Ops.Print");

    private static string Helpers(string body, string effect) => $$"""
        public interface ISink { Tensor Take(Tensor x); }
        public class ConsoleSink : ISink { public Tensor Take(Tensor x) { Console.WriteLine(1); return x; } }
        public class OtherSink : ISink { public Tensor Take(Tensor x) => x; }
        public partial class Model
        {
            private readonly ISink _sink = new OtherSink();
            private static void Say() { {{(effect.Length > 0 ? effect + ";" : "")}} }
            private static Tensor Twice(Tensor x) { Say(); return x * 2; }
            public static void Main() { Console.WriteLine("starts"); Say(); }

            [GraphFunction]
            public Tensor Nested(Tensor x) => x;

            [GraphFunction]
            public Tensor Step(Tensor x) { {{body}} }
        }
        """;

    private static string Model(string body) => $$"""
        public partial class Model
        {
            private readonly List<string> _log = []; private readonly System.Text.StringBuilder _text = new();

            [GraphFunction]
            public Tensor Step(Tensor x) { {{body}} }
        }
        """;
}
