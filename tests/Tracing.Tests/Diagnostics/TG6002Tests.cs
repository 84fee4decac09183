namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG6002, a function that is traced again and again.</summary>
[Collection(ProcessState.Name)]
public sealed partial class TG6002Tests
{
    [Fact]
    public void A_number_that_changes_is_reported_once_with_the_values_and_the_line()
    {
        var warning = Assert.Single(Warnings.Of(() =>
        {
            for (int step = 0; step < 20; step++)
                Scale(1f, step); // The call.
        }));
        Assert.Equal(DiagnosticIds.TracesOften, warning.Id);
        Assert.Equal("traced 5 times in 5 calls: 'step' was 0, is 1; 'step' was 1, is 2; 'step' was 2, is 3; 'step' was 3, is 4", warning.Problem);
        Assert.Equal("Make a C# value that changes from call to call a Tensor parameter.", warning.Remedy);
        Assert.Contains("// The call.", File.ReadLines(warning.Source.File).ElementAt(warning.Source.Line - 1), StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_objects_and_instances_have_a_remedy_of_their_own()
    {
        var shapes = Assert.Single(Warnings.Of(() =>
        {
            for (int rank = 0; rank < 6; rank++)
                Total(Ops.Ones([.. Enumerable.Repeat(2, rank)]));
        }));
        Assert.Contains("'x' was f32[], is f32[2]", shapes.Problem, StringComparison.Ordinal);
        Assert.Contains("InputSignature", shapes.Remedy, StringComparison.Ordinal);

        var objects = Assert.Single(Warnings.Of(() =>
        {
            for (int i = 0; i < 6; i++)
                Apply(x => x + 1, new object(), 1f);
        }));
        Assert.Contains("Pass the same object each time.", objects.Remedy, StringComparison.Ordinal);

        var instances = Assert.Single(Warnings.Of(() =>
        {
            for (int i = 0; i < 6; i++)
                new Fresh().Step(1f);
        }));
        Assert.Contains("a new instance", instances.Problem, StringComparison.Ordinal);
        Assert.Equal("Call it on one instance.", instances.Remedy);
    }

    [Fact]
    public void Few_traces_among_many_calls_and_specs_asked_for_are_fine() => Assert.Empty(Warnings.Of(() =>
    {
        for (int step = 0; step < 40; step++)
            ScaleSeldom(1f, step / 4);
        for (int rank = 0; rank < 6; rank++)
            GraphFunction.Of((Func<Tensor, Tensor>)TotalOfSpecs).GetConcreteFunction(new TensorSpec(DType.F32, [.. Enumerable.Repeat<Dim>(2, rank)]));
    }));

    [GraphFunction]
    private static Tensor Scale(Tensor x, int step) => x * step;

    [GraphFunction]
    private static Tensor ScaleSeldom(Tensor x, int step) => x * step;

    [GraphFunction]
    private static Tensor Total(Tensor x) => x.Sum();

    [GraphFunction]
    private static Tensor TotalOfSpecs(Tensor x) => x.Sum();

    [GraphFunction]
    private static Tensor Apply(Func<Tensor, Tensor> f, object tag, Tensor x) => f(x);

    internal sealed partial class Fresh
    {
        [GraphFunction]
        public Tensor Step(Tensor x) => x + 1;
    }
}
