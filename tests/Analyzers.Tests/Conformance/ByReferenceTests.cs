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
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
