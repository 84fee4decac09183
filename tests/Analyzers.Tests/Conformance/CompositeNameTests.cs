namespace TensorGraph.Tests.Conformance;

/// <summary>Fields, properties, elements, tuples and records that branches and loops change are carried by their paths.</summary>
public sealed class CompositeNameTests
{
    private static readonly Programs s_programs = new("""
        private Tensor _f = 1;
        private static Tensor s_g = 2; private Tensor P { get; set; } = 5;
        private (Tensor A, Tensor B) _pair = (1, 2); private Pair _rec = new(3, 4); private Inner _in = new(); private Tensor[] _arr = { 1, 2, 3 };
        public class Inner { public Tensor V = 7; public Inner? Next; public Tensor Q { get; set; } = 8; }
        public record Outer(Pair P, Tensor C); public record struct Spot(Tensor A, Tensor B);
        [GraphFunction] public Tensor FieldInIf(Tensor x, Tensor y, int mode) { _f = 1; if (x > 3) _f = x; else _f = _f + y; var r = _f; _f = 1; return r; }
        [GraphFunction] public Tensor StaticField(Tensor x, Tensor y, int mode) { s_g = 2; while (s_g < x) s_g = s_g + 2; var r = s_g; s_g = 2; return r; }
        [GraphFunction] public Tensor PropInLoop(Tensor x, Tensor y, int mode)
        {
            P = 5; for (Tensor i = 0; i < 3; i++) { P += i; if (x > 3) P -= 1; } var r = P; P = 5; return r;
        }
        [GraphFunction] public Tensor TupleField(Tensor x, Tensor y, int mode)
        {
            _pair = (1, 2); if (x > 3) _pair.A = x; else _pair = (y, x); while (_pair.B < 6) _pair.B = _pair.B + _pair.A + 1;
            var r = _pair.A * 10 + _pair.B; _pair = (1, 2); return r;
        }
        [GraphFunction] public Tensor RecordField(Tensor x, Tensor y, int mode)
        {
            _rec = new(3, 4); if (x > 3) _rec = _rec with { First = x }; else _rec = new Pair(y, y);
            var r = _rec.First * 10 + _rec.Second; _rec = new(3, 4); return r;
        }
        [GraphFunction] public Tensor PathField(Tensor x, Tensor y, int mode)
        {
            _in = new(); if (x > 3) _in.V = x; for (Tensor i = 0; i < 3; i++) { _in.Q += i; this._in.V = this._in.V + _in.Q; }
            var r = _in.V * 100 + _in.Q; _in = new(); return r;
        }
        [GraphFunction] public Tensor LocalObject(Tensor x, Tensor y, int mode)
        {
            var o = new Inner(); if (x > 3) o.V = x; while (o.V < 20) { o.V = o.V + y + 2; if (o.V > 15) o.Q = o.V; }
            return o.V * 100 + o.Q;
        }
        [GraphFunction] public Tensor ObjectMadeInside(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++) { var o = new Inner { V = x }; o.V = o.V + i; o.Q += o.V; x = o.Q; } return x;
        }
        [GraphFunction] public Tensor ArrayElement(Tensor x, Tensor y, int mode)
        {
            var a = new[] { x, y, x + y }; for (Tensor i = 0; i < 3; i++) { a[0] = a[0] + a[1]; if (i > 1) a[2] = a[0]; }
            return a[0] * 100 + a[2];
        }
        [GraphFunction] public Tensor ArrayInHostLoop(Tensor x, Tensor y, int mode)
        {
            var a = new[] { x, y, x + y }; for (int i = 0; i < 3; i++) { if (x > 3) a[i] = a[i] + i; }
            return a[0] * 100 + a[1] * 10 + a[2];
        }
        [GraphFunction] public Tensor TupleLocal(Tensor x, Tensor y, int mode)
        {
            (Tensor A, (Tensor B, Tensor C) D) t = (x, (y, 1));
            for (Tensor i = 0; i < 3; i++) { t.D.B = t.D.B + t.A; if (t.D.B > 5) t.A = t.A + 1; else t.D = (i, i); }
            return t.A * 100 + t.D.B * 10 + t.D.C;
        }
        [GraphFunction] public Tensor NestedRecord(Tensor x, Tensor y, int mode)
        {
            var p = new Outer(new Pair(x, y), x);
            while (p.C < 20) { p = p with { P = p.P with { First = p.P.First + 1 }, C = p.C + p.P.First + 3 }; }
            return p.C * 100 + p.P.First;
        }
        [GraphFunction] public Tensor RecordStruct(Tensor x, Tensor y, int mode)
        {
            var s = new Spot(x, y); while (s.A < 20) { s.A = s.A + s.B + 5; if (s.A > 10) s = new Spot(s.B, s.A); }
            return s.A * 100 + s.B;
        }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
