namespace TensorGraph.Tests;

/// <summary>The text grammar of input signatures, what a signature lets through, and how sizes relax where there is none.</summary>
public sealed partial class InputSignatureTests
{
    [Theory]
    [InlineData("f32", "f32[]")]
    [InlineData("f32[]", "f32[]")]
    [InlineData(" f32 [ a , 3 ] ", "f32[a, 3]")]
    [InlineData("f32[batch,784]", "f32[batch, 784]")]
    [InlineData("i64[?]", "i64[?]")]
    [InlineData("bf16[_a1,b2,?]", "bf16[_a1, b2, ?]")]
    [InlineData("bool[0]", "bool[0]")]
    [InlineData("string", "string[]")]
    public void A_spec_is_a_dtype_and_sizes(string text, string spec) => Assert.Equal(spec, TensorSpec.Parse(text).ToString());

    [Theory]
    [InlineData("", "'' is not a dtype")]
    [InlineData("float", "'float' is not a dtype")]
    [InlineData("F32[a]", "'F32' is not a dtype")]
    [InlineData("[3]", "'' is not a dtype")]
    [InlineData("f32[a", "']' is missing")]
    [InlineData("f32[]x", "']' is missing")]
    [InlineData("f32[-1]", "'-1' is not a size")]
    [InlineData("f32[a+1]", "'a+1' is not a size")]
    [InlineData("f32[2*a]", "'2*a' is not a size")]
    [InlineData("f32[1.5]", "'1.5' is not a size")]
    [InlineData("f32[a b]", "'a b' is not a size")]
    [InlineData("f32[a,]", "'' is not a size")]
    [InlineData("f32[9999999999999999999]", "is not a size")]
    public void What_is_wrong_with_a_spec_is_said(string text, string problem) => Expect.ErrorHere(DiagnosticIds.BadSignature, () => TensorSpec.Parse(text), [problem]);

