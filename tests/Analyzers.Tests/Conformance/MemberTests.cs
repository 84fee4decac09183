namespace TensorGraph.Tests.Conformance;

/// <summary>Tensor control flow in properties, indexers, operators, conversions and constructors of the same project is converted as that of methods is.</summary>
public sealed class MemberTests
{
    private static readonly Programs s_programs = new("""
        private readonly Cell _cell = new(2);
        private Tensor _w = 1;
        private Tensor Own { get { if (_w > 2) return _w; return _w + 1; } set { if (value > 4) _w = value; else _w = value + 2; } }
        private Tensor this[int i] { get => _w > i ? _w : -_w; set { _w = value > i ? value : _w + value; } }
        private Tensor Mine => _cell.V > 3 ? _cell.V : _cell.Size;

        [GraphFunction] public Tensor Getters(Tensor x, Tensor y, int mode)
        {
            var c = new Cell(x);
            Cell? none = mode == 1 ? null : c;
            return c.V * 10 + c.Size + (none?.V ?? y) + Mine;
        }
        [GraphFunction] public Tensor Setters(Tensor x, Tensor y, int mode)
        {
            var c = new Cell(x); c.V = y; Log(c.V); c.V += x; c.V *= 2; c.V++; --c.V; return c.V;
        }
        [GraphFunction] public Tensor SettersUnderConditions(Tensor x, Tensor y, int mode)
        {
            _w = 1; Own = y; if (x > 2) Own = y; else Own += x;
            for (Tensor i = 0; i < 3; i++) Own += i;
            while (Own < 12) Own += 3;
            Tensor result = Own; _w = 1; return result;
        }
        [GraphFunction] public Tensor Indexers(Tensor x, Tensor y, int mode)
        {
            var c = new Cell(x); Tensor before = c[mode] + c[1, y] * 10 + (c?[2] ?? x);
            c[mode] = y; c[1] += x; c[mode + 1]++; return before * 10 + c[0];
        }
        [GraphFunction] public Tensor IndexersUnderConditions(Tensor x, Tensor y, int mode)
        {
            _w = 1; this[mode] = y; if (x > 2) this[0] = y; else this[1] += x;
            for (Tensor i = 0; i < 3; i++) this[mode] += i;
            Tensor result = this[mode]; _w = 1; return result;
        }
        [GraphFunction] public Tensor StaticProperty(Tensor x, Tensor y, int mode)
        {
            Cell.Shared = x; Tensor a = Cell.Shared; Cell.Shared += y; a = a + Cell.Shared; Cell.Shared = 1; return a;
        }
        [GraphFunction] public Tensor Operators(Tensor x, Tensor y, int mode)
        {
            var c = new Cell(x) + y; c += 2; c++; return c * new Cell(y) + -c;
        }
        [GraphFunction] public Tensor Conversions(Tensor x, Tensor y, int mode)
        {
            Tensor t = new Cell(x); var c = (Cell)y; Tensor Twice(Tensor v) => v * 2; return t + c + Twice(c) + (x > 2 ? c : y);
        }
        [GraphFunction] public Tensor Constructors(Tensor x, Tensor y, int mode)
        {
            var b = new Root(x, more: [y]) { Need = y }; var d = new Leaf(y); Root e = new(x, mode) { Need = 3 };
            return b.R + d.R * 10 + new Leaf().D + e.R + new Leaf { D = y }.D;
        }
        [GraphFunction] public Tensor NewObjectsUnderConditions(Tensor x, Tensor y, int mode)
        {
            if (x > 2) { var c = new Cell(y); c.V = x; y = c.V * new Cell(x).V + c * new Cell(1) + Make(x); }
            return y;
        }
        private Tensor Make(Tensor v) { var c = new Cell(v) { Limit = 2 }; c.V = v + 1; return c.V; }
        [GraphFunction] public Tensor Lambdas(Tensor x, Tensor y, int mode) => new[] { x, y }.Select(v => new Cell(v).V).Aggregate((a, b) => a + new Cell(b).Size);
        [GraphFunction] public Tensor Interfaces(Tensor x, Tensor y, int mode)
        {
            IScaled s = mode == 0 ? new A() : mode == 1 ? new B() : new Plain();
            s.Scale = x; s.Scale += y; return s.Scale * 10 + s[mode] + s.Three;
        }
        [GraphFunction] public Tensor AbstractProperties(Tensor x, Tensor y, int mode)
        {
            Abstract s = mode == 0 ? new Concrete() : new Auto(); s.Q = x; s.Q *= 2; return s.P * 100 + s.Q + s.Both;
        }
        [GraphFunction] public Tensor GenericTypes(Tensor x, Tensor y, int mode)
        {
            var g = new Box<string> { Tag = "a" }; g.Item = x; g.Item += y;
            return g.Item + new Box<object>.In<int>(x).Abs + new Box<object>.In<string>(y) { W = y }.Abs;
        }
        [GraphFunction] public Tensor Records(Tensor x, Tensor y, int mode)
        {
            var r = new Both(x, y); r = r with { X = y, Extra = x }; return r.Max * 10 + (r + new Both(y, x)) + r.Extra;
        }
        private IFilter Pick(int m) => m == 0 ? new Hidden() : m == 1 ? new Open() : new Range(3, 2);
        [GraphFunction] public Tensor ExplicitImplementations(Tensor x, Tensor y, int mode)
        {
            IFilter f = Pick(mode); f.P = x; var (a, b) = f.Split("a", y); return f.Run(x) + f.P * 10 + f[mode] + a + b;
        }
        [GraphFunction] public Tensor Structs(Tensor x, Tensor y, int mode)
        {
            var r = new Range(x, y); r.Push(x); r = r.Scaled(y); return r.Max + r.Clip(y) * 10;
        }
        [GraphFunction] public Tensor RecordStructs(Tensor x, Tensor y, int mode) { var p = new Place(x, y); return p.Max + p.Add(new Place(y, x)).Max * 10; }
        [GraphFunction] public Tensor StructsThroughConstraints(Tensor x, Tensor y, int mode) => Constrained(new Range(x, y), x) + Constrained(new Open(), y);
        private Tensor Constrained<T>(T t, Tensor v) where T : IFilter { t.P = v; return t.Run(v) + t.P; }
        [GraphFunction] public Tensor PrimaryConstructors(Tensor x, Tensor y, int mode)
        {
            var p = new Primary(x, y); return p.Half + p.Z + new Primary(y).Half;
        }
        """, """
        public partial class Cell
        {
            private Tensor _v;
            public Tensor Limit = 3;
            public Cell(Tensor v) { if (v > 3) _v = v - 1; else _v = v + 1; }
            public Tensor V { get { if (_v > Limit) return _v; return _v * 2; } set { if (value > 5) _v = value - 5; else _v = value; } }
            public Tensor Size => _v > 2 ? _v : -_v;
            public Tensor this[int i] { get { if (_v > i) return _v - i; return i; } set { if (value > i) _v = value; } }
            public Tensor this[int i, Tensor t] => t > i ? t : _v;
            private static Tensor s_shared = 1;
            public static Tensor Shared { get => s_shared > 2 ? s_shared : s_shared + 10; set { while (value > 4) value = value - 3; s_shared = value; } }
            public static Cell operator +(Cell a, Tensor b) { if (b > 3) b = b + a._v; return new Cell(b); }
            public static Cell operator ++(Cell c) => new(c._v > 3 ? c._v : 0);
            public static Tensor operator *(Cell a, Cell b) => a._v > b._v ? a._v : b._v;
            public static Tensor operator -(Cell a) => a._v > 2 ? -a._v : a._v;
            public static implicit operator Tensor(Cell c) => c._v > 4 ? c._v : c._v + 100;
            public static explicit operator Cell(Tensor t) { if (t > 3) t = t * 2; return new Cell(t) { Limit = t }; }
        }
        public partial class Root
        {
            public readonly Tensor R;
            public required Tensor Need { get; init; }
            [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
            public Root(Tensor r, int k = 2, params Tensor[] more) { if (r > k) R = r; else R = r + more.Length; Need = 1; }
            [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
            public Root() : this(7) { }
        }
        public partial class Leaf : Root
        {
            public Tensor D;
            [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
            public Leaf(Tensor d) : base(d > 2 ? d : 1) { D = d; }
            [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
            public Leaf() { D = R; }
        }
        public partial interface IScaled { Tensor Scale { get; set; } Tensor this[int i] { get; } Tensor Three => 3; }
        public partial class A : IScaled
        {
            private Tensor _s = 2;
            public virtual Tensor Scale { get => _s > 1 ? _s : _s + 5; set { if (value > 3) _s = value; } }
            public Tensor this[int i] => _s > i ? _s : i;
        }
        public partial class B : A
        {
            public override Tensor Scale { get { if (base.Scale > 2) return base.Scale * 2; return base.Scale; } set { base.Scale = value; base.Scale += 1; } }
        }
        public class Plain : IScaled { public Tensor Scale { get; set; } = 4; public Tensor this[int i] => i; }
        public abstract partial class Abstract { public abstract Tensor P { get; } public abstract Tensor Q { get; set; } public Tensor Both => P + Q; }
        public partial class Concrete : Abstract
        {
            private Tensor _q = 1;
            public override Tensor P => _q > 2 ? _q : 7;
            public override Tensor Q { get { return _q; } set { if (value > 0) _q = value; } }
        }
        public sealed partial class Auto : Abstract { public override Tensor P => 1; public override Tensor Q { get; set; } = 2; }
        public partial class Box<T> where T : class
        {
            public T? Tag;
            private Tensor _item = 1;
            public Tensor Item { get { if (_item > 2) return _item; return _item + 1; } set { if (value > 2) _item = value; else _item = 0; } }
            public partial class In<U> { public Tensor W; public In(Tensor w) { if (w > 3) W = w; else W = -w; } public Tensor Abs { get { return W > 0 ? W : -W; } } }
        }
        public partial record Both(Tensor X, Tensor Y)
        {
            public Tensor Max => X > Y ? X : Y;
            public Tensor Extra { get; init; } = 1;
            public static Tensor operator +(Both a, Both b) => a.X > b.X ? a.X : b.Y;
        }
        public partial interface IFilter { Tensor Run(Tensor x); Tensor P { get; set; } Tensor this[int i] { get; } (Tensor, Tensor) Split<T>(T tag, Tensor x) where T : class; }
        public partial class Hidden : IFilter
        {
            private Tensor _p = 1;
            Tensor IFilter.Run(Tensor x) => x > 0 ? x : -x;
            Tensor IFilter.P { get => _p > 2 ? _p : 9; set { if (value > 1) _p = value; } }
            Tensor IFilter.this[int i] { get { if (_p > i) return _p; return i; } }
            (Tensor, Tensor) IFilter.Split<T>(T tag, Tensor x) => x > 2 ? (x, 1) : (2, x);
        }
        public partial class Open : IFilter
        {
            public Tensor Run(Tensor x) => x > 1 ? x * 2 : x;
            public Tensor P { get; set; } = 5;
            public Tensor this[int i] => i;
            public (Tensor, Tensor) Split<T>(T tag, Tensor x) where T : class => (x, x);
        }
        public partial struct Range : IFilter
        {
            public Tensor A;
            public Tensor B;
            public Range(Tensor a, Tensor b) { if (a > b) A = a; else A = b; B = b; }
            public Tensor Max => A > B ? A : B;
            public readonly Tensor Clip(Tensor v) { if (v > A) return A; while (v < B) v = v + Step(this); return v > 0 || B > 1 && A > 2 ? v : A + this.B; }
            private static Tensor Step(Range r) => r.A > 3 ? 2 : 1;
            public Range Swap() => new() { A = B, B = A };
            public Range Scaled(Tensor t) { if (t > 2) return this with { A = A * t }; return Swap(); }
            public void Push(Tensor t) { if (t > 2) A = t; else B = t; }
            public Tensor Run(Tensor x) => x > A ? A : x;
            public Tensor P { get => A > 1 ? A : B; set { if (value > 1) A = value; } }
            public Tensor this[int i] => A > i ? A : i;
            public (Tensor, Tensor) Split<T>(T tag, Tensor x) where T : class => x > A ? (x, A) : (A, x);
        }
        public readonly partial record struct Place(Tensor X, Tensor Y)
        {
            public Tensor Max { get { if (X > Y) return X; return Y; } }
            public Place Add(Place other) => X > other.X ? new Place(X, other.Y) : other;
        }
        public partial class Primary(Tensor seed)
        {
            public Tensor Z = 0;
            public Primary(Tensor a, Tensor b) : this(a + b) { if (a > b) Z = a; else Z = b; }
            public Tensor Half { get { if (seed > 3) return seed / 2; return seed; } }
        }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);

    [Fact]
    public void A_property_is_called_by_the_name_of_its_twin() => Assert.Contains("return x * this.__get_Scale_Traced();", Roslyn.Converted("""
        public partial class Model
        {
            private Tensor _scale = 2f;
            private Tensor Scale => _scale > 1 ? _scale : 1f;
            private Tensor Plain => _scale;

            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                x = x + Plain;
                return x * this.Scale;
            }
        }
        """, "Step"), StringComparison.Ordinal);
}
