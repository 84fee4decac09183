namespace TensorGraph.Tests.Conformance;

/// <summary>Arrays and lists of tensors that a branch or loop replaces by others: they leave it with as many tensors.</summary>
public sealed class CollectionValueTests
{
    private const string Types = """
        public record State(Tensor[] Layers, (Tensor Low, Tensor High) Range);
        public sealed partial class Layer(int rate) { public Tensor Call(Tensor h, Tensor x) { if (h > 9) return x; return h * rate + x; } }
        """;

    private static readonly Programs s_programs = new("""
        private readonly Layer[] _layers = [new(3), new(2), new(1)];
        [GraphFunction] public Tensor FunctionalRecurrentNetwork(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = [x, y, x];
            foreach (Tensor e in Ops.Range(4)) { Tensor input = e + y; h = [.. _layers.Select((l, i) => l.Call(h[i], input))]; }
            return h[0] * 100 + h[1] * 10 + h[2];
        }
        [GraphFunction] public Tensor RecordWithArray(Tensor x, Tensor y, int mode)
        {
            var s = new State([x, y], (x, y));
            while (s.Range.High < 20) { s = new State([s.Layers[1], s.Layers[0] + 1], (s.Range.Low - 1, s.Range.High + 3)); if (s.Layers[0] > 7) s = s with { Layers = [y, x] }; }
            return s.Layers[0] * 1000 + s.Layers[1] * 100 + s.Range.Low * 10 + s.Range.High;
        }
        [GraphFunction] public Tensor[] ReturnedFromLoop(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 5; i++) { if (i > x) return [i, x]; if (i * 2 == y) return new[] { y, i }; }
            return [x, y];
        }
        [GraphFunction] public (Tensor[], Tensor) TupleWithArray(Tensor x, Tensor y, int mode)
        {
            Tensor[] a; Tensor n = 0;
            if (x > 3) { a = [x]; n = 1; } else if (y > 3) { a = [y + 1]; } else return ([n], x);
            while (n < 4) { (a, n) = ([a[0] * 2], n + 1); if (a[0] > 30) break; }
            return (a, n);
        }
        [GraphFunction] public Tensor ListReplaced(Tensor x, Tensor y, int mode)
        {
            List<Tensor> all = [x, y];
            if (x > 3) all = [.. all.Select(t => t + 1)];
            foreach (Tensor i in Ops.Range(3)) { if (all[0] > 6) continue; all = new List<Tensor> { all[1], all[0] + i }; }
            return all[0] * 10 + all[1];
        }
        [GraphFunction] public Tensor ReadOnlyList(Tensor x, Tensor y, int mode)
        {
            IReadOnlyList<Tensor> all = new[] { x, y };
            if (y > 3) all = new List<Tensor> { y, x };
            return all[0] * 10 + all[1];
        }
        [GraphFunction] public Tensor FirstValueInLoop(Tensor x, Tensor y, int mode)
        {
            Tensor[] best; Tensor n = 0;
            do { if (n < 2) best = [n, x]; else best = [x, n]; n++; } while (n < 4 + y * 0);
            return best[0] * 10 + best[1] + n;
        }
        [GraphFunction] public Tensor FirstValueInBranches(Tensor x, Tensor y, int mode)
        {
            Tensor[] a, b = [y];
            if (x > 3) { a = [x, y]; if (y > 3) b = [x]; } else { a = [y, x]; b = a[..1]; }
            return a[0] * 100 + a[1] * 10 + b[0];
        }
        [GraphFunction] public Tensor OldNameKeepsTheOldArray(Tensor x, Tensor y, int mode)
        {
            Tensor[] a = [x, y], old = a;
            if (x > 3) a = [y, x + 1];
            while (a[0] < 6) a = [a[1] + 1, a[0] + 2];
            return old[0] * 1000 + old[1] * 100 + a[0] * 10 + a[1];
        }
        [GraphFunction] public Tensor EmptyOnes(Tensor x, Tensor y, int mode)
        {
            Tensor[] a = [];
            if (x > 3) a = [];
            while (y < 3) { a = []; y++; }
            return y * 10 + a.Length;
        }
        [GraphFunction] public Tensor InLocalFunctionAndLambda(Tensor x, Tensor y, int mode)
        {
            Tensor[] a = [x, y];
            Tensor[] Turned(Tensor[] v) { if (v[0] > 3) return [v[1], v[0]]; return v; }
            Action grow = () => { if (y > 3) a = [a[0] + 1, a[1]]; };
            a = Turned(a); grow(); if (x > y) grow();
            return a[0] * 10 + a[1];
        }
        """, Types);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);

    [Theory]
    [InlineData("Tensor[] a = [x]; if (x > 3) a = [x, x]; return a[0];", "if: 'a[0]' is a collection of 2 tensors in one branch and a collection of 1 tensor in the other")]
    [InlineData("Tensor[] a = [x]; while (x > 3) { a = [x, x]; x = x - 1; } return a[0];", "while: 'a[0]' is a collection of 1 tensor before the loop and a collection of 2 tensors after one iteration")]
    [InlineData("Tensor[] a = [x]; if (x > 3) a = [x > 2]; return a[0];", "if: 'a[0]' is ")]
    [InlineData("Tensor[]? a = null; if (x > 3) a = [x, x]; return a![0];", "if: 'a' is a collection of 2 tensors in one branch and null in the other")]
    [InlineData("Tensor[] a = null!; while (x > 3) { if (x > 4) a = [x]; x = x - 1; } return a[0];", "if: 'a' is a collection of 1 tensor in one branch and null in the other")]
    public void A_number_or_type_that_depends_on_a_tensor_is_an_error(string body, string message)
    {
        object model = Activator.CreateInstance(Roslyn.Load($$"""public partial class Model { {{BothWays.LogMember}} [GraphFunction] public Tensor F(Tensor x) { {{body}} } }""").GetType("Model")!)!;
        string result = BothWays.Run(model, TensorGraph.Analyzers.TwinNames.Entry("F"), [(Tensor)5]);
        Assert.StartsWith($"GraphException: TG3001: {message}", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_go_through()
    {
        System.Reflection.Assembly program = Roslyn.Load("""
            public static partial class Model
            {
                [GraphFunction]
                public static Tensor F(Tensor x)
                {
                    using var tape = new GradientTape(persistent: true);
                    tape.Watch(x);
                    Tensor[] a = [x, x * x];
                    for (Tensor i = 0f; i < 3; i++) a = [a[1] + i * x, a[0] * x];
                    if (a[0] > 3) a = [a[0] * a[1], x];
                    return tape.Gradient(a[0] + a[1], x)!;
                }
            }
            """);
        var f = program.GetType("Model")!.GetMethod("F")!;
        var entry = program.GetType("Model")!.GetMethod(TensorGraph.Analyzers.TwinNames.Entry("F"))!;
        foreach (float x in new[] { -2f, 0.5f, 1.5f, 3f })
            Assert.Equal((float)(Tensor)f.Invoke(null, [(Tensor)x])!, (float)(Tensor)entry.Invoke(null, [(Tensor)x])!, 1e-3f);
    }
}
