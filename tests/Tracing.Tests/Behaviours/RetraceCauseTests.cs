namespace TensorGraph.Tests;

/// <summary>The cause of a retrace tells two values apart that look alike.</summary>
public sealed partial class RetraceCauseTests
{
    [Fact]
    public void Collections_of_two_classes()
    {
        Sum(1f, new[] { 1, 2 });
        Sum(1f, new List<int> { 1, 2 });
        Assert.Equal(("[1, 2]", "the same in System.Collections.Generic.List<int>, not int[]"), CauseOf((Func<Tensor, IReadOnlyList<int>, Tensor>)Sum));
    }

    [Fact]
    public void Types()
    {
        NameLength(1f, typeof(int));
        NameLength(1f, typeof(string));
        Assert.Equal(("typeof(int)", "typeof(string)"), CauseOf((Func<Tensor, Type, Tensor>)NameLength));
    }

    [Fact]
    public void Objects_without_content()
    {
        Ignore(1f, new object());
        Ignore(1f, new object());
        Assert.Equal(("Object", "another Object"), CauseOf((Func<Tensor, object, Tensor>)Ignore));
    }

    private static (string Old, string New) CauseOf(Delegate function)
    {
        var retrace = Assert.Single(GraphFunction.Of(function).Retraces);
        return (retrace.Old, retrace.New);
    }

    [GraphFunction]
    private static Tensor Sum(Tensor x, IReadOnlyList<int> numbers) => x + numbers.Sum();

    [GraphFunction]
    private static Tensor NameLength(Tensor x, Type type) => x + type.Name.Length;

    [GraphFunction]
    private static Tensor Ignore(Tensor x, object value) => value is null ? x : x + 1;
}
