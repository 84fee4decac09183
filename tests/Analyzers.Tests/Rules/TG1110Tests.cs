namespace TensorGraph.Tests.Rules;

/// <summary>Tensor control flow stands in a member that is not converted.</summary>
public sealed class TG1110Tests
{
    private const string Id = "TG1110";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private Tensor Scale { get; [|init|] { field = value > 1 ? value : 1f; } } = 2f;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var model = new Model { Scale = x };
                    return x * model.Scale;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                private readonly Tensor _scale = 2f;

                public Model() { }

                private Model(Tensor scale) => _scale = scale > 1 ? scale : 1f;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var model = new Model(x);
                    return x * model._scale;
                }
            }
            """);

    [Theory]
    [InlineData("public partial class Cell { private Tensor _v = 1f; public ref Tensor V { [|get|] { if (_v > 3) _v = 1f; return ref _v; } } }", "return new Cell().V;")]
    [InlineData("public partial class Cell { public Tensor V { get => [|field > 1 ? field : 2f|]; set; } = 1f; }", "return new Cell().V;", "get =>")]
    [InlineData("public partial class Cell { public Tensor V = [|Model.Abs(1f)|]; }", "return new Cell().V;")]
    [InlineData("public partial class Cell(Tensor x) { public Tensor V { get; } = [|x > 1 ? x : 1f|]; }", "return new Cell(x).V;")]
    [InlineData("public partial class Base { public Tensor V = 1f; public Base() { if (V > 0) V = 2f; } } public partial class [|Cell|] : Base;", "return new Cell().V;")]
    [InlineData("public partial class Base(Tensor v) { public Tensor V = v; public Base(Tensor v, int k) : this(v) { if (v > k) V = 2f; } } public partial class [|Cell|](Tensor x) : Base(x, 1);", "return new Cell(x).V;")]
    public void A_member_that_cannot_have_a_twin(string type, string body, string? place = null)
    {
        // The place of an accessor is its keyword.
        if (place is not null)
            type = type.Replace("[|", "").Replace("|]", "").Replace(place, $"[|get|] =>");
        Rule.Reports(Id, $"{type} public partial class Model {{ public static Tensor Abs(Tensor x) => x > 0 ? x : -x; [GraphFunction] public Tensor Step(Tensor x) {{ {body} }} }}");
    }

    [Theory]
    [InlineData("var c = new Cell(); Tensor t = [|c.V = x|]; return t + c.V;")]
    [InlineData("var c = new Cell(); [|c.V ??= x|]; return c.V;")]
    [InlineData("var c = new Cell { [|V|] = x }; return c.V;")]
    [InlineData("var c = new Cell(); return c is { [|V|]: var v } ? v : x;")]
    [InlineData("var c = new Cell(); ([|Made().V|], x) = (x, c.W); return c.V;")]
    [InlineData("[|Made().V|] += x; return x;")]
    [InlineData("var c = new Cell(); var d = [|c++|]; return d.V;")]
    [InlineData("[|var (a, b)|] = new Cell(); return a + b;")]
    [InlineData("return new Cell() is [|(|]var a, var b) ? a + b : x;")]
    [InlineData("[|using|] var c = new Cell(); return x;")]
    [InlineData("[|using|] (new Cell()) return x;")]
    public void A_use_that_cannot_be_written_as_a_call(string body) => Rule.Reports(Id, $$"""
        public partial class Cell : IDisposable
        {
            public Tensor W = 1f;
            public Tensor V { get => W > 1 ? W : 2f; set { if (value > 3) W = value; } }
            public static Cell operator ++(Cell c) { var d = new Cell(); d.W = c.W > 3 ? c.W : 0f; return d; }
            public void Deconstruct(out Tensor a, out Tensor b) { a = W > 2 ? W : 0f; b = W; }
            public void Dispose() { if (W > 2) Ops.Print("gone", W); }
        }
        public partial class Model
        {
            private Cell Made() => new();
            [GraphFunction] public Tensor Step(Tensor x) { {{body}} }
        }
        """);

    [Fact]
    public void The_message_says_what_to_write() => Assert.Equal(
        "'Cell.V.set' contains control flow on tensors and is reached from 'Step', but cannot be converted: '??=' calls it only at times. Write an 'if' and an assignment.",
        Roslyn.Diagnostics(Roslyn.Usings + """
            public partial class Cell { private Tensor? _v; public Tensor? V { get => _v; set { if (value! > 3) value = 3f; _v = value; } } }
            public partial class Model { [GraphFunction] public Tensor Step(Tensor x) { var c = new Cell(); c.V ??= x; return c.V; } }
            """).Single(d => d.Id == Id).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
}
