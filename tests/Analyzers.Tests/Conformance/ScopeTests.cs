namespace TensorGraph.Tests.Conformance;

/// <summary>Statements of C# that stand around tensor control flow or in it: switch sections, patterns, declarations, using, checked, foreach of all kinds.</summary>
public sealed class ScopeTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor SwitchPats(Tensor x, Tensor y, int mode)
        {
            switch (mode)
            {
                case 0 or 1 when x > 3: return x; case var m and > 1 when y > m: x = x + m; break; case < 0: return y;
                default: if (x > 0) break; x = -x; break;
            }
            return x * 10;
        }
        [GraphFunction] public Tensor SwitchDefaultFirst(Tensor x, Tensor y, int mode)
        {
            switch (mode) { default: x = x + 1; break; case 1 when x > 3: x = x + 2; break; case 2: x = x + 3; break; } return x;
        }
        [GraphFunction] public Tensor SwitchMultiLabel(Tensor x, Tensor y, int mode)
        {
            switch (mode) { case 0: case 1: if (x > 3) return x; break; case 2: case 3: while (y > 3) { y--; if (x > y) break; } break; }
            return x * 10 + y;
        }
        [GraphFunction] public Tensor SwitchGotoless(Tensor x, Tensor y, int mode)
        {
            for (int i = 0; i < 3; i++)
            {
                switch (i) { case 0: continue; case 1 when x > 3: x = x + 1; continue; case 2: if (y > 3) break; y = y + 5; break; }
                x = x * 2;
            }
            return x + y;
        }
        [GraphFunction] public Tensor SwitchOnTuple(Tensor x, Tensor y, int mode)
        {
            switch (mode, mode > 1) { case (0, _) when x > 0: return x; case (_, true) when y > 3: return y; default: return x + y; }
        }
        [GraphFunction] public Tensor SwitchExprNested(Tensor x, Tensor y, int mode) => mode switch { 0 => y > 1 ? x : y, 1 when x > 3 => mode switch { 1 when y > 3 => 5, _ => x }, { } k when y > k => y - k, _ => throw new InvalidOperationException($"none {x}") };
        [GraphFunction] public Tensor CondNested(Tensor x, Tensor y, int mode)
        {
            Tensor a = (x > 3 ? y > 3 : y < 3) ? (mode == 1 ? x : y) : (x > y ? (y > 0 ? x + y : x) : mode == 0 ? y : x * y); return a;
        }
        [GraphFunction] public Tensor Compound(Tensor x, Tensor y, int mode)
        {
            x += x > 3 ? y : 1; y -= x > 6 && y > 3 ? x : 2; x *= 2; for (Tensor i = 0; i < 3; i += 2) { x -= i; y++; --y; ++x; }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor CoalesceAssign(Tensor x, Tensor y, int mode)
        {
            Tensor? c = null; if (mode == 1) c = y; c ??= x; while (c < 10) { c = c + 4; } return c;
        }
        [GraphFunction] public Tensor NullableCarried(Tensor x, Tensor y, int mode)
        {
            Tensor? best = null;
            for (int i = 0; i < 3; i++) { Tensor v = x + i * y; if (best is null) best = v; else if (v > best) best = v; } return best!;
        }
        [GraphFunction] public Tensor HostFlagLoop(Tensor x, Tensor y, int mode)
        {
            bool first = true;
            foreach (int i in new[] { 1, 2, 3 }) { if (first) { first = false; continue; } if (x > 6) break; x = x + i; } return x;
        }
        [GraphFunction] public Tensor HostWhileTrue(Tensor x, Tensor y, int mode)
        {
            int i = 0; while (true) { if (i++ > 3) break; x = x + i; } return x > 12 ? x : y;
        }
        [GraphFunction] public Tensor HostWhileTrueKnown(Tensor x, Tensor y, int mode)
        {
            int i = 0; while (i < 100) { i++; if (mode > 0 || x > 3 && i > 99) break; x = x + 1; } return x;
        }
        [GraphFunction] public Tensor KnownBreakInFor(Tensor x, Tensor y, int mode)
        {
            for (int i = 0; i < 50; i++) { if (i > 3 || x > 9) break; x = x + 1; } return x;
        }
        [GraphFunction] public Tensor KnownReturnNested(Tensor x, Tensor y, int mode)
        {
            for (int i = 0; i < 6; i++)
            {
                for (int j = 0; j < 6; j++) { if (j > i || x > 30) break; if (i > 3 || y > 40) return x * 10 + y; x = x + j; }
            }
            return x;
        }
        [GraphFunction] public Tensor KnownTensor(Tensor x, Tensor y, int mode)
        {
            Tensor k = 3; while (k > 0) { k = k - 1; x = x + k; } if (k > -1) return x; return y;
        }
        [GraphFunction] public Tensor Shadowed(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 2; i++) { Func<Tensor, Tensor> f = x1 => { Tensor i1 = x1; if (i1 > 2) return i1; return -i1; }; x = f(x); }
            Tensor x2 = x; { Tensor i = x2; if (i > 0) x2 = i * 2; } return x2;
        }
        [GraphFunction] public Tensor ConstLocal(Tensor x, Tensor y, int mode)
        {
            const int K = 3; const string S = "abc"; if (x > K) { const int L = 2; return x + L + S.Length; } return y;
        }
        [GraphFunction] public Tensor DiscardAndOut(Tensor x, Tensor y, int mode) { if (x > 3) { _ = x + y; (_, y) = (x, y + 1); } return y; }
        [GraphFunction] public Tensor Deconstruct(Tensor x, Tensor y, int mode)
        {
            var p = new Pair(x, y);
            for (Tensor i = 0; i < 3; i++) { var (a, b) = p; (a, b) = (b, a + i); p = new Pair(a, b); if (a > 5) { (x, _) = p; } }
            return x * 100 + p.First * 10 + p.Second;
        }
        [GraphFunction] public Tensor TwoInOneDeclaration(Tensor x, Tensor y, int mode)
        {
            Tensor a = x, b, c = y; if (a > 3) b = c; else b = a; Tensor d; while (true) { d = a + b; a = a + 1; if (d > 9) break; }
            return d * 10 + b;
        }
        [GraphFunction] public Tensor InterpolatedInBranch(Tensor x, Tensor y, int mode)
        {
            string s = $"{mode}"; if (x > 3) { string u = s + "!"; y = y + u.Length; } return y;
        }
        [GraphFunction] public Tensor CheckedBlock(Tensor x, Tensor y, int mode)
        {
            checked { if (x > 3) return x; y = y + 1; } unchecked { while (y < 5) y++; } return y;
        }
        [GraphFunction] public Tensor EmptyStatements(Tensor x, Tensor y, int mode)
        {
            ; if (x > 3) ; else y = y + 1; if (y > 3) { } while (x < 2) x++; for (Tensor i = 0; i < 3; i++) ; { } return x + y;
        }
        [GraphFunction] public Tensor ForeachDeconstruct(Tensor x, Tensor y, int mode)
        {
            foreach (var (a, b) in new[] { (x, 1), (y, 2) }) { if (a > 3) continue; x = x + a * b; } return x;
        }
        [GraphFunction] public Tensor ForeachString(Tensor x, Tensor y, int mode)
        {
            foreach (char c in "abc") { if (x > 3 && c == 'b') break; x = x + (c - 'a'); } return x;
        }
        [GraphFunction] public Tensor ForeachZip(Tensor x, Tensor y, int mode)
        {
            foreach (var (a, k) in new[] { x, y, x }.Select((a, k) => (a, k))) { if (a > 4) return a + k; x = x + k; } return x;
        }
        [GraphFunction] public Tensor ForeachRows(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Stack(new[] { x, y, x + y, y }, 0).Reshape(2, 2); Tensor s = 0;
            foreach (Tensor row in m) { foreach (Tensor v in row) { if (v > 8) continue; s = s + v; } s = s * 2; } return s;
        }
        [GraphFunction] public Tensor Generators(Tensor x, Tensor y, int mode)
        {
            foreach (Tensor v in Gen(x, y, mode)) { if (v > 5) break; x = x + v; } return x;
        }
        private static IEnumerable<Tensor> Gen(Tensor x, Tensor y, int n) { for (int i = 0; i <= n; i++) yield return x + y * i; }
        [GraphFunction] public Tensor LoopInFinally(Tensor x, Tensor y, int mode)
        {
            try { x = x + 1; } finally { while (x < 5) { x = x + 2; if (y > 6) break; } } return x;
        }
        [GraphFunction] public Tensor UsingBreak(Tensor x, Tensor y, int mode)
        {
            for (int i = 0; i < 3; i++) { using (new Probe()) { if (x > 4) break; if (y > 6) continue; x = x + 1; } x = x + 10; }
            return x;
        }
        [GraphFunction] public Tensor UsingInTensorLoop(Tensor x, Tensor y, int mode)
        {
            while (x < 12) { using var p = new Probe(); if (y > 8) break; if (x > 5) { x = x + 3; continue; } x = x + 2; } return x;
        }
        [GraphFunction] public Tensor TapeInLoop(Tensor x, Tensor y, int mode)
        {
            Tensor w = x.Cast(DType.F64);
            for (Tensor i = 0; i < 3; i++)
            {
                using var tape = new GradientTape(); tape.Watch(w); Tensor l = w * w * y.Cast(DType.F64); if (y > 5) l = l * 2.0;
                w = w - tape.Gradient(l, w)! * 0.01;
            }
            return w;
        }
        """, """
        public sealed class Probe : IDisposable { public void Dispose() { } }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
