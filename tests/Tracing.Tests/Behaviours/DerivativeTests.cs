namespace TensorGraph.Tests;

/// <summary>Derivatives of functions, imperative and traced, against values by hand and against each other.</summary>
public sealed partial class DerivativeTests
{
    private static readonly Tensor s_x = new[] { 0.5, -1.0, 2.0 };

    [Fact]
    public void Jacobians_of_vectors_and_matrices()
    {
        // y = (a·b, b², a + c)
        Assert.Equal("f64[3, 3] [[-1, 0.5, 0], [0, -2, 0], [1, 0, 1]]", Text(Modes.Both(() => OfVector(s_x)).Result));
        var (matrix, _) = Modes.Both(() => OfMatrix(Ops.Reshape(Ops.Iota(4, DType.F64), 2, 2)));
        // ∂(A·A)ᵢⱼ/∂Aₖₗ = δᵢₖ Aₗⱼ + Aᵢₖ δⱼₗ
        Assert.Equal("f64[2, 2, 2, 2] [[[[0, 2], [1, 0]], [[1, 3], [0, 1]]], [[[2, 0], [3, 2]], [[0, 2], [1, 6]]]]", Text(matrix));
        Assert.Equal("f64[3] [1, -2, 4]", Text(Modes.Both(() => OfNumber(s_x)).Result));
        Assert.Equal("f64[2, 3] [[0, 0, 0], [0, 0, 0]]", Text(Modes.Both(() => OfConstant(s_x)).Result));
    }

    [Fact]
    public void Hessians_and_their_products_with_vectors()
    {
        // f = a²b + c³
        Assert.Equal("f64[3, 3] [[-2, 1, 0], [1, 0, 0], [0, 0, 12]]", Text(Modes.Both(() => Second(s_x)).Result));
        Assert.Equal("f64[3] [0, 1, 36]", Text(Modes.Both(() => SecondAlong(s_x, new[] { 1.0, 2, 3 })).Result));
        Assert.Equal("f64[3, 3, 3] [[[0, 2, 0], [2, 0, 0], [0, 0, 0]], [[2, 0, 0], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0], [0, 0, 6]]]", Text(Modes.Both(() => Third(s_x)).Result));
        Modes.Fails(DiagnosticIds.RankMismatch, () => BadHessian(s_x).ToString(), "hessian: the value of the function is f64[3]");
    }

    [Fact]
    public void Products_from_both_sides_agree_with_the_Jacobian()
    {
        var (results, _) = Modes.Both(() => Products(s_x, new[] { 1.0, 2, 3 }));
        Assert.Equal("f64[3] [-0.5, 1, 2.5] | f64[3] [0, -4, 4] | f64[3] [0, -4, 4] | f64[3] [2, -3.5, 3] | f64[3] [2, -3.5, 3]", string.Join(" | ", results.Select(Text)));
    }

    [Fact]
    public void Through_loops_and_branches_that_tensors_decide()
    {
        foreach (int n in new[] { 1, 3 })
            Modes.Both(() => OfLoop(s_x, n));
        Assert.Equal("f64[3, 3] [[0.75, 0, 0], [0, 3, 0], [0, 0, 12]]", Text(Modes.Both(() => OfLoop(s_x, 2)).Result));
    }

    [Fact]
    public void Map_calls_a_function_for_each_entry()
    {
        Tensor x = new[,] { { 1.0, 2 }, { 3, 4 }, { 5, 6 } };
        Assert.Equal("f64[3] [5, 25, 61]", Text(Modes.Both(() => Squares(x)).Result));
        Assert.Equal("f64[3, 2] [[2, 4], [6, 8], [10, 12]]", Text(Modes.Both(() => Gradients(x)).Result));
    }

    // On one line.
    private static string Text(Tensor tensor) => $"{tensor.Type} {string.Join(' ', tensor.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}";

    private static Tensor F(Tensor x) => Ops.Stack([x[0] * x[1], x[1] * x[1], x[0] + x[2]]);

    [Fact]
    public void A_Jacobian_needs_a_number_of_elements()
    {
        var error = Assert.Throws<GraphException>(() => OfGrown(s_x, 3));
        Assert.Equal("TG1001", error.Id);
        Assert.Contains("jacobian: the function's value has the shape [_", error.Message, StringComparison.Ordinal);
        Assert.Contains("Ops.Reshape(y, 3)", error.Message, StringComparison.Ordinal);
        Assert.Equal("f64[3, 3] [[0.5, 0, 0], [0, -1, 0], [0, 0, 2]]", Text(Modes.Both(() => OfReshaped(s_x, 3)).Result * 0.5));
    }

    [GraphFunction]
    private static Tensor OfGrown(Tensor x, Tensor n) => Ops.Jacobian(a => Grown(a, n), x);

    [GraphFunction]
    private static Tensor OfReshaped(Tensor x, Tensor n) => Ops.Jacobian(a => Ops.Reshape(Grown(a, n), 3), x);

    private static Tensor Grown(Tensor x, Tensor n)
    {
        var squares = new TensorArray();
        for (Tensor i = 0; i < n; i++)
            squares.Add(x[i] * x[i]);
        return squares.Stack();
    }

    private static Tensor G(Tensor x) => x[0] * x[0] * x[1] + Ops.Pow(x[2], 3);

    [GraphFunction]
    private static Tensor OfVector(Tensor x) => Ops.Jacobian(F, x);

    [GraphFunction]
    private static Tensor OfMatrix(Tensor x) => Ops.Jacobian(a => Ops.MatMul(a, a), x);

    [GraphFunction]
    private static Tensor OfNumber(Tensor x) => Ops.Jacobian(a => Ops.Sum(a * a), x);

    [GraphFunction]
    private static Tensor OfConstant(Tensor x) => Ops.Jacobian(a => Ops.ZerosLike(a)[..2], x);

    [GraphFunction]
    private static Tensor Second(Tensor x) => Ops.Hessian(G, x);

    [GraphFunction]
    private static Tensor Third(Tensor x) => Ops.Jacobian(a => Ops.Hessian(G, a), x);

    [GraphFunction]
    private static Tensor SecondAlong(Tensor x, Tensor v) => Ops.Hvp(G, x, v);

    [GraphFunction]
    private static Tensor BadHessian(Tensor x) => Ops.Hessian(a => a * a, x);

    [GraphFunction]
    private static Tensor[] Products(Tensor x, Tensor v)
    {
        var (value, change) = Ops.Jvp(F, x, v);
        var jacobian = Ops.Jacobian(F, x);
        return [value, change, Ops.MatMul(jacobian, v), Ops.Vjp(F, x, v).Gradient, Ops.MatMul(v, jacobian)];
    }

    [GraphFunction]
    private static Tensor OfLoop(Tensor x, Tensor n) => 0.0 + Ops.Jacobian(a =>
    {
        Tensor y = a;
        for (Tensor i = 0; i < n; i++)
            y = y * a;
        if (Ops.Sum(y) > 100)
            y = y * 2;
        return y;
    }, x);

    [GraphFunction]
    private static Tensor Squares(Tensor x) => Ops.Map(x, row => Ops.Sum(row * row));

    [GraphFunction]
    private static Tensor Gradients(Tensor x) => Ops.Map(x, row => Ops.Vjp(a => Ops.Sum(a * a), row).Gradient);
}
