namespace TensorGraph.Tests;

/// <summary>Arrays and loops over text that have no elements, at one place of a program or in one of its branches.</summary>
public sealed partial class EmptyTextTests
{
    [Fact]
    public void An_array_without_elements_gives_no_rows()
    {
        var (result, _) = Modes.Both(() => (Stacked(0), Stacked(2)));
        Assert.Equal((new Shape(0), 2), (result.Item1.Shape, result.Item2.Shape[0].Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a b c")]
    public void Elements_are_added_and_taken_under_conditions(string words)
    {
        Tensor given = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Modes.Both(() => (Kept(given, "b"), Replaced(given, true), Replaced(given, false)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Map_and_scan_go_over_text(int count)
    {
        Tensor words = Enumerable.Repeat("w", count).ToArray();
        var (result, _) = Modes.Both(() => (Mapped(words), Joined(words)));
        Assert.Equal(new Shape(count), result.Item1.Shape);
        Assert.Equal(new string('w', count), result.Item2.Item1.Item<string>());
        Assert.Equal(new Shape(count), result.Item2.Item2.Shape);
    }

    [Fact]
    public void A_triangle_of_text_says_so()
    {
        Tensor words = new[,] { { "a", "b" }, { "c", "d" } }.Cast<string>().ToArray();
        Modes.Fails(DiagnosticIds.DTypeMismatch, () => Lower(words), "tril", "string[2, 2]", "zeros");
        Modes.Fails(DiagnosticIds.DTypeMismatch, () => Zeroed(words), "full", "text");
    }

    [GraphFunction]
    private static Tensor Stacked(Tensor count)
    {
        var array = new TensorArray(DType.String, []);
        for (Tensor i = 0; i < count; i++)
            array.Add("x");
        return array.Stack();
    }

    [GraphFunction(InputSignature = ["string[n]", "string[]"])]
    private static (Tensor, Tensor) Kept(Tensor words, Tensor unwanted)
    {
        var array = new TensorArray(DType.String, []);
        array.Add("zero");
        foreach (Tensor word in words)
        {
            if (Ops.NotEqual(word, unwanted))
                array.Add(word);
        }

        array[0] = "first";
        Tensor last = array.Pop();
        return (array.Stack(), last);
    }

    [GraphFunction(InputSignature = ["string[n]", "bool[]"])]
    private static Tensor Replaced(Tensor words, Tensor more)
    {
        var array = new TensorArray(DType.String, []);
        if (more)
            array.Add("more");
        foreach (Tensor word in words)
            array.Add(word);
        return array.Stack();
    }

    [GraphFunction(InputSignature = ["string[n]"])]
    private static Tensor Mapped(Tensor words) => Ops.Map(words, word => Ops.Add(word, "!"));

    [GraphFunction(InputSignature = ["string[n]"])]
    private static (Tensor, Tensor) Joined(Tensor words) => Ops.Scan((Tensor)"", words, (text, word) => (Ops.Add(text, word), text));

    [GraphFunction]
    private static Tensor Lower(Tensor words) => Ops.Tril(Ops.Reshape(words, 2, 2));

    [GraphFunction]
    private static Tensor Zeroed(Tensor words) => Ops.ZerosLike(words);
}
