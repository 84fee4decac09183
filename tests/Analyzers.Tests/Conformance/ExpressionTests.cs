namespace TensorGraph.Tests.Conformance;

/// <summary>Logic that short-circuits, conditional and switch expressions: each operand runs only where C# would run it.</summary>
public sealed class ExpressionTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        public class Inner { public Tensor V = 7; public Inner? Next; public Tensor Q { get; set; } = 8; }
        [GraphFunction] public Tensor LogicalAll(Tensor x, Tensor y, int mode)
        {
            Tensor a = x > 3 && y > 3 || !(x > 0) && mode == 0; Tensor b = !(a || y > 8) && (x < y || mode > 1 && Shown(y) > 2);
            if (a && !b) return x; return b ? y : x + y;
        }
        [GraphFunction] public Tensor HostLeft(Tensor x, Tensor y, int mode)
        {
            Tensor a = mode > 0 && Shown(x) > 3; Tensor b = mode > 0 || Shown(y) > 3; Tensor c = Shown(x) > 3 && mode > 0;
            return a ? 1 : b ? 2 : c ? 3 : 4;
        }
        [GraphFunction] public Tensor BitwiseLogic(Tensor x, Tensor y, int mode)
        {
            if (x > 3 & Shown(y) > 3) return x; if (x > 3 | y > 3) return y; if ((x > 0) ^ (y > 3)) return x + y; return x * y;
        }
        [GraphFunction] public Tensor IfExpNested(Tensor x, Tensor y, int mode) => x > 6 ? x : x > 3 ? (y > 1 ? x + y : y) : mode > 1 ? y * 2 : (y > 1 ? x - y : x);
        [GraphFunction] public Tensor IfExpEffects(Tensor x, Tensor y, int mode) => (x > 3 ? Shown(x) : Shown(y)) + (mode > 0 ? Shown(x + 1) : y);
        [GraphFunction] public Tensor IfExpTuple(Tensor x, Tensor y, int mode) { var (a, b) = x > 3 ? (x, y) : (y, x + 1); return a * 10 + b; }
        [GraphFunction] public Tensor IfExpRecord(Tensor x, Tensor y, int mode)
        {
            var p = x > 3 ? new Pair(x, y) : y > 3 ? new Pair(y, x) : new Pair(x, x); return p.First * 10 + p.Second;
        }
        [GraphFunction] public Tensor IfExpConst(Tensor x, Tensor y, int mode)
        {
            Tensor a = x > 3 ? 1 : 2; Tensor b = x > 3 ? x : 7; Tensor c = x > 3 ? 7 : x; return a * 100 + b * 10 + c;
        }
        [GraphFunction] public Tensor IfExpInCall(Tensor x, Tensor y, int mode) => Ops.Max(x > 3 ? x : y, y > 3 ? x : -y);
        [GraphFunction] public Tensor IfExpInCond(Tensor x, Tensor y, int mode) { while ((x > 5 ? y : x) < 8) { x = x + 2; y = y + 1; } return x * 100 + y; }
        [GraphFunction] public Tensor SwitchExprTuple(Tensor x, Tensor y, int mode)
        {
            var (a, b) = mode switch { 0 when x > 0 => (x, y), 1 => (y, x), > 1 when y > 3 => (x + y, y), _ => (x, x) };
            return a * 10 + b;
        }
        [GraphFunction] public Tensor SwitchExprPattern(Tensor x, Tensor y, int mode) => (mode, mode % 2 == 0) switch { (0, _) when x > 0 => x, (1, false) => y, (var m, true) when x > m => x + m, (> 2, _) => y * 2, _ => x * y };
        [GraphFunction] public Tensor SwitchOnObject(Tensor x, Tensor y, int mode)
        {
            object o = mode == 0 ? "abc" : mode == 1 ? 5 : new Inner(); switch (o) { case string { Length: > 2 } s when x > 0: return x + s.Length; case int k when x > k: return x * k; case int: return y; case Inner { V: var v } when y > v: return v; default: Log(x); break; }
            return x - y;
        }
        [GraphFunction] public Tensor MixedNumbers(Tensor x, Tensor y, int mode)
        {
            Tensor a = x > 3 ? 1 : y > 3 ? 2.5 : 3; Tensor b = (x > 3 ? (y > 3 ? 1 : 2) : 3); return a + b.Cast(a.DType);
        }
        [GraphFunction] public Tensor SwitchNumbers(Tensor x, Tensor y, int mode)
        {
            Tensor a = mode switch { 0 when x > 0 => 1, 1 => y > 3 ? 5 : 6, _ when y > 2 => 2, _ => 3 }; return a * 10;
        }
        [GraphFunction] public Tensor SwitchMixed(Tensor x, Tensor y, int mode)
        {
            Tensor a = mode switch { 0 when x > 0 => 1, 1 => y > 3 ? 5 : 6.5f, _ when y > 2 => 2, _ => 3 }; return a * 10;
        }
        [GraphFunction] public Tensor LogicWithLambda(Tensor x, Tensor y, int mode)
        {
            Func<Tensor> z = () => y > 3; Tensor a = x > 3 || y > 8 || z(); Tensor b = x > 0 && y > 0 && z();
            Tensor c = x > 3 || y > 3 || x < y && y > 0 && x > 0; Tensor d = x < y && y < 8; Tensor r = a ? 1 : 2; if (b) r += 10;
            if (c) r += 100; if (d) r += 1000; return r;
        }
        [GraphFunction] public Tensor Equality(Tensor x, Tensor y, int mode)
        {
            Tensor a = x == 5 ? 1 : 0, b = x != 9 ? 10 : 20; Tensor c = Ops.Equal(x, y) ? 100 : 200;
            if (Ops.Equal(x, y) && Ops.NotEqual(y, 9)) c += 1000; return a + b + c;
        }
        [GraphFunction] public Tensor ConsecutiveIfExps(Tensor x, Tensor y, int mode)
        {
            if (x > 0) x = x < 5 ? -x : x; else x = x < 5 ? -2 * x : 1; if (x > 0) x = x < 5 ? -x : x; else x = x < 5 ? 3 * x : x; return x;
        }
        [GraphFunction] public (Tensor, Tensor, Tensor) IfExpsOfSeveral(Tensor x, Tensor y, int mode)
        {
            Tensor z;
            if (x > 0)
            {
                x = x < 5 ? -x : x; y = x < 5 ? 2 * x : x; z = y < 5 ? -y : y;
            }
            else { x = x < 5 ? 2 * x : x; y = x < 5 ? -x : x; z = y < 5 ? -y : y; }
            return (x, y, z);
        }
        [GraphFunction] public Tensor TextPlusNumber(Tensor x, Tensor y, int mode) { Tensor t = "a" + x; return t; }
        [GraphFunction] public Tensor TextPlusText(Tensor x, Tensor y, int mode) { Tensor t = "a"; t = t + "b"; if (x > 3) t = t + "c"; return t; }
        [GraphFunction] public Tensor Bools(Tensor x, Tensor y, int mode) { Tensor a = x > 3 ? true : y > 2 ? false : mode == 0; return a ? x : y; }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
