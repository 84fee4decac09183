using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>A printed graph parses back to the same graph, whatever the attributes hold.</summary>
public sealed class TextFormTests
{
    private static readonly Dim B = Dim.Symbol("b");

    public static TheoryData<string> Dims => [.. new[]
    {
        B, B + 1, (2 * B) - 3, (B * B) + (Dim.Symbol("c") * B), B * -1, Dim.FloorDiv(B, 2), Dim.FloorDiv((B * 3) + 1, Dim.Symbol("c") + 1),
        Dim.Max(B, 3), Dim.Min(Dim.Max(B, Dim.Symbol("c")), Dim.FloorDiv(B, 4)) + 7, Dim.Symbol("floordiv") + 1,
    }.Select(dim => dim.ToString())];

    [Theory]
    [MemberData(nameof(Dims))]
    public void Sizes_read_back(string dim)
    {
        var graph = Parser.Parse($"graph g(%x: f32[b, c, floordiv, {dim}]) {{ return %x }}");
        Assert.Equal(dim, graph.Entry.Results[0].Shape[3].ToString());
        AssertReadsBack(graph);
    }

    [Theory]
    [InlineData(0L), InlineData(-1L), InlineData(long.MaxValue), InlineData(long.MinValue)]
    [InlineData(0.0), InlineData(1.0), InlineData(-1e300), InlineData(5e-324), InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    [InlineData(true), InlineData(false)]
    [InlineData(""), InlineData("two words"), InlineData("\"\\\n\t\u2028 // \ud83d\ude00 ü")]
    [InlineData(DType.F32), InlineData(DType.String)]
    public void Attributes_read_back(object value) => AssertReadsBack(value);

    [Fact]
    public void Attributes_of_structured_kinds_read_back()
    {
        AssertReadsBack(B);
        AssertReadsBack((Dim)3);
        AssertReadsBack(-0.0);
        AssertReadsBack(Shape.Scalar);
        AssertReadsBack(new Shape([B, 2 * B, 0]));
        AssertReadsBack(ImmutableArray.Create<long>());
        AssertReadsBack(ImmutableArray.Create(1L, -2, long.MinValue));
        AssertReadsBack(BitConverter.UInt64BitsToDouble(0x7ff8000000000123));
        AssertReadsBack(new string((char)0xd800, 1));
    }

    public static TheoryData<DType> DTypesOfElements => [.. DTypes.All];

    [Theory]
    [MemberData(nameof(DTypesOfElements))]
    public void Constants_read_back_bit_by_bit(DType dtype)
    {
        foreach (var shape in new[] { Shape.Scalar, new Shape(0), new Shape(2, 0), new Shape(3), new Shape(4, 5) })
        {
            var literal = Literal.Zeros(new(dtype, shape));
            var random = new Random(1);
            if (literal.Data is string[] texts)
            {
                for (int i = 0; i < texts.Length; i++)
                    texts[i] = i == 0 ? "" : $"\"{i}\\";
            }
            else
            {
                random.NextBytes(literal.Bytes(0, (int)literal.Count * literal.Type.DType.Size()));
                if (dtype == DType.Bool)
                    literal = Literal.FromLongs(literal.Type, i => random.Next(2));
            }

            AssertReadsBack(literal);
        }
    }

    [Fact]
    public void Special_floats_have_names()
    {
        foreach (var dtype in DTypes.All.Where(dtype => dtype.IsFloat()))
        {
            double[] values = [0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1.0];
            var literal = Literal.FromDoubles(new(dtype, new Shape(values.Length)), i => values[i]);
            Assert.Contains("[0, -0, nan, inf, -inf, 1]", Printer.Print(Constant(literal)), StringComparison.Ordinal);
            AssertReadsBack(literal);
        }
    }

    [Fact]
    public void Narrow_floats_are_rounded_once()
    {
        // Halfway between two singles, but for a last digit that a double can't hold.
        const string Text = "1.00000005960464477540000000000000000000001";
        var graph = Parser.Parse($"graph g() {{ %0 = constant {{value=f32[] {Text}}} return %0 }}");
        Assert.Equal(float.Parse(Text, System.Globalization.CultureInfo.InvariantCulture), ((float[])graph.Entry.Body[0].Attrs.Get<Literal>("value").Data)[0]);
    }

    [Fact]
    public void A_parameter_called_by_a_number_is_no_result()
    {
        var graph = Parser.Parse("graph g(%1: f32[], %0: f32[]) { %a = add %1, %0 %b = add %a, %1 return %b }");
        Assert.Contains("(%\"1\": f32[], %\"0\": f32[])", Printer.Print(graph), StringComparison.Ordinal);
        AssertReadsBack(graph);
    }

    [Fact]
    public void Parameters_keep_their_names_and_get_different_ones_in_the_text()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var type = new TensorType(DType.F32, Shape.Scalar);
        string[] names = ["x", "x", "", "", "_0", "0", "a b", "x#1", "pair.Item1", "ä"];
        var parameters = names.Select(name => build.Parameter(type, name)).ToArray();
        var graph = build.Finish("a graph", parameters);

        string text = Printer.Print(graph);

        Assert.StartsWith("graph \"a graph\"(%x: f32[], %x#1: f32[], %_0: f32[], %_1: f32[], %\"_0\": f32[], %\"0\": f32[], %\"a b\": f32[], %\"x#1\": f32[], %pair.Item1: f32[], %ä: f32[])", text, StringComparison.Ordinal);
        Assert.Equal(names, Parser.Parse(text).Entry.Parameters.Select(parameter => parameter.Attrs.Get("name", "")));
        AssertReadsBack(graph);
    }

