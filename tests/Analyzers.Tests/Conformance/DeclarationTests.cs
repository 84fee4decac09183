namespace TensorGraph.Tests.Conformance;

/// <summary>Variables that statements declare on the way: using declarations in branches and turns, heads of for loops, out and pattern variables.</summary>
public sealed class DeclarationTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        public sealed class Probe(Model m, int k) : IDisposable { public void Dispose() => m.Log2(k); }
        private void Log2(int k) => Log(k);
        private static bool Get(Dictionary<int, Tensor> d, int k, out Tensor v)
        {
            if (d.TryGetValue(k, out var found)) { v = found; return true; }
            v = 0; return false;
        }
        [GraphFunction] public Tensor UsingAfterReturn(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 4; i++)
            {
                using (new Probe(this, 1)) { if (x + i > 6) return i; using var p = new Probe(this, 2); if (y > 8) break; x = x + 1; }
            }
            return x;
        }
        [GraphFunction] public Tensor UsingInTurn(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++)
            {
                using var p = new Probe(this, 1); if (i > y) continue; using Probe q = new Probe(this, 2), r = new Probe(this, 3);
                x = x + F(i); Tensor F(Tensor v) => v + y;
            }
            return x;
        }
        [GraphFunction] public Tensor UsingInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3)
            {
                using var p = new Probe(this, 1); Log(x); if (y > 3) return y; x = x + 1;
            }
            else { Log(y); using var p = new Probe(this, 2); x = x - 1; }
            Log(x); return x;
        }
        [GraphFunction] public Tensor UsingAtEnd(Tensor x, Tensor y, int mode)
        {
            if (x > 3) return y; using var p = new Probe(this, 1); Log(x); if (y > 3) { using var q = new Probe(this, 2); return x; }
            return x + y;
        }
        [GraphFunction] public Tensor UsingInHostLoop(Tensor x, Tensor y, int mode)
        {
            for (int i = 0; i < 3; i++) { using var p = new Probe(this, i); if (x > 5) break; x = x + y; }
            return x;
        }
        [GraphFunction] public Tensor UsingInLambda(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor> f = v =>
            {
                if (v > 3) { using var p = new Probe(this, 1); return v + 1; }
                using var q = new Probe(this, 2); while (v < 3) { using var r = new Probe(this, 3); v = v + 2; }
                return v;
            };
            return f(x) + f(y);
        }
        [GraphFunction] public Tensor ForDeconstructed(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; for ((Tensor a, Tensor b) = (0, x); a < b; (a, b) = (a + 2, b - 1)) s = s + a * b;
            for (var (a, b) = (x, y); a < 9; a = a + b + 5) { if (a > 7) break; s = s + b; b = b - 1; }
            return s;
        }
        [GraphFunction] public Tensor ForOut(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; for (Tensor i = Set(out Tensor k, y); i < 3; i++) { k = k + i; s = s * 2 + k; }
            return s;
        }
        private static Tensor Set(out Tensor a, Tensor b) { a = b * 2; return 0; }
        [GraphFunction] public Tensor OutVarChanged(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<int, Tensor> { [0] = x }; if (Get(d, mode, out var v) & x > 3) v = y; return v;
        }
        [GraphFunction] public Tensor PatternChanged(Tensor x, Tensor y, int mode)
        {
            object o = x; if (o is not Tensor t) return y; if (x > 3) t = t + y; while (t < 6) t = t + 2; return t;
        }
        [GraphFunction] public Tensor OutVarInElse(Tensor x, Tensor y, int mode)
        {
            if (Bent(out Tensor v, x) > 3) { v = v + y; } else if (Bent(out Tensor w, y) > 3) { w = w + 1; v = w; }
            if (y > 3) v = v * 2; return v;
        }
        private static Tensor Bent(out Tensor v, Tensor x) { v = x + 1; return v * 2; }
        [GraphFunction] public Tensor OutVarKept(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++) { if (Bent(out Tensor v, x + i) > 9) { v = y; x = x - 1; } x = x + v; }
            return x;
        }
        [GraphFunction] public Tensor @params(Tensor @class, Tensor y, int @base)
        {
            while (@class > y) @class = @event(@class, y); return @class * @base;
        }
        [GraphFunction] private Tensor @event(Tensor @if, Tensor y) => @if > 3 ? @if - y - 1 : @if - 2;
        [GraphFunction] public Tensor CallsKeyword(Tensor x, Tensor y, int mode) => @params(x, y, @base: mode + 1);
        [GraphFunction] public Tensor DeclaredInExpression(Tensor x, Tensor y, int mode)
        {
            Bent(out Tensor v, x); if (v > 3) v = y; (Tensor a, var b) = (v, x); while (a < 5) { a = a + 1; b = b + a; } return a * 100 + b;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
