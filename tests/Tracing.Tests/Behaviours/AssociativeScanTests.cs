using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>Row C32: combining along an axis with a function for which the grouping does not matter.</summary>
public sealed partial class AssociativeScanTests
{
    private static Tensor Items(params int[] sizes)
    {
        int count = sizes.Aggregate(1, (a, b) => a * b);
        return Tensor.From([.. Enumerable.Range(0, count).Select(i => Math.Sin(i + 1))]).Reshape([.. sizes.Select(size => (Dim)size)]);
    }

    [Fact]
    public void Products_and_extremes_of_any_length()
    {
        for (int n = 0; n <= 9; n++)
        {
            Tensor x = Items(n);
            double[] items = x.ToArray<double>();
            var (found, _) = Modes.Both(() => (Products(x), Least(x), Fixed(x)));
            Close(Running(items, (a, b) => a * b), found.Item1);
            Close(Running(items, Math.Min), found.Item2);
            Close(Running(items, (a, b) => a + b), found.Item3);
        }

        Assert.Equal(2, GraphFunction.Of(Products).TraceCount);
    }

    [Fact]
    public void Matrix_products_keep_their_order_both_ways() =>
        Modes.Both(() =>
        {
            Tensor x = Items(5, 2, 2);
            var (forward, backward) = Matrices(x);
            Tensor product = x[0];
            for (int i = 1; i < 5; i++)
            {
                product = product.MatMul(x[i]);
                Close(product.Reshape(4).ToArray<double>(), forward[i].Reshape(4));
            }

            product = x[4];
            for (int i = 3; i >= 0; i--)
            {
                product = product.MatMul(x[i]);
                Close(product.Reshape(4).ToArray<double>(), backward[i].Reshape(4));
            }

            return (forward, backward);
        });

    [Fact]
    public void A_linear_recurrence_in_pairs_along_another_axis()
    {
        foreach (int n in new[] { 1, 2, 7 })
        {
            Tensor a = Items(3, n), b = Items(3, n) * 2;
            var ((products, states), _) = Modes.Both(() => Recurrence(a, b));
            for (int row = 0; row < 3; row++)
            {
                double state = 0, product = 1;
                for (int i = 0; i < n; i++)
                {
                    state = (state * a[row, i].Item<double>()) + b[row, i].Item<double>();
                    product *= a[row, i].Item<double>();
                    Assert.Equal(state, states[row, i].Item<double>(), 10);
                    Assert.Equal(product, products[row, i].Item<double>(), 10);
                }
            }
        }
    }

    [Fact]
    public void Gradients()
    {
        foreach (int n in new[] { 1, 2, 5, 3 })
        {
            double[] x = Items(n).ToArray<double>(), expected = Differences(at => (Products(at) * Ops.Iota(n, DType.F64)).Sum(), x);
            foreach (bool imperatively in new[] { true, false })
                Agree(expected, Modes.Run(() => Gradient(x), imperatively).Result, $"{n} items, imperatively: {imperatively}");
        }
    }

    [Fact]
    public void Errors_say_what_is_wrong_both_ways()
    {
        Modes.Fails("TG3001", () => Narrowing(Items(4)), "f64[3]", "f32[3]");
        Modes.Fails("TG2001", () => Recurrence(Items(2, 3), Items(2, 4)), "has 3 entries", "has 4");
        Modes.Fails("TG2004", () => Recurrence(Items(3), Items(3)), "axis 1");
    }

    private static void Close(double[] expected, Tensor found) => Agree(expected, found, "running result");

    private static double[] Running(double[] items, Func<double, double, double> f)
    {
        double[] result = [.. items];
        for (int i = 1; i < result.Length; i++)
            result[i] = f(result[i - 1], result[i]);
        return result;
    }

    [GraphFunction]
    private static Tensor Products(Tensor x) => Ops.AssociativeScan(x, (a, b) => a * b);

    [GraphFunction]
    private static Tensor Least(Tensor x) => Ops.AssociativeScan(x, Ops.Min);

    [GraphFunction(ReduceRetracing = false)]
    private static Tensor Fixed(Tensor x) => Ops.AssociativeScan(x, (a, b) => a + b);

    [GraphFunction]
    private static (Tensor, Tensor) Matrices(Tensor x) => (Ops.AssociativeScan(x, Ops.MatMul), Ops.AssociativeScan(x, Ops.MatMul, reverse: true));

    [GraphFunction]
    private static (Tensor, Tensor) Recurrence(Tensor a, Tensor b) =>
        Ops.AssociativeScan((a, b), (first, second) => (first.a * second.a, (first.b * second.a) + second.b), axis: 1);

    [GraphFunction]
    private static Tensor Gradient(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient((Products(x) * Ops.Iota(x.Shape[0], DType.F64)).Sum(), x)!;
    }

    [GraphFunction]
    private static Tensor Narrowing(Tensor x) => Ops.AssociativeScan(x, (a, b) => (a * b).Cast(DType.F32));
}