    [Fact]
    public void Resources_of_one_name_stay_apart()
    {
        var type = new TensorType(DType.F32, new Shape(2));
        Resource[] variables = [new("w", ResourceKind.Variable, type), new("w", ResourceKind.Variable, type), new("print", ResourceKind.Variable, type), new("dense/w", ResourceKind.Variable, type)];
        var build = new GraphBuilder { Source = SourceSpan.None };
        var reads = variables.Select(variable => build.Emit(OpDefs.ReadVariable, Attrs.Of("var", variable), [])[0]).ToArray();
        var graph = build.Finish("g", reads);

        Assert.StartsWith("variables { @w: f32[2], @w#1: f32[2], @print#1: f32[2], @\"dense/w\": f32[2] }", Printer.Print(graph), StringComparison.Ordinal);
        AssertReadsBack(graph);
    }

    [Fact]
    public void Types_may_be_left_out()
    {
        var graph = Parser.Parse("graph g(%x: f32[b]) { %y = add %x, %x  return %y }");
        Assert.Equal("f32[b]", graph.Entry.Results[0].Type.ToString());
    }

    [Fact]
    public void A_node_comes_from_its_line_of_the_text()
    {
        var graph = Parser.Parse("graph g(%x: f32[b]) {\n  %y = add %x, %x\n  return %y\n}", "g.tg");
        Assert.Equal("g.tg:2", graph.Entry.Body[0].Source.ToString());
        Assert.Contains("// g.tg:2", Printer.Print(graph, withSources: true), StringComparison.Ordinal);
        Assert.Null(GraphComparer.Difference(graph, Parser.Parse(Printer.Print(graph, withSources: true))));
    }

    [Fact]
    public void A_long_constant_can_be_shown_short()
    {
        var graph = Constant(Literal.FromDoubles(new(DType.F32, new Shape(100)), i => i));
        string text = Printer.Print(graph, elideAbove: 16);
        Assert.Contains("f32[100] [0, 1, 2, 3, … 96 more]", text, StringComparison.Ordinal);
        Assert.Contains("short form", Assert.Throws<GraphException>(() => Parser.Parse(text)).Message, StringComparison.Ordinal);
    }

    private static Graph Constant(Literal literal)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        return build.Finish("g", [build.Constant(literal)]);
    }

    // Any op will do to carry the attribute; constant ignores those it does not know.
    private static void AssertReadsBack(object value)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        build.Parameter(new(DType.F32, [B]), "x");
        var node = build.Emit(OpDefs.Constant, Attrs.Of(("value", Literal.Scalar(DType.Bool, 1)), ("extra", value)), []);
        AssertReadsBack(build.Finish("g", [node[0]]));
    }

    private static void AssertReadsBack(Graph graph)
    {
        string text = Printer.Print(graph);
        var back = Parser.Parse(text);
        Assert.True(GraphComparer.Difference(graph, back) is null, GraphComparer.Difference(graph, back) + "\n" + text);
        Assert.Equal(text, Printer.Print(back));
    }
}
