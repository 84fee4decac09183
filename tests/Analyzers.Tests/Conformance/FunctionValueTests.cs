namespace TensorGraph.Tests.Conformance;

/// <summary>Functions as values, calls in loop heads, records with methods, names that hide others, and generators of helpers.</summary>
public sealed class FunctionValueTests
{
    private static readonly Programs s_programs = new("""
        private Func<Tensor, Tensor> Factory(int k) => k == 1 ? Fns.Cube : k == 2 ? Fns.Line : Fns.Bent;
        [GraphFunction] public Tensor StaticFn(Tensor x, Tensor y, int mode) => Fns.Cube(x) + Fns.Line(y) + Fns.Bent(x);
        [GraphFunction] public Tensor FromFactory(Tensor x, Tensor y, int mode)
        {
            var f = Factory(1); Tensor a = f(x); f = Factory(mode); Tensor b = f(y); f = Fns.Bent; return a + b + f(x);
        }
        [GraphFunction] public Tensor DelegateArg(Tensor x, Tensor y, int mode) =>
            Apply(Fns.Bent, x) + Apply(Fns.Cube, y) + Apply(f: v => v > 5 ? v : -v, x: y);
        private static Tensor Apply(Func<Tensor, Tensor> f, Tensor x) => f(x);
        [GraphFunction] public Tensor DelegateOfOp(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor> f = Ops.Abs; Func<Tensor, Tensor, Tensor> g = Ops.Max; if (x > 3) return f(-x); return g(f(x), y);
        }
        [GraphFunction] public Tensor InlineLambda(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor> l = v => v > 0 ? v * v : -v; return l(x) + l(y - 5);
        }
        [GraphFunction] public Tensor InCondition(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0, s = 0; while (i < Fns.Bent(y)) { s = s * 3 + i; i++; if (i > 9) break; }
            return s;
        }
        [GraphFunction] public Tensor LocalInCondition(Tensor x, Tensor y, int mode)
        {
            Tensor L(Tensor v) => v * 3; Tensor i = 0, s = 0; while (i < L(y)) { s = s * 3 + L(i); i += 2; if (s > 1000) break; }
            return s;
        }
        [GraphFunction] public Tensor InTarget(Tensor x, Tensor y, int mode)
        {
            Tensor xs = Ops.Iota(mode) * x + y; Tensor s = 0; foreach (Tensor e in Doubled(xs)) s = s * 3 + Fns.Bent(e); return s;
        }
        private static Tensor Doubled(Tensor v) { if (v.Sum() > 10) return v * 2; return v; }
        [GraphFunction] public Tensor InTargetList(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (Tensor e in Picks(x, y, mode)) s = s * 3 + Fns.Bent(e); return s;
        }
        private static List<Tensor> Picks(Tensor x, Tensor y, int n) => Enumerable.Range(0, n).Select(i => i % 2 == 0 ? x : y).ToList();
        [GraphFunction] public Tensor RangeOfCall(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (Tensor e in Ops.Range(Fns.Bent(y))) { s = s * 3 + e; if (s > 1000) return s; }
            return s;
        }
        [GraphFunction] public Tensor ObjectCall(Tensor x, Tensor y, int mode)
        {
            var h = new Holder(x); Tensor s = 0; while (h.V < y + 5) { h.V = h.V + 3; s = s * 2 + h.Invoke(); }
            return s;
        }
        [GraphFunction] public Tensor NamedInline(Tensor x, Tensor y, int mode)
        {
            var n = new Named(A: 1, B: x); if (y > 3) n = n with { A = y }; return n.Sum;
        }
        [GraphFunction] public Named NamedResult(Tensor x, Tensor y, int mode)
        {
            var n = new Named(1, x); if (x > 3) return n with { B = y }; return n;
        }
        [GraphFunction] public (Tensor A, Tensor B) TupleResult(Tensor x, Tensor y, int mode)
        {
            (Tensor A, Tensor B) n = (1, x); if (x > 3) return (n.B, y); return n;
        }
        [GraphFunction] public Tensor NamedByFactory(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor, Named> make = (a, b) => new Named(a, b); var n = make(x, y); Named m = x > 3 ? make(y, x) : n;
            return m.A * 10 + m.B + n.A;
        }
        [GraphFunction] public Tensor Shadowing(Tensor x, Tensor y, int mode)
        {
            Tensor Abs(Tensor v) => v + 1; Tensor Range(Tensor v) => v * 2; Tensor Count(Tensor v) { if (v > 3) return v; return 3; }
            return Abs(x) + Range(y) + Count(x);
        }
        [GraphFunction] public Tensor LengthOf(Tensor x, Tensor y, int mode)
        {
            Tensor xs = Ops.Iota(mode) * x + y; Tensor n = Ops.Size(xs); Tensor s = 0L; foreach (Tensor i in Ops.Range(n)) s = s + i * 2;
            return s * 10 + xs.Shape.Rank + n;
        }
        [GraphFunction] public Tensor NestedCalls(Tensor x, Tensor y, int mode)
        {
            Tensor xs = Ops.Iota(mode) * x + y; var l = new TensorArray(DType.I64, Shape.Scalar);
            foreach (Tensor i in Ops.Range(Ops.Size(xs))) l.Add(i); return l.Stack();
        }
        [GraphFunction] public Tensor Casts(Tensor x, Tensor y, int mode) => x.Cast(DType.F32).Cast(DType.I32).Cast(DType.F64) / 2;
        [GraphFunction] public Tensor NamedArgs(Tensor x, Tensor y, int mode) => Mixed(c: x, a: y, b: mode) + Mixed(y, c: x);
        private static Tensor Mixed(Tensor a, int b = 4, Tensor? c = null) { if (c is not null && a > b) return c; return a + b; }
        [GraphFunction] public Tensor GeneratorHelper(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (Tensor v in Steps(x, mode)) { if (v > 6) break; s = s * 3 + v; }
            foreach (Tensor v in Steps(y, 2).Where((_, i) => i != 1)) s = s + v; return s;
        }
        private static IEnumerable<Tensor> Steps(Tensor x, int n)
        {
            yield return x; int i = 0; while (i < n) { i++; yield return x + i; } foreach (var t in new[] { x, x }) yield return t;
        }
        """, """
        public record Named(Tensor A, Tensor B) { public Tensor Foo() { if (A > 3) return A + 1; return B; } public Tensor Sum => A + B; }
        public record Sub(Tensor A, Tensor B, Tensor C) : Named(A, B) { public Tensor Bar() => A > B ? C : Foo(); }
        public record struct Spot(Tensor A, Tensor B) { public Tensor Far() { while (A < B) A = A + 2; return A; } }
        public partial record Rec2(Tensor A) { public Tensor Foo() { if (A > 3) return A + 1; return -A; } }
        public sealed class Holder(Tensor v) { public Tensor V = v; public Tensor Invoke() => V + 1; }
        public static partial class Fns { public static Tensor Cube(Tensor x) =>
            x * x * x; public static Tensor Line(Tensor x) => x * -1 + 11; public static Tensor Bent(Tensor x) => x > 3 ? x * 2 : -x; }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
