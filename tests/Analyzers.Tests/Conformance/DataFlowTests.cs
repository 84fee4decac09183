namespace TensorGraph.Tests.Conformance;

/// <summary>Values that reach their reads on unusual ways: through finally, catch, switch, jumps, out, patterns, structs, captures.</summary>
public sealed class DataFlowTests
{
    private static readonly Programs s_programs = new("""
        private static void Split(Tensor v, out Tensor low, out Tensor high) { if (v > 3) { low = v - 3; high = v; } else { low = v; high = v + 3; } }
        private static void Bump(ref Tensor v, Tensor by) { if (by > 3) v = v + by; else v = v - by; }
        private sealed class Held(Tensor by) : IDisposable { public Tensor By => by; public void Dispose() { } }
        private static Tensor Fails(Tensor v, int mode) => mode > 1 ? throw new InvalidOperationException("fails") : v + 1;
        [GraphFunction] public Tensor ReadInFinally(Tensor x, Tensor y, int mode)
        {
            Tensor t = 0, u = 0;
            try { if (x > 3) t = y; u = t + 1; if (y > 3) t = u; } finally { u = u + t; }
            return u * 10 + t;
        }
        [GraphFunction] public Tensor ReadInCatch(Tensor x, Tensor y, int mode)
        {
            Tensor t = 0;
            if (x > 3) t = y;
            try { t = t + 1; t = Fails(t, mode); } catch (InvalidOperationException) { t = t * 2; }
            if (y > 3) t = t + x;
            return t;
        }
        [GraphFunction] public Tensor ThroughSwitch(Tensor x, Tensor y, int mode)
        {
            Tensor t = x, u = y;
            switch (mode) { case 0: if (x > 3) t = u; break; case 1: u = t; if (y > 3) break; t = 7; break; default: u = 2; break; }
            return t * 10 + u;
        }
        [GraphFunction] public Tensor OutOfHelper(Tensor x, Tensor y, int mode)
        {
            Tensor low = 0, high = 0;
            if (x > 3) Split(y, out low, out high); else Split(x, out high, out low);
            while (low < 5) { Split(low + 4, out Tensor a, out var b); low = a + b; }
            Bump(ref low, y); if (y > 3) Bump(ref high, low);
            return low * 100 + high;
        }
        [GraphFunction] public Tensor PatternVariables(Tensor x, Tensor y, int mode)
        {
            object o = mode > 1 ? x : (x, y);
            if (o is Tensor t) { if (t > 3) x = t + 1; } else if (o is (Tensor a, Tensor b)) { if (a > b) (x, y) = (b, a); }
            Tensor r = o switch { Tensor v when v > 5 => v, (Tensor v, Tensor w) when w > v => w - v, _ => y };
            return r * 100 + x * 10 + y;
        }
        [GraphFunction] public Tensor StructParts(Tensor x, Tensor y, int mode)
        {
            Box b = default; b.A = x; b.In.B = y; var c = b;
            if (x > 3) { b.In.B = b.A + 1; c.A = b.In.B; } else b = new Box { A = y, In = new Inner { B = x } };
            while (b.A < 6) { b.A += 2; c.In.B = b.A; if (c.In.B > 7) break; b.In = c.In; }
            return b.A * 1000 + b.In.B * 100 + c.A * 10 + c.In.B;
        }
        [GraphFunction] public Tensor CapturedLater(Tensor x, Tensor y, int mode)
        {
            var all = new List<Func<Tensor>>(); Tensor n = 0;
            foreach (int k in new[] { 1, 2, 3 }) { Tensor t = x * k; if (t > 5) t = t - y; all.Add(() => t + n); n = n + k; }
            if (y > 3) n = n * 2;
            return all[0]() * 10000 + all[1]() * 100 + all[2]();
        }
        [GraphFunction] public Tensor ContinueInDo(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0, s = 0, last = -1;
            do { i = i + 1; if (i == y) continue; last = i; s = s + last; if (s > 9) break; } while (i < x);
            return s * 100 + last * 10 + i;
        }
        [GraphFunction] public Tensor UsedOnlyAfterInnerLoop(Tensor x, Tensor y, int mode)
        {
            Tensor best = -1, where = 0;
            for (Tensor i = 0; i < 3; i++) { Tensor v = i * x - y, found = 0; foreach (Tensor k in Ops.Range(3)) { if (k * v > best) { best = k * v; found = k; } } if (found > 0) where = i * 10 + found; }
            return best * 100 + where;
        }
        [GraphFunction] public Tensor AssignedInCondition(Tensor x, Tensor y, int mode)
        {
            Tensor t; Tensor n = 0;
            if ((t = x + y) > 5) n = t; else n = -t;
            while ((t = t - 2) > 0) n = n + t;
            return n * 10 + t;
        }
        [GraphFunction] public Tensor SwappedEachTime(Tensor x, Tensor y, int mode)
        {
            Tensor a = x, b = y, c = 1;
            for (Tensor i = 0; i < 4; i++) { (a, b, c) = (b, c, a + 1); if (a > b) (b, c) = (c, b); }
            return a * 100 + b * 10 + c;
        }
        [GraphFunction] public Tensor ReturnsInNestedLoops(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            foreach (int k in new[] { 2, 3 }) { Tensor v = k; while (v < 9) { for (Tensor j = 0; j < 2; j++) { n = n + j; if (n * k > x + y) return n * 10 + v; } v = v * 2; if (v == y) break; } if (n > 100) return -1; }
            return n;
        }
        [GraphFunction] public Tensor UsingInLoop(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            for (int k = 0; k < 3; k++) { using var held = new Held(y + k); if (x > k * 3) continue; n = n + held.By; if (n > 10) break; }
            return n;
        }
        [GraphFunction] public Tensor ShadowedNames(Tensor x, Tensor y, int mode)
        {
            Tensor r = 0;
            { Tensor t = x; if (t > 3) { Tensor u = t * 2; t = u; } r = r + t; }
            { Tensor t = y; while (t > 3) { Tensor u = t - 2; t = u; } r = r * 10 + t; }
            for (Tensor t = 0; t < 2; t++) { Tensor u = t; if (u > 0) r = r + u; }
            return r;
        }
        [GraphFunction] public Tensor RecursiveLocal(Tensor x, Tensor y, int mode)
        {
            Tensor Power(Tensor v, int n) { if (n == 0) return 1; Tensor half = Power(v, n - 1); return half * v; }
            Tensor p = Power(x, mode); if (p > 5) p = Power(y, 2);
            return p;
        }
        [GraphFunction] public Tensor LambdaInsideLoopInsideLambda(Tensor x, Tensor y, int mode)
        {
            Tensor total = 0;
            Func<Tensor, Tensor> outer = v => { Tensor sum = 0; Action<Tensor> add = w => { if (w > 2) sum = sum + w; else total = total + 1; }; for (Tensor i = 0; i < 3; i++) add(v + i - 2); return sum; };
            Tensor a = outer(x); if (y > 3) a = a + outer(y);
            return a * 100 + total;
        }
        [GraphFunction] public Tensor NullableAndCoalescing(Tensor x, Tensor y, int mode)
        {
            Tensor? t = mode > 1 ? null : x; t ??= y + 1; Tensor u = t;
            if (u > 3) t = u - 1;
            return (t ?? x) * 10 + u;
        }
        [GraphFunction] public Tensor CheckedAndCompound(Tensor x, Tensor y, int mode)
        {
            Tensor t = x; checked { t += y; if (t > 5) { t -= 2; t *= 2; } } t = -t; t++; --t;
            bool up = mode > 1; for (int k = up ? 0 : 3; up ? k < 3 : k > 0; k += up ? 1 : -1) { if (t > k) continue; t = t + k; }
            return t;
        }
        """, "public struct Inner { public Tensor B; } public struct Box { public Tensor A; public Inner In; }");

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