    [Fact]
    public void Equal_names_are_equal_sizes_across_arguments()
    {
        var function = GraphFunction.Of((Func<Tensor, Tensor, Tensor>)PerImage);
        foreach (int batch in new[] { 2, 5, 1, 0 })
            Assert.Equal(4 * batch, Modes.Both(() => PerImage(Ops.Ones(batch, 3), Ops.Ones(batch).Cast(DType.I32))).Result.Item<float>());
        Assert.Equal(1, function.TraceCount);

        Expect.Error(DiagnosticIds.SignatureMismatch, () => PerImage(Ops.Ones(2, 3), Ops.Ones(4).Cast(DType.I32)), "x: f32[2, 3], y: i32[4]", "(f32[batch, 3], i32[batch])");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => PerImage(Ops.Ones(2, 4), Ops.Ones(2).Cast(DType.I32)), "x: f32[2, 4], y: i32[2]");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => PerImage(Ops.Ones(2, 3), Ops.Ones(2)), "'y' is f32[2], not i32[batch]");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => PerImage(Ops.Ones(3), Ops.Ones(2).Cast(DType.I32)), "'x' is f32[3], not f32[batch, 3]");
        Expect.Error(DiagnosticIds.NullArgument, () => PerImage(Ops.Ones(2, 3), null!), "'y'");
        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public void A_call_from_another_graph_function_keeps_the_signature()
    {
        Assert.Equal(8f, Modes.Both(() => Calls(Ops.Ones(2, 3), Ops.Ones(2).Cast(DType.I32))).Result.Item<float>());
        Expect.ErrorHere(DiagnosticIds.SignatureMismatch, () => CallsWith(Ops.Ones(2, 3)), ["PerImage", "'y' is f32[2], not i32[batch]"]);
        // What the trace does not know, the run checks.
        Expect.ErrorHere(DiagnosticIds.SizesDiffer, () => Calls(Ops.Ones(2, 4), Ops.Ones(2).Cast(DType.I32)), ["PerImage"]);
        Expect.ErrorHere(DiagnosticIds.SizesDiffer, () => Calls(Ops.Ones(2, 3), Ops.Ones(3).Cast(DType.I32)), ["PerImage"]);
    }

    [Fact]
    public void Equal_names_are_equal_sizes_within_one_argument_and_question_marks_are_not()
    {
        Assert.Equal(4f, Trace(Ops.Ones(2, 2)).Item<float>());
        Assert.Equal(9f, Trace(Ops.Ones(3, 3)).Item<float>());
        Expect.Error(DiagnosticIds.SignatureMismatch, () => Trace(Ops.Ones(2, 3)), "f32[2, 3]", "f32[n, n]");
        Assert.Equal(6f, Modes.Both(() => AnySizes(Ops.Ones(2, 3))).Result.Item<float>());
        Assert.Equal(4f, AnySizes(Ops.Ones(2, 2)).Item<float>());
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)Trace).TraceCount);
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)AnySizes).TraceCount);
    }

    [Fact]
    public void Specs_go_to_the_tensors_of_structures_and_CSharp_values_stay_part_of_the_key()
    {
        Assert.Equal(12f, Modes.Both(() => Parts((Ops.Ones(2), Ops.Ones(2)), 3L, 2)).Result.Item<float>());
        Parts((Ops.Ones(4), Ops.Ones(4)), 3L, 2);
        Parts((Ops.Ones(4), Ops.Ones(4)), 3L, 1);
        Assert.Equal(2, GraphFunction.Of((Func<(Tensor, Tensor), Tensor, int, Tensor>)Parts).TraceCount);
        Expect.Error(DiagnosticIds.SignatureMismatch, () => Parts((Ops.Ones(2), Ops.Ones(3)), 3L, 2), "pair.A: f32[2], pair.B: f32[3], scale: i64[]");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => Parts((Ops.Ones(2), Ops.Ones(2)), 3, 2), "'scale' is i32[], not i64[]");
    }

    [Fact]
    public void As_many_tensors_as_specs()
    {
        Assert.Equal(2f, FirstOf(Ops.Ones(2)).Item<float>());
        Expect.Error(DiagnosticIds.SignatureMismatch, () => FirstOf(Ops.Ones(2), Ops.Ones(2)), "more than 1", "items[0]: f32[2], items[1]: f32[2]");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => FirstOf(), "0 tensor arguments, not 1", "items: empty");
        Assert.Equal(6f, Optional(Ops.Ones(3), Ops.Ones(3)).Item<float>());
        Expect.Error(DiagnosticIds.SignatureMismatch, () => Optional(Ops.Ones(3)), "1 tensor arguments, not 2", "y: null");
        Assert.Equal(3, Constant().Item<int>());
    }

    [Fact]
    public void Specs_asked_for_must_lie_in_the_signature()
    {
        var function = GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Asked);
        var concrete = function.GetConcreteFunction(TensorSpec.Parse("f32[5,3]"), TensorSpec.Parse("i32[5]"));
        Assert.Equal("x: f32[batch, 3], y: i32[batch]", concrete.SignatureText);
        Assert.Same(concrete, function.GetConcreteFunction(Ops.Ones(2, 3), TensorSpec.Parse("i32[2]")));
        Assert.Same(concrete, function.GetConcreteFunction(TensorSpec.Parse("f32[n,3]"), TensorSpec.Parse("i32[n]")));
        Expect.Error(DiagnosticIds.SignatureMismatch, () => function.GetConcreteFunction(TensorSpec.Parse("f32[5,4]"), TensorSpec.Parse("i32[5]")), "'x' is f32[5, 4], not f32[batch, 3]");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => function.GetConcreteFunction(TensorSpec.Parse("f32[5,?]"), TensorSpec.Parse("i32[5]")), "'x'");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => function.GetConcreteFunction(TensorSpec.Parse("f32[5,3]"), TensorSpec.Parse("i32[6]")), "'y' is i32[6], not i32[batch]");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => function.GetConcreteFunction(TensorSpec.Parse("f32[5,3]"), TensorSpec.Parse("i64[5]")), "'y'");
        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public void A_signature_holds_for_calls_within_a_graph_too() =>
        Assert.Equal(12f, Modes.Both(() => Outer(Ops.Ones(2, 3))).Result.Item<float>());

    [Fact]
    public void Each_axis_relaxes_when_it_changes()
    {
        var function = GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Sums);
        (int A, int B)[] sizes = [(2, 3), (4, 3), (5, 3), (5, 6), (7, 8), (1, 1), (0, 2), (9, 9)];
        int[] traces = [1, 2, 2, 3, 3, 3, 3, 3];
        for (int i = 0; i < sizes.Length; i++)
        {
            var (a, b) = sizes[i];
            Assert.Equal(2 * a + b, Modes.Both(() => Sums(Ops.Ones(a, 2), Ops.Ones(b))).Result.Item<float>());
            Assert.Equal(traces[i], function.TraceCount);
        }

        Assert.Equal("x: f32[n0, 2], y: f32[n1]", function.ConcreteFunctions[0].SignatureText);
    }

    [Fact]
    public void Another_rank_dtype_or_CSharp_value_does_not_relax()
    {
        Total(Ops.Ones(2), 1);
        Total(Ops.Ones(2, 2), 1);
        Total(Ops.Ones(2).Cast(DType.F64), 1);
        Total(Ops.Ones(3), 2);
        var function = GraphFunction.Of((Func<Tensor, int, Tensor>)Total);
        Assert.Equal(["x: f32[3], n: 2", "x: f64[2], n: 1", "x: f32[2, 2], n: 1", "x: f32[2], n: 1"], function.ConcreteFunctions.Select(concrete => concrete.SignatureText));
        Total(Ops.Ones(5), 2);
        Total(Ops.Ones(6), 2);
        Total(Ops.Ones(7), 1);
        Assert.Equal(6, function.TraceCount);
    }

    [Fact]
    public void The_most_recent_of_the_traces_that_fit_serves_a_call()
    {
        var function = GraphFunction.Of((Func<Tensor, Tensor>)Negated);
        Negated(Ops.Ones(3));
        var general = function.GetConcreteFunction(TensorSpec.Parse("f32[?]"));
        Assert.Equal(2, function.TraceCount);
        Assert.Equal("[-1, -1, -1]", Modes.Both(() => Negated(Ops.Ones(3))).Result.ToString());
        Assert.Equal("[-1, -1]", Modes.Both(() => Negated(Ops.Ones(2))).Result.ToString());
        Assert.Same(general, function.ConcreteFunctions[0]);
        Assert.Same(general, function.GetConcreteFunction(TensorSpec.Parse("f32[?]")));
        Assert.NotSame(general, function.GetConcreteFunction(TensorSpec.Parse("f32[3]")));
        Assert.Equal(2, function.TraceCount);
        Expect.Error(DiagnosticIds.SignatureMismatch, () => general.Call(Ops.Ones(3, 1)), "'x'", "f32[3, 1]");
    }

    [Fact]
    public void A_concrete_function_checks_sizes_of_one_name_and_may_be_called_in_another_graph()
    {
        var (result, _) = Modes.Both(() => CallsConcrete(Ops.Ones(2), Ops.Ones(2)));
        Assert.Equal("[4, 4]", result.ToString());
        Expect.Error(DiagnosticIds.ShapeMismatch, () => CallsConcrete(Ops.Ones(2), Ops.Ones(3)), "add", "[2]", "[3]");

        var concrete = GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Doubled).ConcreteFunctions[0];
        Assert.Equal("[3, 3, 3]", concrete.Call(Ops.Ones(3), Ops.Ones(3))[0].ToString());
        Expect.Error(DiagnosticIds.ShapeMismatch, () => concrete.Call(Ops.Ones(2), Ops.Ones(3)), "'y'", "f32[3]", "n is 2");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => concrete.Call(Ops.Ones(2)), "takes 2 tensors, got 1");
        Expect.Error(DiagnosticIds.NullArgument, () => concrete.Call(null!, Ops.Ones(2)), "'x'");
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Doubled).TraceCount);
    }

    [GraphFunction(InputSignature = ["f32[a, b]", "i32[c]"])]
    private static Tensor Calls(Tensor x, Tensor y) => PerImage(x, y);

    [GraphFunction]
    private static Tensor CallsWith(Tensor x) => PerImage(x, x[.., 0]);

    [GraphFunction]
    private static Tensor CallsConcrete(Tensor x, Tensor y) =>
        GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Doubled).GetConcreteFunction(TensorSpec.Parse("f32[n]"), TensorSpec.Parse("f32[n]")).Call(x, y)[0] + 1f;

    [GraphFunction]
    private static Tensor Doubled(Tensor x, Tensor y) => x * 2f + y;

    [GraphFunction(InputSignature = ["f32[batch,3]", "i32[batch]"])]
    private static Tensor PerImage(Tensor x, Tensor y) => x.Sum() + y.Sum().Cast(DType.F32);

    [GraphFunction(InputSignature = ["f32[batch,3]", "i32[batch]"])]
    private static Tensor Asked(Tensor x, Tensor y) => x.Sum() + y.Sum().Cast(DType.F32);

    [GraphFunction(InputSignature = ["f32[n,n]"])]
    private static Tensor Trace(Tensor x) => x.Sum();

    [GraphFunction(InputSignature = ["f32[?,?]"])]
    private static Tensor AnySizes(Tensor x) => x.Sum();

    [GraphFunction(InputSignature = ["f32[n]", "f32[n]", "i64"])]
    private static Tensor Parts((Tensor A, Tensor B) pair, Tensor scale, int times) => (pair.A * pair.B).Sum() * scale.Cast(DType.F32) * times;

    [GraphFunction(InputSignature = ["f32[n]"])]
    private static Tensor FirstOf(params Tensor[] items) => items[0].Sum();

    [GraphFunction(InputSignature = ["f32[n]", "f32[n]"])]
    private static Tensor Optional(Tensor x, Tensor? y = null) => x.Sum() + (y?.Sum() ?? 0f);

    [GraphFunction(InputSignature = [])]
    private static Tensor Constant() => 3;

    [GraphFunction]
    private static Tensor Outer(Tensor x) => AnySizes(x) + AnySizes(x.Transpose());

    [GraphFunction]
    private static Tensor Sums(Tensor x, Tensor y) => x.Sum() + y.Sum();

    [GraphFunction]
    private static Tensor Total(Tensor x, int n) => x.Sum() * n;

    [GraphFunction]
    private static Tensor Negated(Tensor x) => -x;
}
