namespace TensorGraph.Tests.Conformance;

/// <summary>Increments, chained and conditional assignments, patterns, counters and lambdas in the places where C# allows them.</summary>
public sealed class ExpressionFormTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        [GraphFunction] public Tensor PostIncCond(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0; while (i++ < y) { x = x + i; if (x > 30) break; } return x * 100 + i;
        }
        [GraphFunction] public Tensor PreIncCond(Tensor x, Tensor y, int mode) { Tensor i = 0; while (++i < y) { x = x + i; } return x * 100 + i; }
        [GraphFunction] public Tensor IncValues(Tensor x, Tensor y, int mode)
        {
            Tensor a = x++ + ++x; Tensor b = y-- - --y; if (a > 8) { a = x++ * 2 + x; b = a--; } return a * 1000 + b * 100 + x * 10 + y;
        }
        [GraphFunction] public Tensor Chained(Tensor x, Tensor y, int mode)
        {
            Tensor a, b, c; a = b = c = x; for (Tensor i = 0; i < 3; i++) { a = b = c = a + i; if (x > 3) b = c = y; }
            return a * 100 + b * 10 + c;
        }
        [GraphFunction] public Tensor AssignInCond(Tensor x, Tensor y, int mode)
        {
            Tensor z; if ((z = x + 1) > 3) y = z; while ((z = z + y) < 30) x = z; return x * 100 + y * 10 + z;
        }
        [GraphFunction] public Tensor PatternVar(Tensor x, Tensor y, int mode)
        {
            object o = mode == 0 ? x : mode == 1 ? "a" : 5; if (o is Tensor t) { if (t > 0) y = y + t; }
            if (o is int k) if (x > k) return x * k; if (o is string { Length: var n }) { if (y > n) y = y * n; } return y;
        }
        [GraphFunction] public Tensor PatternNot(Tensor x, Tensor y, int mode)
        {
            Tensor? t = mode > 1 ? x : null; if (t is not { } u) return y; if (u > 3) return u + y; return u - y;
        }
        [GraphFunction] public Tensor NullCheckAnd(Tensor x, Tensor y, int mode)
        {
            Tensor? t = mode > 1 ? x : null; if (t is not null && t > 3) return t + y; if (t is null || y > 3) return y; return x;
        }
        [GraphFunction] public Tensor HostOrTensor(Tensor x, Tensor y, int mode)
        {
            if (mode is 1 or 2 && x > 3) return x; if (x > 3 || mode is > 2) return y; return x + y;
        }
        [GraphFunction] public Tensor OutVarInCond(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<int, Tensor> { [0] = x, [1] = y }; if (d.TryGetValue(mode, out var v) && v > 1) x = x + v;
            return v is null ? x : x * 10 + v;
        }
        [GraphFunction] public Tensor TwoCounters(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; for (Tensor i = 0, j = y; i < j; i++, j -= 2) { s = s * 3 + i + j; }
            for ((Tensor a, Tensor b) = (0, x); a < b; (a, b) = (a + 2, b - 1)) s = s + a * b; return s;
        }
        [GraphFunction] public Tensor ForeachNested(Tensor x, Tensor y, int mode)
        {
            foreach (var (a, (b, c)) in new[] { (x, (y, 1)), (y, (x, 2)) }) { if (a > 3) continue; x = x + b * c; }
            return x;
        }
        [GraphFunction] public Tensor CollectionExpr(Tensor x, Tensor y, int mode)
        {
            Tensor[] a = [x, y]; List<Tensor> b = [.. a, x + y]; if (x > 3) { a = [y, .. b]; b[0] = a[0]; }
            return b[0] * 100 + b[2] + Ops.Stack([.. b, x])[3];
        }
        [GraphFunction] public Tensor CoalesceInLoop(Tensor x, Tensor y, int mode)
        {
            Tensor? best = mode > 0 ? x : null; for (int i = 0; i < 3; i++) { best ??= y; if (best > 3) best = best - 1; }
            return best!;
        }
        [GraphFunction] public Tensor CondAccess(Tensor x, Tensor y, int mode)
        {
            List<Tensor>? l = mode > 1 ? [x, y] : null; Tensor? f = l?[0]; if (f is null) return y; return f > 3 ? f : l![1];
        }
        [GraphFunction] public Tensor LocalInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { Tensor F(Tensor v) { if (v > 5) { y = y + v; return v; } y = y - 1; return y; } x = F(x) + F(y); }
            return x * 10 + y;
        }
        [GraphFunction] public Tensor LambdaWithLoopChanges(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0; Action<Tensor> add = v => { for (Tensor i = 0; i < v; i++) { n = n + i; if (n > 8) return; } n = n + 1; };
            add(x); while (n < 12) { add(y); n = n + 2; } return n;
        }
        [GraphFunction] public Tensor NestedLambdas(Tensor x, Tensor y, int mode)
        {
            Tensor n = x; Func<Tensor, Func<Tensor, Tensor>> f = a => b => { if (a > b) { n = n + a; return a; } return b; };
            var g = f(x); Tensor r = g(y) + g(3); if (y > 3) r = r + f(y)(x); return r * 100 + n;
        }
        [GraphFunction] public Tensor AnonymousType(Tensor x, Tensor y, int mode)
        {
            var a = new { First = x, Second = y }; if (a.First > 3) x = a.Second;
            foreach (var p in new[] { new { V = x, W = 2 }, new { V = y, W = 3 } }) { if (p.V > 4) x = x + p.W; }
            return x;
        }
        [GraphFunction] public Tensor SwitchInCond(Tensor x, Tensor y, int mode)
        {
            while (x < mode switch { 0 => (Tensor)4, 1 when y > 1 => 9, _ => 12 }) x = x + 2;
            for (Tensor i = mode switch { 0 => 1, _ => 0 }; i < 3; i++) x = x + (mode switch { > 1 when x > 5 => y, _ => i });
            return x;
        }
        [GraphFunction] public Tensor SwitchLocal(Tensor x, Tensor y, int mode)
        {
            switch (mode)
            {
                case 0: { Tensor t = x; if (t > 3) return t; break; } case 1: { Tensor t = y; if (t > 3) return -t; break; }
                default: Tensor u = x + y; { Tensor t = u; if (t > 3) t = t - 1; return t; }
            }
            return x;
        }
        [GraphFunction] public Tensor TupleCompare(Tensor x, Tensor y, int mode)
        {
            var t = (x, mode); if (t.mode > 1) { if (t.x > 3) x = y; } (Tensor, Tensor)[] ps = [(x, y), (y, x)]; if (x > 3) ps[0].Item1 = y;
            return t.x * 100 + ps[0].Item1 * 10 + ps[1].Item1;
        }
        [GraphFunction] public Tensor CompoundTernary(Tensor x, Tensor y, int mode)
        {
            x += x > 3 ? y > 3 ? y : 2 : 3; x *= mode > 1 ? 2 : 1; x -= y > 3 && x > 3 ? Shown(y) : Shown(x); return x;
        }
        [GraphFunction] public Tensor EmptyLoopBodies(Tensor x, Tensor y, int mode)
        {
            while ((x = x + 3) < 10) ; for (Tensor i = 0; (y = y + 1) < 9; i++) ; do ; while ((x = x - 1) > 5); return x * 10 + y;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
