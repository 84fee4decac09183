namespace TensorGraph.Tests.Conformance;

/// <summary>Helpers with out, ref and in parameters that they assign and read in branches, loops and operands.</summary>
public sealed class ByReferenceTests
{
    private static readonly Programs s_programs = new("""
        private Tensor _f = 1;
        private static void Split(in Tensor v, out Tensor a, out Tensor b) { if (v > 3) { a = v; b = v + 1; } else { b = v; a = v - 1; } }
        private static void Bump(ref Tensor v, in Tensor by) { if (v > 3) v = v - by; else v = v + by; }
        private static bool TryGet(int mode, Tensor v, out Tensor r) { r = v * 2; return mode > 0; }
        private static Tensor InPick(in Tensor v, in Tensor w) => v > 3 ? v : w > 2 && v > 0 ? w : v + w;
        private static void RefBump(ref Tensor v, in Tensor by) { if (v > 3 && by > 1) v = v - by; else v = v > 1 ? v + by : by; while (v < 5 && by > 0) { v = v + 2; } }
        private static Tensor OutAnd(Tensor v, out Tensor w) { w = v > 3 ? v : -v; if (v > 2 || w > 2) { w = w + 1; return w; } return v; }
        private static Tensor Get(Tensor v, out Tensor w) { w = v + 1; return v * 2; }
        private Tensor Get2(Tensor v, out Tensor w) { _f = _f + 1; w = v + 1; return v * 2; }
        [GraphFunction] public Tensor OutRefIn(Tensor x, Tensor y, int mode)
        {
            Split(x, out Tensor a, out var b); Split(in y, out _, out a);
            if (x > 3) { Split(b, out a, out Tensor c); b = b + c; } else Bump(ref b, a);
            for (Tensor i = 0; i < 3; i++) { Bump(ref b, y); Split(b, out a, out y); b = b + 5; if (y > 9) break; }
            if (TryGet(mode, x, out var r)) { if (r > 3) b = b + r; }
            return a * 100 + b + r;
        }
        [GraphFunction] public Tensor RefArgumentOfElement(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = [x, y];
            if (x > 3) { Bump(ref h[0], y); Split(x, out h[1], out h[0]); }
            else Bump(ref _f, y);
            Tensor r = h[0] * 100 + h[1] * 10 + _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor InParameters(Tensor x, Tensor y, int mode) => InPick(x, y) * 100 + InPick(in y, x + 1);
        [GraphFunction] public Tensor RefParameters(Tensor x, Tensor y, int mode) { RefBump(ref x, y); if (x > 4) RefBump(ref y, in x); return x * 100 + y; }
        [GraphFunction] public Tensor OutWithReturn(Tensor x, Tensor y, int mode) { Tensor a = OutAnd(x, out var b); a = a * 10 + OutAnd(y, out b); return a * 100 + b; }
        [GraphFunction] public Tensor OutVarInConditions(Tensor x, Tensor y, int mode)
        {
            if (Get(x, out var a) > 3) x = x + a; else x = x - a;
            if (Get(y, out var b) > 3 && mode == 0) x = x + b; else if (Get(x, out var c) > 9) x = x * c;
            return x * 100 + a + b;
        }
        [GraphFunction] public Tensor OutVarInWhile(Tensor x, Tensor y, int mode)
        {
            while (Get(x, out var t) < 9) { x = x + Ops.Abs(t); if (x > 6) break; x = x + 3; }
            while (Get(y, out var t) < 9) { y = y + 4; }
            while (Get(y, out var t) < 19) { y = y + t; }
            do { x = x + 4; } while (Get(x, out var t) < 20);
            for (Tensor i = 0; Get(i, out var t) < 5; i++) { y = y + t; }
            for (Tensor i = 0; Get(i, out var t) < 5; i++) { y = y + 1; }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor OutVarInWhileEffects(Tensor x, Tensor y, int mode)
        {
            _f = 0; while (Get2(x, out var t) < 9) { x = x + 3; } while (Get2(y, out var t) < 9) { y = y + t + 5; } Tensor r = _f * 10000 + x * 100 + y; _f = 1; return r;
        }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
