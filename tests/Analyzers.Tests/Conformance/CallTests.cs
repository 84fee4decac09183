namespace TensorGraph.Tests.Conformance;

/// <summary>Guarded throws, C# containers, slices, lambdas and calls of what is not converted.</summary>
public sealed class CallTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        private static void Check(Tensor v) { if (v > 8 || v < -3) throw new InvalidOperationException($"v {v}"); }
        [GraphFunction] public Tensor AssertLike(Tensor x, Tensor y, int mode)
        {
            if (!(x > -3)) throw new InvalidOperationException($"bad {x}, {y} at {mode}"); return x + y;
        }
        [GraphFunction] public Tensor AssertInLoop(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 5; i++) { if (x + i > 8) throw new InvalidOperationException($"i {i} x {x}"); Log(i); } return y;
        }
        [GraphFunction] public Tensor ThrowHelper(Tensor x, Tensor y, int mode) { Check(x); return y; }
        [GraphFunction] public Tensor ThrowCoalesce(Tensor x, Tensor y, int mode)
        {
            string? s = mode == 2 ? null : "a"; return x + (s ?? throw new InvalidOperationException("null")).Length;
        }
        [GraphFunction] public Tensor Lists(Tensor x, Tensor y, int mode)
        {
            var l = new List<Tensor>(); for (int i = 0; i < 3; i++) l.Add(x + i); foreach (var t in l) { if (t > 3) y = y + t; }
            l.RemoveAt(0); l.Insert(0, y); return l.Aggregate((a, b) => a * 10 + b);
        }
        [GraphFunction] public Tensor ListLocalInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { var l = new List<Tensor> { x, y }; l.Add(x + y); x = l[2] + l.Count; } return x;
        }
        [GraphFunction] public Tensor Dict(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = x, ["b"] = y }; if (x > 3) d["a"] = d["b"] + 1;
            foreach (var (k, v) in d) { if (v > 2) y = y + v * k.Length; } return y + d["a"];
        }
        [GraphFunction] public Tensor Slices(Tensor x, Tensor y, int mode)
        {
            Tensor v = Ops.Stack(new[] { x, y, x + y, x * y }, 0); Tensor i = x > 3 ? 1 : 2;
            for (Tensor k = 0; k < 4; k++) { x = x + v[k]; if (v[i] > 3) x = x + v[^1] + v[1..3].Sum(); } return x;
        }
        [GraphFunction] public Tensor LinqLambda(Tensor x, Tensor y, int mode) => new[] { x, y, x + y }.Select(v => v > 3 ? v : -v).Where((_, i) => i != mode).Aggregate((a, b) => a * 10 + b);
        [GraphFunction] public Tensor LambdaLoop(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor> f = v => { while (v < 10) { v = v + y + 3; if (v > 8) break; } return v; }; x = f(x);
            return f(x + 1) * 100 + x;
        }
        [GraphFunction] public Tensor LambdaParams(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor, (Tensor, Tensor)> f = (a, b) => { if (a > b) return (a, b); return (b, a); }; var (p, q) = f(x, y);
            return p * 10 + q;
        }
        [GraphFunction] public Tensor DelegateKeyword(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor> f = delegate (Tensor v) { if (v > 3) return v * 2; return v; }; return f(x) * 100 + f(y);
        }
        [GraphFunction] public Tensor CallsBuiltins(Tensor x, Tensor y, int mode)
        {
            Tensor a = Ops.Abs(x);
            for (Tensor i = 0; i < Ops.Min(a, 3); i++) { a = Ops.Max(a, i) + (int)Math.Max(mode, 1) + Convert.ToInt32("3"); } return a;
        }
        [GraphFunction] public Tensor NameOfAndTypes(Tensor x, Tensor y, int mode)
        {
            string n = nameof(Shown) + nameof(x) + typeof(Pair).Name; if (x > 3) return Shown(y) + n.Length; return x + n.Length;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
