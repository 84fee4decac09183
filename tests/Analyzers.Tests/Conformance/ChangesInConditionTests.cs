namespace TensorGraph.Tests.Conformance;

/// <summary>Conditions and helpers that change fields and variables: what they change is carried; what Ops.HostCall changes is not our concern.</summary>
public sealed class ChangesInConditionTests
{
    private static readonly Programs s_programs = new("""
        private Tensor S = 1; private Tensor Q { get; set; } = 2;
        private Tensor Advance(Tensor v) { if (v > 2) S = S + v; else S = S - 1; return S; }
        private Tensor Adv2(Tensor v) { S = S + v; return S; }
        public class Obj { public Tensor V = 1; }
        private static Tensor Fresh(Tensor v) { var o = new Obj(); o.V = v; if (v > 3) o.V = o.V + 1; return o.V; }
        [GraphFunction] public Tensor WhileHelper(Tensor x, Tensor y, int mode)
        {
            S = 1; while (Adv2(x + 8) < 60) { y = y + 1; } var r = y * 100 + S; S = 1; return r;
        }
        [GraphFunction] public Tensor DoHelper(Tensor x, Tensor y, int mode)
        {
            S = 1; do { y = y + 1; if (y > 6) continue; if (y > 11) break; } while (Adv2(x + 8) < 60); var r = y * 100 + S; S = 1;
            return r;
        }
        [GraphFunction] public Tensor ForHelper(Tensor x, Tensor y, int mode)
        {
            S = 1; for (Tensor i = 0; Adv2(i) < 20; i = Adv2(2)) { y = y + 1; if (y > 20) break; } var r = y * 100 + S; S = 1; return r;
        }
        [GraphFunction] public Tensor WhileLocal(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0; Tensor Inc(Tensor v) { n = n + v; return n; } while (Inc(y + 5) < 40) { x = x + 1; } return x * 100 + n;
        }
        [GraphFunction] public Tensor WhileAnd(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0; Tensor Inc(Tensor v) { n = n + v; return n; } while (Inc(y + 5) < 40 && n < 20) { x = x + 1; }
            return x * 100 + n;
        }
        [GraphFunction] public Tensor IfCond(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0; Tensor Inc(Tensor v) { n = n + v; return n; } if (Inc(y) > 3) { x = x + n; } else if (Inc(x) > 2) x = x - n;
            return x * 100 + n;
        }
        [GraphFunction] public Tensor ReturnCond(Tensor x, Tensor y, int mode)
        {
            S = 1; for (Tensor i = 0; i < 4; i++) { if (Adv2(i) > 4) return S; } return x * 100 + S;
        }
        [GraphFunction] public Tensor UsesFresh(Tensor x, Tensor y, int mode) { while (x < 12) { x = x + Fresh(y) + 3; } return x > 13 ? Fresh(x) : y; }
        private int _n; private (Tensor, Tensor) _pair = (1, 2);
        private void SetPair(Tensor v) { _pair = (v, _pair.Item1 + v); }
        [GraphFunction] public Tensor PairByHelper(Tensor x, Tensor y, int mode)
        {
            _pair = (1, 2); for (Tensor i = 0; i < 3; i++) SetPair(x + i); var r = _pair.Item1 * 100 + _pair.Item2; _pair = (1, 2);
            return r;
        }
        [GraphFunction] public Tensor CountsOnHost(Tensor x, Tensor y, int mode)
        {
            Ops.HostCall((Tensor t) => { _n++; }, x); while (x < 9) { Ops.HostCall((Tensor t) => { _n++; }, x); x = x + 2; }
            Ops.HostCall((Tensor t) => { Lines.Add("n" + _n); }, x); return x;
        }
        [GraphFunction] public Tensor CountsOnHostHelper(Tensor x, Tensor y, int mode)
        {
            while (x < 9) { Cnt(x); x = x + 2; } Ops.HostCall((Tensor t) => { Lines.Add("n" + _n); }, x); return x;
        }
        private void Cnt(Tensor v) => Ops.HostCall((Tensor t) => { _n++; }, v);
        private Variable? _v; private Tensor Lazy(Tensor x) { _v ??= new Variable(2); return x + _v; }
        [GraphFunction] public Tensor LazyInLoop(Tensor x, Tensor y, int mode) { while (x < 9) { x = Lazy(x); } return x; }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
