using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>Row C32: gradients of matrices that every step of a scan multiplies by, which are one product over all steps where that can be.</summary>
public sealed partial class ScanProductTests
{
    private static readonly Variable s_kernel = new(Numbers(3, 3, 0.2), "kernel");

    private delegate Tensor Step(Tensor state, Tensor item, Tensor weights);

    private static readonly Dictionary<string, Step> s_steps = new(StringComparer.Ordinal)
    {
        ["once"] = (state, item, weights) => Ops.Tanh(item + Ops.MatMul(state, weights)),
        ["transposed"] = (state, item, weights) => Ops.Tanh(item + Ops.MatMul(state, Ops.Transpose(weights, 1, 0))),
        ["of the item"] = (state, item, weights) => Ops.Tanh(state + Ops.MatMul(item, weights)),
        ["twice"] = (state, item, weights) => Ops.Tanh(item + Ops.MatMul(Ops.Tanh(Ops.MatMul(state, weights)), weights)),
        ["state and item"] = (state, item, weights) => Ops.Tanh(Ops.MatMul(state, weights) + Ops.MatMul(item, weights)),
        ["and by elements"] = (state, item, weights) => Ops.Tanh(item + Ops.MatMul(state, weights) + weights.Sum(0)),
        ["with itself"] = (state, item, weights) => Ops.Tanh(item + Ops.MatMul(state, Ops.MatMul(weights, weights))),
        ["a part"] = (state, item, weights) => Ops.Tanh(item + Ops.Concat([Ops.MatMul(state, weights[.., ..2]), state[.., ..1]], 1)),
        ["as vector"] = (state, item, weights) => Ops.Tanh(item + Ops.MatMul(state, Ops.Reshape(Ops.Reshape(weights, [9]), [3, 3]))),
        ["a variable"] = (state, item, weights) => Ops.Tanh(item + Ops.MatMul(state, s_kernel) + Ops.MatMul(item, weights)),
    };

    public static TheoryData<string> Names => [.. s_steps.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void First_and_second_derivatives(string name)
    {
        foreach (int length in new[] { 1, 2, 4 }) Derivatives(name, length);
    }

    private static void Derivatives(string name, int length)
    {
        var step = new Scanned(s_steps[name]);
        Tensor items = Numbers(length, 2 * 3, 0.3).Reshape(length, 2, 3), weights = Numbers(3, 3, 0.1);
        double[] at = weights.ToArray<double>();
        double[] first = Differences(flat => step.Loss(items, flat.Reshape(3, 3)), at);
        double[] second = Differences(flat => (step.Gradient(items, flat.Reshape(3, 3)) * Factors()).Sum(), at);
        double[] byKernel = Differences(flat => WithKernel(flat, () => step.Loss(items, weights)), s_kernel.Value.ToArray<double>());
        foreach (bool imperatively in new[] { true, false })
        {
            var (gradient, again, variable) =
                Modes.Run(() => (step.Gradient(items, weights), step.GradientOfGradient(items, weights), step.ByKernel(items, weights)), imperatively).Result;
            Agree(first, gradient, "first order");
            Agree(second, again, "second order");
            if (name == "a variable") Agree(byKernel, variable, "by the variable");
        }
    }

    [Fact]
    public void Without_steps_it_is_zero()
    {
        foreach (var step in s_steps.Values)
            Assert.All(Modes.Both(() => new Scanned(step).Gradient(Ops.Zeros(0, 2, 3).Cast(DType.F64), Numbers(3, 3, 0.1))).Result.ToArray<double>(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData("once", true)]
    [InlineData("transposed", true)]
    [InlineData("and by elements", false)]
    public void The_product_is_behind_the_loop(string name, bool isBehind)
    {
        var step = new Scanned(s_steps[name]);
        var graph = GraphFunction.Of(step.Gradient).GetConcreteFunction(Numbers(4, 6, 0.3).Reshape(4, 2, 3), Numbers(3, 3, 0.1)).Graph;
        Assert.Equal(isBehind, graph.Entry.Body.Any(node => node.Op == Ir.OpDefs.Dot && node.Attrs.Axes("left_contract").Length == 2));
    }

    private static Tensor Factors() => Numbers(3, 3, 0.7);

    private static Tensor Numbers(int rows, int columns, double step) =>
        Tensor.From([.. Enumerable.Range(0, rows * columns).Select(i => Math.Sin((i * 1.7) + step))], rows, columns);

    private static Tensor WithKernel(Tensor kernel, Func<Tensor> f)
    {
        Tensor before = s_kernel.Value;
        s_kernel.Assign(kernel.Reshape(3, 3));
        Tensor result = f();
        s_kernel.Assign(before);
        return result;
    }

    private sealed partial class Scanned(Step step)
    {
        [GraphFunction]
        public Tensor Loss(Tensor items, Tensor weights)
        {
            var (last, outputs) = Ops.Scan(Ops.Ones(2, 3).Cast(DType.F64) * 0.5, items, (state, item) =>
            {
                Tensor next = step(state, item, weights);
                return (next, next * next);
            });
            return last.Sum() + (outputs * 0.3).Sum();
        }

        [GraphFunction]
        public Tensor Gradient(Tensor items, Tensor weights)
        {
            using var tape = new GradientTape();
            tape.Watch(weights);
            // Null imperatively when there is no step.
            return tape.Gradient(Loss(items, weights), weights) ?? weights * 0;
        }

        [GraphFunction]
        public Tensor GradientOfGradient(Tensor items, Tensor weights)
        {
            using var tape = new GradientTape();
            tape.Watch(weights);
            return tape.Gradient((Gradient(items, weights) * Factors()).Sum(), weights)!;
        }

        [GraphFunction]
        public Tensor ByKernel(Tensor items, Tensor weights)
        {
            using var tape = new GradientTape();
            return tape.Gradient(Loss(items, weights), s_kernel) ?? Ops.Zeros(3, 3).Cast(DType.F64);
        }
    }
}
