namespace TensorGraph.Tests.Conformance;

/// <summary>Patterns and case labels that bind variables, beside conditions that a tensor decides.</summary>
public sealed class PatternTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        [GraphFunction] public Tensor VariableOfConditionBesideThrow(Tensor x, Tensor y, int mode)
        {
            if (x is var v && v > 3) { if (x > 6) throw new InvalidOperationException("t"); y = y + v; }
            return y;
        }
        [GraphFunction] public Tensor VariableOfConditionBesideJump(Tensor x, Tensor y, int mode)
        {
            if (x is var v && v > 2) { } for (int i = 0; i < mode; i++) { y = y + i; if (x > 4) { return x; } }
            do { if (y is var w && w > 3) break; y = y + 1; if ((x - y) is var u && u > 1) { y = y + u; if (u > 2) continue; x = u; } else x = x + 1; } while (x < 9);
            return y * 10 + x;
        }
        [GraphFunction] public Tensor VariableOfConditionReadAfter(Tensor x, Tensor y, int mode)
        {
            if ((x + y) is var v && v > 5) { v = v * 2; if (y > 3) return v; } else v = v + 1;
            return v * 10 + y;
        }
        [GraphFunction] public Tensor IsPatternBinds(Tensor x, Tensor y, int mode)
        {
            Box? box = mode == 1 ? null : new Box { V = y };
            if (box is { V: var v }) { if (v > 1) x = x + v; else x = x - v; }
            if (box is null && x > 3) x = x + 50;
            object o = mode; Tensor r = x;
            if (o is int k and > 0) { if (r > k) r = r - k; }
            return r;
        }
        [GraphFunction] public Tensor PatternFromBool(Tensor x, Tensor y, int mode)
        {
            Box? box = mode == 1 ? null : new Box { V = y };
            if (box is { V: var v }) { if (v > 1) x = x + v; else x = x - v; }
            if (box is null && x > 3) x = x + 50;
            object o = mode;
            if (o is int k and > 0) { if (x > k) x = x - k; }
            if (!(o is int n)) return y; 
            return x + n;
        }
        [GraphFunction] public Tensor PatternInOperand(Tensor x, Tensor y, int mode)
        {
            object o = mode == 0 ? "abc" : mode == 1 ? 5 : new Box { V = y };
            if (x > 3 && (o is int k && k > 2)) x = x + 10;
            if (y > 1 || (o is Box { V: var v } && mode == 2)) x = x + 100;
            return x + y;
        }
        [GraphFunction] public Tensor SwitchWhenBinds(Tensor x, Tensor y, int mode)
        {
            object o = mode == 0 ? (x, y) : mode == 1 ? new Pair(y, x) : mode == 2 ? new Box { V = x + 1 } : mode;
            switch (o)
            {
                case ValueTuple<Tensor, Tensor> (var a, var b) when a + b > 2: x = a * 10 + b; break;
                case Pair(var a, var b) when Shown(b) > a: x = a - b; break;
                case Box { V: var v, Next: null } when v > 8: x = v; break;
                case int k when x > k - 100: x = x - k; break;
                default: x = -x; break;
            }
            return x;
        }
        [GraphFunction] public Tensor SwitchSameNames(Tensor x, Tensor y, int mode)
        {
            object o = mode;
            switch (o) { case int k when x > k: x = x + k; break; case int k when y > k: y = y + k; break; case int k: x = x - k; break; }
            switch (o) { case int k when x > k: { Tensor t = x; x = t + k; break; } case int k when y > k: { Tensor t = y; y = t + k; break; } default: { Tensor t = 3; x = t; break; } }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor SwitchSectionsStartAlike(Tensor x, Tensor y, int mode)
        {
            // What a section changes and nobody reads behind the switch must not reach the sections below.
            Tensor r = 0; (Tensor A, Tensor B) p = (x, y);
            switch (mode)
            {
                case 0 when x > 3: x = y; p = (y, y + 1); r = x + p.B; break;
                case 1 when y > 5: x = 7; p.B = x * 2; r = p.A; break;
                case 2 when x < 3: p = (x > 0 || Shown(y) > 3) ? (y, x) : p; r = p.B; break;
                default: if (Shown(x) > 3) r = x + p.A * 10 + p.B * 100; else r = p.B - x; break;
            }
            return r;
        }
        [GraphFunction] public Tensor SwitchExpressionBinds(Tensor x, Tensor y, int mode)
        {
            object o = mode == 0 ? (x, y) : mode == 1 ? new Pair(y, x) : mode == 2 ? new Box { V = x + 1 } : mode;
            return o switch
            {
                ValueTuple<Tensor, Tensor> (var a, var b) when a + b > 2 => a * 10 + b,
                Pair(var a, var b) when Shown(b) > a => a - b,
                Box { V: var v, Next: null } when v > 8 => v,
                int k when x > k - 100 => x - k,
                _ => -x,
            };
        }
        [GraphFunction] public Tensor HostAndTensorTernary(Tensor x, Tensor y, int mode)
        {
            int k = mode > 1 ? 3 : 5; Tensor a = mode > 1 ? x : 7; Tensor? b = mode == 0 ? null : y; Tensor c = b is null ? x > 3 ? 1 : 2 : b > 3 ? b : k;
            return a * 100 + c;
        }
        [GraphFunction] public Tensor TernaryOfNullables(Tensor x, Tensor y, int mode)
        {
            Tensor? b = mode == 0 ? null : y; Tensor a = x > 3 ? (b ?? x) : (b is { } v ? v + 1 : y); return a;
        }
        [GraphFunction] public Tensor TernaryAsStatementTarget(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = [x, y]; h[mode > 1 ? 1 : 0] = x > 3 ? h[0] : h[1]; (x > 3 ? x : y).Sum(); x = (x > 3 ? x : y) switch { var v when v > 4 => v * 2, var v => v }; return h[0] * 100 + h[1] * 10 + x;
        }
        [GraphFunction] public Tensor NestedSwitchExpression(Tensor x, Tensor y, int mode)
        {
            return mode switch { 0 => x > 3 ? 1 : 2, 1 => (y > 1, x > 1) switch { (var p, var q) when p && q => x, (_, var q) when q => y, _ => 7 }, _ when x > 8 => mode switch { 2 when y > 8 => 70, _ => 80 }, _ => Shown(y) };
        }
        [GraphFunction] public Tensor NestedConditionals(Tensor x, Tensor y, int mode)
        {
            Tensor r = (x > 3 ? y > 3 : y > 1) ? (mode == 0 ? x : y > 5 ? x + y : x - y) : !(x > 3 || y > 3) && !(x == 1) ? 5 : Shown(x) > 2 ? 6 : 7;
            return r;
        }
        [GraphFunction] public Tensor DictionaryPatterns(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = x }; if (d.TryGetValue("a", out var v) && mode < 9) { if (v > 3) d["a"] = v + 1; } if (d.TryGetValue("b", out Tensor? w)) x = w; else if (y > 3) x = y;
            return d["a"] * 100 + x;
        }
        [GraphFunction] public Tensor CompareChains(Tensor x, Tensor y, int mode)
        {
            if (0 < x && x < y && y < 9) return x; return x <= y ? 1 : x != y ? 2 : 3;
        }
        [GraphFunction] public Tensor BoolTensorVariables(Tensor x, Tensor y, int mode)
        {
            Tensor stop = x > 8, seen = false; Tensor n = 0;
            while (!stop) { n = n + 1; seen = seen | (n == y); stop = stop || n > 5 || (seen && n > x); if (seen ^ stop) continue; n = n + 1; }
            return seen ? n : -n;
        }
        """, """
        public class Box { public Tensor V = 1; public Tensor P { get; set; } = 4; public Box? Next; public Tensor[] Cells = [1, 2, 3]; }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
