namespace TensorGraph.Tests.Conformance;

/// <summary>State that has several names, parts, or versions: aliases, nested tuples, indexers, base classes, structs with operators, static fields.</summary>
public sealed class ObjectTests
{
    private static readonly Programs s_programs = new("""
        private Tensor _f = 1;
        private Func<Tensor, Tensor>? _act;
        private readonly Box _box = new();
        private Box _other = new();
        private static Tensor s_total = 0;
        private (Tensor A, (Tensor B, Tensor C) In) _nest = (1, (2, 3));
        private Tensor Next() { _f = _f + 1; return _f; }
        [GraphFunction] public Tensor CallOrderInArguments(Tensor x, Tensor y, int mode)
        {
            _f = x; Tensor a = Next() * 100 + Next() * 10 + Next();
            if (Next() > 5) a = a + Next(); 
            Tensor b = Ops.Max(Next(), Next()) - Next();
            while (Next() + Next() < 40) b = b + _f;
            Tensor r = a * 100 + b + _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor FieldOrderInOperands(Tensor x, Tensor y, int mode)
        {
            _f = 1; Tensor a = _f + Next() + _f; Tensor b = Next() - _f * Next();
            _f = x > 3 ? _f + 1 : _f + 2; _f += Next(); Tensor r = a * 100 + b + _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor PartlyChangedTuple(Tensor x, Tensor y, int mode)
        {
            _nest = (x, (y, x)); var t = (A: x, B: (C: y, D: x));
            if (x > 3) { _nest.In.B = x + 1; t.B.D = t.A; } else _nest.In = (1, 2);
            while (t.B.C < 9) { t.B = (t.B.C + 2, t.B.D + 1); (t.A, _nest.A) = (_nest.A, t.A); }
            Tensor r = _nest.A + _nest.In.B * 10 + _nest.In.C * 100 + t.A * 1000 + t.B.C * 10000 + t.B.D; _nest = (1, (2, 3)); return r;
        }
        [GraphFunction] public Tensor AliasedObjects(Tensor x, Tensor y, int mode)
        {
            var a = new Box { V = x }; var b = a; var c = new Box { V = y };
            if (x > 3) { b.V = b.V + 1; } else { a.V = a.V * 2; b.V = b.V + a.V; }
            for (Tensor i = 0; i < 2; i++) { a.V = a.V + i; b.V = b.V * 2; }
            return a.V * 1000 + b.V * 10 + c.V;
        }
        [GraphFunction] public Tensor AliasOfField(Tensor x, Tensor y, int mode)
        {
            _other = _box; _box.V = x; var b = _box;
            if (x > 3) { _other.V = y; } else { b.V = b.V + 1; _box.V = _other.V * 2; }
            Tensor r = _box.V * 100 + b.V + _other.V; _other = new(); _box.V = 1; return r;
        }
        [GraphFunction] public Tensor ObjectReassignedUnderHost(Tensor x, Tensor y, int mode)
        {
            var b = new Box { V = x }; if (mode > 0) b = new Box { V = y };
            if (x > 3) b.V = b.V + 1; var old = b; b = new Box { V = b.V * 2 }; if (y > 1) { b.V = b.V + 1; old.V = 0; }
            return b.V * 10 + old.V;
        }
        [GraphFunction] public Tensor Indexer(Tensor x, Tensor y, int mode)
        {
            var b = new Box(); b[0] = x; int k = 1;
            if (x > 3) { b[1] += y; b[k + 1] = b[0]; } else b[2]++;
            while (b[0] < 9) b[0] += b[1] + 1;
            return b[0] * 100 + b[1] * 10 + b[2];
        }
        [GraphFunction] public Tensor BaseCalls(Tensor x, Tensor y, int mode) { Shape s = new Square(); return s.Twice(x) * 100 + s.Twice(y); }
        [GraphFunction] public Tensor StructOperators(Tensor x, Tensor y, int mode)
        {
            var c = new Cplx(x, y); if (x > 3) c += c * y; else c = c * 2;
            for (Tensor i = 0; i < 3; i++) c = c + new Cplx(i, 1);
            return c.Re * 100 + c.Im;
        }
        [GraphFunction] public Tensor StaticState(Tensor x, Tensor y, int mode)
        {
            s_total = 0; void Add(Tensor v) { s_total += v; if (s_total > 9) s_total = s_total - 9; }
            foreach (Tensor i in Ops.Range(4)) { Add(i + x); if (i > 1) Model.s_total = s_total * 2; }
            return s_total;
        }
        [GraphFunction] public Tensor ShadowedFieldName(Tensor x, Tensor y, int mode)
        {
            _f = 1; { Tensor _f = x; if (x > 3) _f = _f + 1; x = _f; } if (y > 3) _f = _f + y; Tensor r = _f + x; _f = 1; return r;
        }
        [GraphFunction] public Tensor ReadonlyStructFactory(Tensor x, Tensor y, int mode) { var r = Range2.Of(x, y); while (r.Lo < r.Hi) r = new(r.Lo + 2, r.Hi); return r.Lo * 100 + r.Hi; }
        [GraphFunction] public Tensor RecordChain(Tensor x, Tensor y, int mode)
        {
            var c = new Chain(x, new Chain(y, null)); if (x > 3) y = c.Sum(); else y = (c with { Head = y }).Sum(); return y;
        }
        [GraphFunction] public Tensor DelegateInField(Tensor x, Tensor y, int mode)
        {
            _f = 1; _act = v => { _f = _f + v; return v * 2; };
            if (x > 3) x = _act(x); if (y > 3) x = x + _act!(y); Tensor r = _f * 100 + x; _f = 1; _act = null; return r;
        }
        """, """
        public class Box { public Tensor V = 1; public Box? Next; public Tensor[] Cells = [1, 2, 3]; public Tensor P { get; set; } = 4; public Tensor this[int i] { get => Cells[i]; set => Cells[i] = value; } }
        public abstract partial class Shape { public abstract Tensor Area(Tensor s); public virtual Tensor Twice(Tensor s) { if (s > 3) return Area(s) * 2; return Area(s); } }
        public partial class Square : Shape { public override Tensor Area(Tensor s) => s * s; public override Tensor Twice(Tensor s) { Tensor a = base.Twice(s); if (a > 9) a = a - 1; Func<Tensor, Tensor> f = v => base.Twice(v) + 1; return f(a); } }
        public record struct Cplx(Tensor Re, Tensor Im) { public static Cplx operator +(Cplx a, Cplx b) => new(a.Re + b.Re, a.Im + b.Im); public static Cplx operator *(Cplx a, Tensor s) => new(a.Re * s, a.Im * s); }
        public record Chain(Tensor Head, Chain? Tail) { public Tensor Sum() { Tensor s = Head; for (Chain? c = Tail; c != null; c = c.Tail) s = s + c.Head; return s; } }
        public readonly partial record struct Range2(Tensor Lo, Tensor Hi) { public static Range2 Of(Tensor a, Tensor b) => a > b ? new(b, a) : new(a, b); }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
