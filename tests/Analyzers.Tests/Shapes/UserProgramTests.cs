namespace TensorGraph.Tests.Shapes;

/// <summary>Programs as users write them: nothing is said about those that are right, and one thing about those with one mistake.</summary>
public sealed class UserProgramTests
{
    [Theory]
    [InlineData("""
        public partial class Net
        {
            private readonly Variable _w1 = new(Ops.RandomNormal([784, 128])), _b1 = new(Ops.Zeros(128)), _w2 = new(Ops.RandomNormal([128, 10])), _b2 = new(Ops.Zeros(10));

            [GraphFunction(InputSignature = ["f32[batch, 784]", "i32[batch]"])]
            public Tensor Loss(Tensor x, Tensor y)
            {
                var h = Ops.Relu(Ops.MatMul(x, _w1) + _b1);
                var logits = Ops.MatMul(h, _w2) + _b2;
                return Ops.SparseSoftmaxCrossEntropy(logits, y).Mean();
            }

            [GraphFunction]
            public Tensor Step(Tensor x, Tensor y)
            {
                using var tape = new GradientTape();
                var loss = Loss(x, y);
                Variable[] all = [_w1, _b1, _w2, _b2];
                Tensor?[] gradients = tape.Gradient(loss, all);
                for (int i = 0; i < all.Length; i++)
                    all[i].AssignSub(gradients[i]! * 0.1f);
                return loss;
            }
        }
        """)]
    [InlineData("""
        public static class Attention
        {
            [return: Shape("b, t, d")]
            public static Tensor Run([Shape("b, t, d")] Tensor x, [Shape("d, d")] Tensor wq, [Shape("d, d")] Tensor wk, [Shape("d, d")] Tensor wv, int heads)
            {
                Dim b = x.Shape[0], t = x.Shape[1], d = x.Shape[2];
                Tensor Split(Tensor a) => a.Reshape(b, t, heads, -1).Transpose(0, 2, 1, 3);
                var (q, k, v) = (Split(Ops.MatMul(x, wq)), Split(Ops.MatMul(x, wk)), Split(Ops.MatMul(x, wv)));
                var scores = Ops.MatMul(q, k.Transpose(0, 1, 3, 2)) / 8.0;
                var mask = Ops.Where(Ops.Iota(5).Reshape(1, 1, 5, 1) >= Ops.Iota(5).Reshape(1, 1, 1, 5), (Tensor)0f, (Tensor)(-1e9f));
                return Ops.MatMul(Ops.Softmax(scores + mask), v).Transpose(0, 2, 1, 3).Reshape(b, t, d);
            }
            public static void Main() => Run(Ops.Zeros(2, 5, 64), Ops.Zeros(64, 64), Ops.Zeros(64, 64), Ops.Zeros(64, 64), 8);
        }
        """)]
    [InlineData("""
        public partial class Cnn
        {
            private readonly Variable _c1 = new(Ops.RandomNormal([6, 1, 5, 5])), _c2 = new(Ops.RandomNormal([16, 6, 5, 5])), _w = new(Ops.RandomNormal([400, 10]));
            [GraphFunction(InputSignature = ["f32[n, 28, 28]"])]
            public Tensor Logits(Tensor x)
            {
                x = x.Reshape(-1, 1, 28, 28);
                x = Ops.WindowMax(Ops.Relu(Ops.Conv(x, _c1, padding: [2, 2])), [1, 1, 2, 2], [1, 1, 2, 2]);
                x = Ops.WindowMax(Ops.Relu(Ops.Conv(x, _c2)), [1, 1, 2, 2], [1, 1, 2, 2]);
                return Ops.MatMul(x.Reshape(x.Shape[0], 400), _w);
            }
        }
        """)]
    [InlineData("""
        public partial class Rnn
        {
            [GraphFunction]
            public Tensor Run([Shape("t, b, 8")] Tensor xs, [Shape("b, 16")] Tensor h, [Shape("24, 16")] Tensor w)
            {
                foreach (Tensor x in xs)
                    h = Ops.Tanh(Ops.MatMul(Ops.Concat([x, h], 1), w));
                return h;
            }
        }
        """)]
    [InlineData("""
        public static class Generic
        {
            public static T Apply<T>(T x, Func<T, T> f) => f(x);
            public static Tensor Sum<T>(IEnumerable<T> items, Func<T, Tensor> f) { Tensor total = Ops.Zeros(3); foreach (var item in items) total = total + f(item); return total; }
            public static void Run() { var y = Apply(Ops.Zeros(3), t => Ops.Zeros(4)) + Ops.Zeros(4); var z = Sum([1, 2], i => Ops.Zeros(3)) + Ops.Zeros(3); }
        }
        """)]
    [InlineData("""
        public record Layer(Variable W, Variable B) { public Tensor Run(Tensor x) => Ops.MatMul(x, W) + B; }
        public class Mlp
        {
            private readonly List<Layer> _layers = [];
            public Mlp(params int[] sizes) { for (int i = 0; i + 1 < sizes.Length; i++) _layers.Add(new(new Variable(Ops.Zeros(sizes[i], sizes[i + 1])), new Variable(Ops.Zeros(sizes[i + 1])))); }
            public Tensor Run(Tensor x) { foreach (var layer in _layers) x = Ops.Relu(layer.Run(x)); return x; }
            public static void Main() { Tensor x = Ops.Zeros(2, 4); var model = new Mlp(4, 8, 3); x = model.Run(x); var y = x + Ops.Zeros(3); }
        }
        """)]
    [InlineData("""
        public static class Padding
        {
            public static Tensor To(Tensor x, int length) { var n = (int)x.Shape[0].Value; return n >= length ? x[..length] : Ops.Concat([x, Ops.Zeros(length - n)]); }
            public static void Run() { Tensor x = Ops.Zeros(3); for (int i = 0; i < 3; i++) { x = To(x, i + 4); var y = x + Ops.Zeros(i + 4); } }
        }
        """)]
    [InlineData("""
        public static class Search
        {
            public static void Run(bool deep, string kind)
            {
                Tensor x;
                switch (kind) { case "a": x = Ops.Zeros(3); break; case "b": x = Ops.Zeros(4); break; default: x = Ops.Zeros(5); break; }
                var y = x + Ops.Zeros(5);
                Tensor w = kind switch { "a" => Ops.Zeros(3), _ => Ops.Zeros(4) };
                var z = w + Ops.Zeros(4);
                do { w = deep ? w[..^1] : w; } while (deep);
                var v = w + Ops.Zeros(2);
                Tensor a = Ops.Zeros(3), b = Ops.Zeros(4);
                (a, b) = (b, a);
                var c = a + Ops.Zeros(4); var d = b + Ops.Zeros(3);
                while (deep) { (a, b) = (b, a); }
                var e = a + Ops.Zeros(4);
            }
        }
        """)]
    [InlineData("""
        public class Model
        {
            private Tensor? _cache;
            private readonly Tensor[] _states = new Tensor[2];
            private readonly Dictionary<string, Tensor> _named = [];
            private readonly Variable _w;
            public Model(int n) { _w = new Variable(Ops.Zeros(n, 2)); }
            public Tensor Run(Tensor x) { _cache ??= Ops.Zeros(3); _states[0] = _cache; _named["a"] = x; return _states[0] + _named["a"] + Ops.MatMul(x, _w) + _cache[0]; }
            public bool Try(out Tensor result) { result = Ops.Zeros(3); return true; }
            public void Use() { if (Try(out var r)) { var y = r + Ops.Zeros(4); } Tensor q = Ops.Zeros(2); Try(out q); var z = q + Ops.Zeros(3); }
        }
        """)]
    [InlineData("""
        public static class Scopes
        {
            public static IEnumerable<Tensor> Batches(Tensor x) { for (int i = 0; i < 3; i++) { x = x[..^1]; yield return x; } }
            public static async System.Threading.Tasks.Task<Tensor> Later(Tensor x) { await System.Threading.Tasks.Task.Yield(); x = x.Reshape(3); return x + Ops.Zeros(3); }
            public static void Run(Tensor x)
            {
                Tensor total = Ops.Zeros(1);
                foreach (var b in Batches(Ops.Zeros(9))) { total = b.Sum() + total; }
                int n = 0; Action inc = () => n++; inc();
                var y = Ops.Zeros(n + 1) + Ops.Zeros(5);
                if (x is { Rank: 2 } m && m.Shape[0] == 3) { var z = m + Ops.Zeros(3, 1); }
                var w = x.Rank > 2 ? x.Reshape(-1, 3) : x; var v = w + Ops.Zeros(3);
                Ops.HostCall((Tensor t) => Console.WriteLine(t + Ops.Zeros(3)), x);
            }
        }
        """)]
    [InlineData("""
        public static class Kinds
        {
            public static void Run(Tensor x, DType dtype)
            {
                var a = x.Cast(dtype) + Ops.Zeros(3).Cast(dtype);
                var b = Ops.Zeros(3).Cast(dtype) + Ops.Iota(3).Cast(DType.F64);
                var c = Ops.Where(x > 0, x, Ops.ZerosLike(x)) + Ops.Full(x.Shape, 2, x.DType);
                var d = Ops.OneHot(x, 4, dtype) * Ops.Zeros(4);
                var e = Ops.Iota(4, dtype) * Ops.Iota(4);
                if (x.DType == DType.F32) { var f = x + Ops.Zeros(3); } else { var f = x + Ops.Zeros(3).Cast(DType.F64); }
                Tensor g = Ops.Zeros(3); if (g.DType == DType.I32) { var h = g + Ops.Iota(3); }
                var l = Ops.LayerNorm(x, Ops.Ones(4), Ops.Zeros(4)); var m = Ops.Clip(x, 0f, 1f);
            }
        }
        """)]
    [InlineData("""
        public class Optimizer(double rate)
        {
            private readonly Dictionary<Variable, Variable> _m = [];
            public void Apply(IEnumerable<(Tensor Gradient, Variable Variable)> pairs)
            {
                foreach (var (g, v) in pairs)
                {
                    if (!_m.TryGetValue(v, out var m)) _m[v] = m = new Variable(Ops.ZerosLike(v), trainable: false);
                    m.Assign(m * 0.9 + g * 0.1);
                    v.AssignSub(m.Value * rate);
                }
            }
        }
        """)]
    [InlineData("""
        public partial class Beam
        {
            [GraphFunction]
            public Tensor Run([Shape("vocab")] Tensor logits, Tensor steps)
            {
                var (values, positions) = Ops.TopK(logits, 5);
                Tensor best = values[0]; Tensor list = Ops.Zeros(1);
                for (Tensor i = 0; i < steps; i++) { best = best + values[0]; if (best > 3f) break; list = Ops.AnyLength(list); list = Ops.Concat([list, best.Reshape(1)]); }
                Tensor y = Ops.Zeros(2);
                if (best > 1f) y = y + 1; else y = y * 2;
                return y + Ops.Zeros(2) + list.Sum() + positions[0].Cast(DType.F32);
            }
        }
        """)]
    [InlineData("""
        public static class Masks
        {
            public static Tensor Causal(int n) => Ops.Iota(n).Reshape(n, 1) >= Ops.Iota(n).Reshape(1, n);
            public static Tensor Apply(Tensor scores, Tensor? mask = null) => mask is null ? scores : Ops.Where(mask, scores, (Tensor)float.NegativeInfinity);
            public static void Run() { var s = Apply(Ops.Zeros(2, 5, 5), Causal(5)); var t = Apply(Ops.Zeros(4), Causal(5)) + Ops.Zeros(4); var u = Ops.Where(Causal(3), Ops.Zeros(3, 3), 0f); }
        }
        """)]
    [InlineData("""
        public static class Normalise
        {
            public static Tensor Rows([Shape("n, d")] Tensor x) { var mean = Ops.Mean(x, [1], keep: true); var v = Ops.Variance(x, [1], keep: true); return (x - mean) / Ops.Sqrt(v + 1e-5); }
            public static Tensor Columns([Shape("n, 3")] Tensor x) => (x - x.Mean(0)) / Ops.Sqrt(Ops.Variance(x, [0]));
            public static Tensor Images([Shape("n, 28, 28")] Tensor x) => Ops.ExpandDims(x, -1).Transpose(0, 3, 1, 2).Reshape(-1, 784)[.., ..100] + Ops.Zeros(100);
            public static Tensor Split([Shape("n, 30")] Tensor x) { Tensor[] parts = [x[.., ..10], x[.., 10..20], x[.., 20..]]; return parts[0] + parts[1] * parts[2] + Ops.Zeros(10); }
        }
        """)]
    [InlineData("""
        public struct Pair { public Tensor A, B; public Pair(Tensor a, Tensor b) => (A, B) = (a, b); }
        public static class Structs
        {
            public static void Run(bool flag)
            {
                var p = new Pair(Ops.Zeros(3), Ops.Zeros(4)); p.A = Ops.Zeros(4); var y = p.A + p.B;
                (Tensor X, (Tensor Y, int N) Other) t = (Ops.Zeros(3), (Ops.Zeros(4), 2)); t.Other.Y = Ops.Zeros(3); var z = t.X + t.Other.Y;
                var u = t; u.X = Ops.Zeros(5); var w = t.X + Ops.Zeros(3); var v = u.X + Ops.Zeros(5);
                ref var r = ref t.X; r = Ops.Zeros(7); var s = t.X + Ops.Zeros(7);
            }
        }
        """)]
    [InlineData("""
        public static class Flow
        {
            public static void Run(bool flag, int n, object o)
            {
                Tensor x = Ops.Zeros(3);
                try { x = Ops.Zeros(4); if (flag) return; x = Ops.Zeros(5); } finally { x = Ops.Zeros(6); }
                var a = x + Ops.Zeros(6);
                for (;;) { if (n > 3) { x = Ops.Zeros(2); continue; } x = Ops.Zeros(9); break; }
                var b = x + Ops.Zeros(9);
                foreach (var i in new[] { 1, 2 }) { if (i == 2) x = x + Ops.Zeros(9); else x = Ops.Zeros(9); }
                lock (o) { x = Ops.Zeros(3); }
                var c = x + Ops.Zeros(3);
                using (var tape = new GradientTape()) { x = Ops.Zeros(4); }
                var d = x + Ops.Zeros(4);
                if (flag) { x = Ops.Zeros(1); throw new Exception(); } else { x = Ops.Zeros(8); }
                var e = x + Ops.Zeros(8);
                Tensor y = flag ? throw new Exception() : Ops.Zeros(2); var f = y + Ops.Zeros(2);
                if (o is not Tensor t) return; var g = t + Ops.Zeros(3);
                _ = flag && (x = Ops.Zeros(5)).Rank == 1; var h = x + Ops.Zeros(5);
            }
        }
        """)]
    public void Nothing_is_said(string program)
    {
        string source = Roslyn.Usings + program;
        Assert.Equal([], Roslyn.Compilation(source).GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).Select(d => d.ToString()));
        Assert.Equal([], Roslyn.Diagnostics(source).Where(d => d.Descriptor.Category == "Shapes").Select(d => d.ToString()));
    }

    [Theory]
    [InlineData("Ops.MatMul(h, _w2) + _b1", "TG2001: add: shapes do not broadcast: [batch, 10] and [128] (10 ≠ 128). Sizes must be equal or 1, counted from the last axis; reshape or transpose one operand.")]
    [InlineData("Ops.MatMul(x, _w2) + _b2", "TG2001: matmul: inner sizes differ: left f32[batch, 784], right f32[128, 10] (784 ≠ 128). Transpose or reshape one operand.")]
    [InlineData("Ops.MatMul(h, _w2) + y", "TG2002: add: element types differ: f32[batch, 10] and i32[batch]. There is no implicit promotion: write Cast(x, DType.F32) on one operand.")]
    [InlineData("Ops.MatMul(h, _w2).Sum(2)", "TG2004: reduce_sum: axis 2 is out of range for rank 2. Use an axis from -2 to 1.")]
    public void One_mistake_is_found(string logits, string message)
    {
        string source = Roslyn.Usings + $$"""
            public partial class Net
            {
                private readonly Variable _w1 = new(Ops.RandomNormal([784, 128])), _b1 = new(Ops.Zeros(128)), _w2 = new(Ops.RandomNormal([128, 10])), _b2 = new(Ops.Zeros(10));

                [GraphFunction(InputSignature = ["f32[batch, 784]", "i32[batch]"])]
                public Tensor Loss(Tensor x, Tensor y)
                {
                    var h = Ops.Relu(Ops.MatMul(x, _w1) + _b1);
                    var logits = {{logits}};
                    return Ops.SparseSoftmaxCrossEntropy(logits, y).Mean();
                }
            }
            """;
        Assert.Equal([message], Roslyn.Diagnostics(source).Where(d => d.Descriptor.Category == "Shapes").Select(d => $"{d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"));
    }
}
