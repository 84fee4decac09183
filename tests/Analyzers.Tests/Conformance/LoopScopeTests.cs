namespace TensorGraph.Tests.Conformance;

/// <summary>Variables that a loop declares, first assigns, keeps of its elements or lets grow, and what lambdas see of them.</summary>
public sealed class LoopScopeTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor LambdaKeepsIterate(Tensor x, Tensor y, int mode)
        {
            var fs = new List<Func<Tensor>>(); foreach (Tensor i in new[] { x, y, x + y }) fs.Add(() => i + i);
            Tensor s = 0; foreach (var f in fs) s = s * 10 + f(); return x > 3 ? s : -s;
        }
        [GraphFunction] public Tensor LambdaKeepsForCounter(Tensor x, Tensor y, int mode)
        {
            var fs = new List<Func<Tensor>>(); for (int i = 0; i < 3; i++) fs.Add(() => x * i); Tensor s = 0;
            foreach (var f in fs) { if (x > 3) s = s * 10 + f(); } return s;
        }
        [GraphFunction] public Tensor LambdaSeesLaterValue(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0; Func<Tensor> f = () => i + 2; Tensor s = 0; while (i < y) { s = s * 3 + f(); i += 1; } return s * 10 + f();
        }
        [GraphFunction] public Tensor LocalSeesLaterValue(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0, s = 0; Tensor F() => i + 2; foreach (Tensor e in Ops.Range(y)) { i = e; s = s * 3 + F(); }
            return s * 10 + i + F();
        }
        [GraphFunction] public Tensor LambdaOverIterate(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (Tensor e in Ops.Range(y)) { Func<Tensor> f = () => e * 2 + s; s = f() + f(); if (s > 40) break; }
            return s;
        }
        [GraphFunction] public Tensor IterateKept(Tensor x, Tensor y, int mode)
        {
            Tensor last = 7, s = 0; foreach (Tensor e in Ops.Range(y)) { last = e; s = s * 3 + e; }
            return last * 1000 + s;
        }
        [GraphFunction] public Tensor IterateAltered(Tensor x, Tensor y, int mode)
        {
            Tensor i = 7, s = 0; foreach (Tensor e in Ops.Range(y)) { i = e; i = 3 * i + 1; s = s * 3 + i; }
            return i * 1000 + s;
        }
        [GraphFunction] public Tensor CounterAltered(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; for (Tensor i = 0; i < y; i++) { i = i + (s % 2); s = s * 3 + i; if (s > 200) i = y; }
            return s;
        }
        [GraphFunction] public Tensor FirstTurnInit(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0, v = 0; foreach (Tensor i in Ops.Range(y)) { if (i == 0) v = 5; else v += 1; s = s * 2 + v; }
            return s;
        }
        [GraphFunction] public Tensor DefinesVar(Tensor x, Tensor y, int mode)
        {
            Tensor v; Tensor i = 0; do { v = x + i; i++; } while (i < y); return v;
        }
        [GraphFunction] public Tensor DefinesTwo(Tensor x, Tensor y, int mode)
        {
            Tensor v; (Tensor A, Tensor B) w; Tensor i = 0; do { v = x + i; w = (v, i); i++; } while (i < y);
            return v * 100 + w.A * 10 + w.B;
        }
        [GraphFunction] public Tensor DefinesRecord(Tensor x, Tensor y, int mode)
        {
            Pair p; Tensor i = 0; do { p = new Pair(Ops.Stack(new[] { i, x }), y); i++; } while (i < y);
            return p.First * 10 + p.Second;
        }
        [GraphFunction] public Tensor DefinesDict(Tensor x, Tensor y, int mode)
        {
            var p = new Dictionary<string, Tensor> { ["a"] = 0, ["b"] = 0 };
            Tensor i = 0; do { p["a"] = i + x; p["b"] = i * y; i++; } while (i < y); return p["a"] * 10 + p["b"];
        }
        [GraphFunction] public Tensor SizeFromLoop(Tensor x, Tensor y, int mode)
        {
            Tensor v; Tensor i = 0;
            do
            {
                var l = new TensorArray(DType.I32, Shape.Scalar); foreach (Tensor j in Ops.Range(i)) l.Add(j * x); v = l.Stack(); i++;
            }
            while (i < y);
            return v + 1;
        }
        [GraphFunction] public Tensor SizesFromLoop(Tensor x, Tensor y, int mode)
        {
            Tensor v, w; Tensor i = 0;
            do
            {
                var l = new TensorArray(DType.I32, [2]); foreach (Tensor j in Ops.Range(i)) l.Add(Ops.Stack(new[] { j, x }));
                v = l.Stack(); w = v.Sum(1); i++;
            }
            while (i < y);
            return Ops.Concat(new[] { v.Sum(0), w });
        }
        [GraphFunction] public Tensor GrowRows(Tensor x, Tensor y, int mode)
        {
            var v = new TensorArray { x, y }; for (Tensor i = 0; i < y; i++) { v.Add(i); if (v.Stack().Sum() > 30) break; }
            return v.Stack();
        }
        [GraphFunction] public Tensor GrowMatrixRows(Tensor x, Tensor y, int mode)
        {
            var v = new TensorArray(DType.I32, [1]); v.Add(x.Reshape(1)); for (Tensor i = 0; i < y; i++) v.Add(i.Reshape(1));
            return v.Stack();
        }
        [GraphFunction] public Tensor GrowMatrixCols(Tensor x, Tensor y, int mode)
        {
            var v = new TensorArray(DType.I32, [1]); v.Add(x.Reshape(1)); for (Tensor i = 0; i < y; i++) v.Add(i.Reshape(1));
            return v.Stack(1) * 2;
        }
        [GraphFunction] public Tensor GrowInBranch(Tensor x, Tensor y, int mode)
        {
            Tensor r;
            if (y > 1)
            {
                var v = new TensorArray { x }; for (Tensor i = 0; i < y; i++) { v.Add(i); if (i > 3) break; }
                r = v.Stack();
            }
            else r = Ops.Stack(new[] { x, y, x });
            return r + 1;
        }
        [GraphFunction] public Tensor GrowInOneBranch(Tensor x, Tensor y, int mode)
        {
            Tensor r = Ops.Stack(new[] { x, y, x });
            if (y > 1) { var v = new TensorArray { x }; for (Tensor i = 0; i < y; i++) { v.Add(i); if (i > 3) break; } r = v.Stack(); }
            return r + 1;
        }
        [GraphFunction] public Tensor GrowBoth(Tensor x, Tensor y, int mode)
        {
            var v = new TensorArray { x }; (Tensor A, Tensor B) t = (x, y);
            if (y > 1)
            {
                for (Tensor i = 0; i < y; i++) { v.Add(i); t = (t.A + 1, i); }
            }
            else { v.Clear(); v.Add(1); v.Add(2); t = (3, t.A); }
            return Ops.Concat(new[] { v.Stack(), Ops.Stack(new[] { t.A, t.B }) });
        }
        [GraphFunction] public Tensor SizeArith(Tensor x, Tensor y, int mode)
        {
            var v = new TensorArray { x }; for (Tensor i = 0; i < y; i++) v.Add(i); Tensor a = v.Stack();
            Tensor b = Ops.Concat(new[] { a, a }); return b * 2 + Ops.Concat(new[] { a * 3, a }) ;
        }
        [GraphFunction] public Tensor DecodeLoop(Tensor x, Tensor y, int mode)
        {
            var tokens = new TensorArray { x };
            while (tokens.Count < 8)
            {
                Tensor all = tokens.Stack(); Tensor next = (all * all).Sum() % 11; tokens.Add(next); if (next == 0) break;
            }
            return tokens.Stack();
        }
        [GraphFunction] public Tensor Structure(Tensor x, Tensor y, int mode)
        {
            var s = new List<Tensor> { x }; for (int i = 0; i < mode; i++) { if (x > 3) s[0] = s[0] + 1; s.Add(y); }
            return s.Aggregate((a, b) => a * 2 + b);
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
