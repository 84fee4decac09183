namespace TensorGraph.Tests.Conformance;

/// <summary>Helpers with tensor control flow: generic, virtual, extension, local and passed as delegates; closures that change carried variables.</summary>
public sealed class HelperTests
{
    private static readonly Programs s_programs = new("""
        private readonly Base[] _bases = { new DerivedA(), new DerivedB() };
        private readonly Box<string> _box = new() { Item = "a" }; private readonly Box<object> _box2 = new();
        private static T Pass<T>(T v, Tensor c, T w) where T : notnull { if (c is null) return w; return v; }
        private static Tensor Fold<T>(IEnumerable<T> items, Tensor seed, Func<Tensor, T, Tensor> f)
        {
            foreach (T t in items) { seed = f(seed, t); if (seed > 20) return seed; } return seed;
        }
        private static Tensor LoopT<T>(T tag, Tensor v) where T : IComparable<T> { for (Tensor i = 0; i < 3; i++) { if (v > 5) break; v = v + (tag.CompareTo(tag) + 2); } return v; }
        private static Tensor Rec<T>(T r, Func<T, Tensor> get) where T : Two { if (get(r) > 3) return r.A; return r.B; }
        [GraphFunction] public Tensor GenericFold(Tensor x, Tensor y, int mode) => Fold(new[] { 1, 2, 3 }, x, (s, k) => s > 3 ? s + k : s * k) + Fold(new[] { x, y }, y, (s, k) => s + k);
        [GraphFunction] public Tensor GenericLoop(Tensor x, Tensor y, int mode) => LoopT(mode, x) * 100 + LoopT("a", y);
        [GraphFunction] public Tensor GenericRecord(Tensor x, Tensor y, int mode) => Rec(new Two(x, y), r => r.A) * 10 + Rec<Two>(new Two(y, x), r => r.B > 3 ? r.A : r.B);
        [GraphFunction] public Tensor GenericClass(Tensor x, Tensor y, int mode) => _box.Run(x, y + 5) * 100 + _box2.Run(y, x + 4) + Box<string>.Stat(x, mode) + Box<object>.Stat(y, 1.5f);
        [GraphFunction] public Tensor Extensions(Tensor x, Tensor y, int mode)
        {
            x = x.Bump(y); x = Ext.Bump(x, mode); var (a, b) = (x, y).Sorted(); return a * 10 + b.Bump(3);
        }
        [GraphFunction] public Tensor ExtensionGroup(Tensor x, Tensor y, int mode) { Func<Tensor, Tensor> f = x.Bump; return f(y) + f(3); }
        [GraphFunction] public Tensor Conditional(Tensor x, Tensor y, int mode)
        {
            Up? u = mode == 1 ? null : new Up(); Tensor? r = u?.Go(x); return r is null ? y : r + y;
        }
        [GraphFunction] public Tensor Virtuals(Tensor x, Tensor y, int mode) { foreach (Base b in _bases) x = b.Template(x) + b.Apply(y); return x; }
        [GraphFunction] public Tensor VirtualInLoop(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++) { x = _bases[mode % 2].Apply(x) + i; } return x;
        }
        [GraphFunction] public Tensor GenericLocal(Tensor x, Tensor y, int mode)
        {
            T Loc<T>(T a, Tensor c) where T : class { Log(c); return a; }
            Tensor Inner<T>(T t, Tensor v) { if (v > 3) return v + y; return t is int k ? v + k : v; }
            return Inner(mode, x) * 10 + Inner("s", Loc(y, x));
        }
        [GraphFunction] public Tensor ClosureBoth(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0; void Inc(Tensor by) { n = n + by; if (n > 10) n = n - 7; } Func<Tensor> get = () => n;
            for (Tensor i = 0; i < 4; i++) { Inc(x); n = n + 1; y = y + get(); } Inc(2); return y * 100 + get();
        }
        [GraphFunction] public Tensor ClosureInIf(Tensor x, Tensor y, int mode)
        {
            Tensor n = x; Action a = () => n = n * 2; if (x > 3) a(); else { n = n + 5; a(); } a(); return n;
        }
        [GraphFunction] public Tensor ClosureNestedLocal(Tensor x, Tensor y, int mode)
        {
            Tensor t = 0; void Outer(Tensor v) { void In(Tensor w) { t = t + w; } if (v > 2) In(v); else In(-v); In(1); }
            while (t < 12) { Outer(x); t = t + y + 6; } return t;
        }
        [GraphFunction] public Tensor LambdaInLoopCapturesIndex(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++) { Func<Tensor, Tensor> f = v => v + i; x = f(x); if (f(y) > 6) x = f(f(x)); } return x;
        }
        [GraphFunction] public Tensor LambdaDefinedInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3)
            {
                Func<Tensor, Tensor> f = v => v > 5 ? v : v + y; x = f(x);
            }
            else
            {
                Tensor F(Tensor v) { if (v > y) return v; return y; } x = F(x);
            }
            return x;
        }
        [GraphFunction] public Tensor HigherOrder(Tensor x, Tensor y, int mode)
        {
            Tensor Rep(Func<Tensor, Tensor> f, Tensor v) { for (Tensor i = 0; i < 3; i++) v = f(v); return v; }
            return Rep(v => v + x, y) * 100 + Rep(v => { if (v > 8) return v - 5; return v + 3; }, x);
        }
        private Tensor ExprBody(Tensor v) => v > 3 ? v - 1 : ExprBody2(v);
        private static Tensor ExprBody2(Tensor v) => v < 0 || v > 2 && v < 9 ? v * 3 : v;
        [GraphFunction] public Tensor ExprBodies(Tensor x, Tensor y, int mode) => ExprBody(x) + ExprBody(y) * 10;
        private Tensor Default(Tensor v, int k = 2, Tensor? w = null) { if (v > k) return w ?? v; return v + k; }
        [GraphFunction] public Tensor Defaults(Tensor x, Tensor y, int mode) => Default(x) + Default(y, w: x) * 10 + Default(v: x, k: mode) * 100;
        private Tensor Params(params Tensor[] vs) { Tensor s = 0; foreach (Tensor v in vs) { if (v > 3) continue; s = s + v; } return s; }
        [GraphFunction] public Tensor ParamsArray(Tensor x, Tensor y, int mode) => Params(x, y, 1) * 10 + Params();
        private static void Out(Tensor v, out Tensor a, ref Tensor b) { a = v + 1; b = b + v; }
        [GraphFunction] public Tensor OutRef(Tensor x, Tensor y, int mode)
        {
            Tensor b = 0; for (Tensor i = 0; i < 3; i++) { Out(i, out Tensor a, ref b); x = x + a; if (x > 6) Out(x, out a, ref y); }
            return x * 100 + b * 10 + y;
        }
        private static bool TryHost(int k, out Tensor v) { v = k; return k > 0; }
        [GraphFunction] public Tensor HostOut(Tensor x, Tensor y, int mode) { if (TryHost(mode, out var v)) { if (x > 3) x = x + v; } return x + v; }
        [GraphFunction] public Tensor Tuples(Tensor x, Tensor y, int mode)
        {
            (Tensor Lo, Tensor Hi) MinMax(Tensor a, Tensor b) { if (a > b) return (b, a); return (a, b); } var t = MinMax(x, y);
            var (p, q) = MinMax(t.Hi, 3); return t.Lo * 100 + p * 10 + q;
        }
        [GraphFunction] public static Tensor Static(Tensor x, Tensor y, int mode) { while (x < y) x = x + 2; return x; }
        [GraphFunction] public Tensor CallsGraph(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; for (Tensor i = 0; i < 3; i++) { s = s + Static(x, i, mode); if (s > 10) s = CallsGraphInner(s); } return s;
        }
        [GraphFunction] private Tensor CallsGraphInner(Tensor v) { if (v > 12) return v - 12; return v; }
        """, """
        public record Two(Tensor A, Tensor B);
        public static partial class Ext {
                    public static Tensor Bump(this Tensor v, Tensor by) { if (v > by) return v - by; return v + by; }
                    public static T Choose<T>(this Tensor c, T a, T b) where T : class { if (c is null) return a; return b; }
          public static (Tensor, Tensor) Sorted(this (Tensor A, Tensor B) p) { if (p.A > p.B) return (p.B, p.A); return p; } }
        public interface IStep { Tensor Go(Tensor v); }
        public partial class Up : IStep { public Tensor Go(Tensor v) { if (v > 3) return v + 1; return v + 2; } }
        public partial class Box<T> where T : class {
                    public T? Item; public Tensor Run(Tensor v, Tensor limit) { while (v < limit) { v = v + 3; if (Item is string && v > 6) break; } return v; }
                    public static Tensor Stat<U>(Tensor v, U u) where U : struct { if (v > 3) return v * 2; return u is int k ? v + k : v; } }
        public abstract partial class Base {
                    protected Tensor Offset = 1; public virtual Tensor Apply(Tensor v) { if (v > 3) return v - Offset; return v; }
                    public Tensor Template(Tensor v) => Apply(v) + Inner(v); protected abstract Tensor Inner(Tensor v); }
        public partial class DerivedA : Base {
                    public override Tensor Apply(Tensor v) { v = base.Apply(v); if (v > 1) return v * 10; return v; } protected override Tensor Inner(Tensor v) => v > 2 ? v : -v; }
        public partial class DerivedB : Base { protected override Tensor Inner(Tensor v) { for (Tensor i = 0; i < v; i++) { v = v - 1; } return v; } }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
