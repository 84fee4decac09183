using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Graphs as deep and as long as the text form takes them compile and run on the stack of a small thread.</summary>
public sealed class DeepGraphTests
{
    private const int SmallStack = 1 << 20;
    private const int Depth = 399;

    [Fact]
    public void Nested_branches() => OnSmallStack(
        "graph g(%n: bool[], %x: f32[]) {\n" + string.Concat(Enumerable.Repeat("%y = if %n, %n, %x then(%n: bool[], %x: f32[]) {", Depth)) + "%y = neg %x "
        + string.Concat(Enumerable.Repeat(" yield %y } else(%n: bool[], %x: f32[]) { yield %x }\n", Depth)) + "return %y }");

    [Fact]
    public void Nested_loops() => OnSmallStack(
        "graph g(%n: bool[], %x: f32[]) {\n"
        + string.Concat(Enumerable.Repeat("%y = scan %x {carried=1, sequences=0, length=dim(1)} body(%x: f32[]) {", Depth)) + "%y = neg %x "
        + string.Concat(Enumerable.Repeat(" yield %y }\n", Depth)) + "return %y }");

    [Fact]
    public void Nested_calls() => OnSmallStack(
        "graph g(%n: bool[], %x: f32[]) {\n" + string.Concat(Enumerable.Repeat("%y = call %x body(%x: f32[]) {", Depth)) + "%y = neg %x "
        + string.Concat(Enumerable.Repeat(" yield %y }\n", Depth)) + "return %y }");

    [Fact]
    public void A_long_chain() => OnSmallStack(
        "graph g(%n: bool[], %x: f32[]) {\n%0 = neg %x\n" + string.Concat(Enumerable.Range(1, 5_000).Select(i => $"%{i} = {(i % 2 == 0 ? "neg" : "tanh")} %{i - 1}\n")) + "return %5000 }");

    private static void OnSmallStack(string text)
    {
        Exception? fault = null;
        var thread = new Thread(
            () => fault = Record.Exception(() => Agree.Run(Parser.Parse(text), [Literal.Scalar(DType.Bool, 1), Literal.Scalar(DType.F32, 0.5)], "deep")),
            SmallStack);
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }
}
