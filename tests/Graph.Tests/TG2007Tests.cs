using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>TG2007: the text form does not parse; the message has line, column and what was expected.</summary>
public sealed class TG2007Tests
{
    [Theory]
    [InlineData("", "t.tg:1:1: expected 'variables', 'functions', 'streams' or 'graph', found the end of the text")]
    [InlineData("graph (", "t.tg:1:7: expected the graph's name, found '('")]
    [InlineData("graph g(%x: f31) { return }", "t.tg:1:13: expected a type such as f32[2, b], found 'f31'")]
    [InlineData("graph g(%x: f32[b) { return }", "t.tg:1:18: expected ']', found ')'")]
    [InlineData("graph g(%x: f32[pow(b, 2)]) { return }", "t.tg:1:17: 'pow' is not a function of sizes; floordiv, max and min are")]
    [InlineData("graph g(%x: f32[floordiv(4, 0)]) { return }", "t.tg:1:17: this size can't be computed")]
    [InlineData("graph g() {\n  return %x\n}", "t.tg:2:10: no value %x is defined before this line")]
    [InlineData("graph g(%x: f32[], %x: f32[]) { return }", "t.tg:1:20: %x is defined twice")]
    [InlineData("graph g(%x: f32[]) { %y = ad %x return }", "t.tg:1:27: there is no op 'ad'")]
    [InlineData("graph g(%x: f32[2], %y: f32[3]) { %z = add %x, %y return }", "t.tg:1:40: add: shapes do not broadcast: [2] and [3] (2 ≠ 3)")]
    [InlineData("graph g(%x: f32[2]) { %z: f32[3] = add %x, %x return }", "t.tg:1:27: the type is f32[2], the text says f32[3]")]
    [InlineData("graph g(%x: f32[2]) { add %x, %x return }", "t.tg:1:23: 'add' has 1 results, the text names 0")]
    [InlineData("graph g(%x: f32[2]) { %y = add %x return }", "t.tg:1:28: add: takes 2 inputs, got 1")]
    [InlineData("graph g(%x: f32[2]) { %y = if %x return }", "t.tg:1:28: if: the condition is f32[2]")]
    [InlineData("graph g(%x: bool[]) { %y = if %x return }", "t.tg:1:28: too few inputs, results or blocks")]
    [InlineData("graph g(%x: f32[2]) { %y = cast %x {dtype=3} return }", "t.tg:1:28: inputs, attributes or blocks don't fit: attribute 'dtype' of type DType is missing")]
    [InlineData("graph g(%x: f32[]) { %y = call %x body(%a: f32[]) { yield %x } return }", "t.tg:1:59: no value %x is defined before this line; a block sees only its own parameters and results")]
    [InlineData("graph g() { %y = read_variable {var=@w} return }", "t.tg:1:37: @w is not declared; write variables { @w: f32[2] } above the graph")]
    [InlineData("variables { @w }", "t.tg:1:16: expected ':' and the type of @w, found '}'")]
    [InlineData("variables { @w: f32, @w: f32 }", "t.tg:1:22: @w is declared twice")]
    [InlineData("graph g() { %y = constant {value=i8[] 128} return }", "t.tg:1:39: 128 is out of range for i8")]
    [InlineData("graph g() { %y = constant {value=f32[2] [1]} return }", "t.tg:1:41: f32[2] has 2 elements, here are 1")]
    [InlineData("graph g() { %y = constant {value=f32[1] [1, 2]} return }", "t.tg:1:45: f32[1] has only 1 elements")]
    [InlineData("graph g() { %y = constant {value=f32[b] [1]} return }", "t.tg:1:41: a constant has sizes that are numbers, not f32[b]")]
    [InlineData("graph g() { %y = constant {value=99999999999999999999} return }", "t.tg:1:34: '99999999999999999999' is not a whole number of 64 bits")]
    [InlineData("graph g() { %y = constant {value=\"a\n\"} return }", "t.tg:1:34: this text has no closing quote on its line")]
    [InlineData("graph g() { %y = constant {value=\"\\q\"} return }", "t.tg:1:35: unknown escape")]
    [InlineData("graph g() { return } graph h() { return }", "t.tg:1:22: expected the end of the text, found 'graph'")]
    [InlineData("graph g() {", "t.tg:1:12: expected an op, found the end of the text")]
    public void Says_where_and_what(string text, string problem)
    {
        var error = Assert.Throws<GraphException>(() => Parser.Parse(text, "t.tg"));
        Assert.Equal(DiagnosticIds.BadText, error.Id);
        Assert.StartsWith(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_the_line_with_a_caret()
    {
        var error = Assert.Throws<GraphException>(() => Parser.Parse("graph g(%x: f32[]) {\n  %y = add %x, %z\n  return %y\n}"));
        Assert.EndsWith("    2 |   %y = add %x, %z\n      |                ^", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_cut_of_a_good_text_is_either_good_or_TG2007()
    {
        const string Text = """
            variables { @w: f32[2] = [0.5, -inf] }
            graph g(%x: f32[b], %n: bool[]) assume(b == 2 by add) {
              %0: f32[2] = read_variable {var=@w} // comment
              %1: f32[b] = if %n, %x then(%x: f32[b]) { yield %x } else(%x: f32[b]) { %3: f32[b] = neg %x  yield %3 }
              %4: f32[] = constant {value=f32[] nan(0x7fc00001)}
              return %0, %1
            }
            """;
        Parser.Parse(Text);
        for (int i = 0; i < Text.Length; i++)
        {
            Only_TG2007(Text[..i]);
            Only_TG2007(Text.Remove(i, 1));
            Only_TG2007(Text[..i] + "(" + Text[i..]);
        }
    }

    private static void Only_TG2007(string text)
    {
        try
        {
            Parser.Parse(text);
        }
        catch (GraphException error) when (error.Id == DiagnosticIds.BadText)
        {
            Assert.Contains(" | ", error.Message, StringComparison.Ordinal);
        }
    }
}
