namespace TensorGraph.Tests.Conformance;

/// <summary>Operands run from left to right, each once, and only where C# runs them: in conditions, compound assignments, indices, null tests.</summary>
public sealed class OperandOrderTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        [GraphFunction] public Tensor OperandOrder(Tensor x, Tensor y, int mode)
        {
            if (Shown(x) + Shown(y) * Shown(x + y) > Shown(y) - 1) x = Shown(x + 1) - (Shown(y) > 2 ? Shown(x) : Shown(-x));
            return x;
        }
        [GraphFunction] public Tensor CompoundOrder(Tensor x, Tensor y, int mode)
        {
            Tensor t = x;
            if (x > 3) t += (t = Shown(y)) + Shown(t);
            else t -= Shown(t) * (t = t + 1);
            t *= 2;
            return t;
        }
        [GraphFunction] public Tensor IndexPostfix(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = [x, y, x + y, x]; int i = 0;
            h[i++] = y; h[i++] += Shown(h[0]); h[++i] = h[i - 1] + i;
            if (x > 3) { h[0] = h[1]; }
            return h[0] * 1000 + h[1] * 100 + h[2] * 10 + h[3] + i;
        }
        [GraphFunction] public Tensor IndexPostfixInBranch(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = [x, y, x + y]; int i = 0;
            if (x > 3) { int k = 0; h[k++] = y; h[k++] += h[0]; h[k] = k; } else { int k = 2; h[k--] = x; h[k--] = h[k] + 5; }
            return h[0] * 10000 + h[1] * 100 + h[2] + i;
        }
        [GraphFunction] public Tensor TensorPostfix(Tensor x, Tensor y, int mode)
        {
            Tensor a = x++ + ++y; Tensor b = x-- - --y;
            while (a++ < 9) { b = b + a--; a = a + 2; }
            return a * 100 + b + x + y;
        }
        [GraphFunction] public Tensor PostfixInCondition(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            if (x++ > 3) n = n + x; else n = n - x;
            while (y++ < 5) n = n + y;
            do n = n + 1; while (x-- > 3);
            return n * 10000 + x * 100 + y;
        }
        [GraphFunction] public Tensor Coalesce(Tensor x, Tensor y, int mode)
        {
            Tensor? a = mode == 1 ? null : x;
            Tensor b = a ?? Shown(y);
            a ??= Shown(y + 1);
            Tensor? c = mode > 1 ? y : null;
            if (x > 3) b = b + (c ?? Shown(x));
            else b = b + (c ?? y);
            return a * 100 + b;
        }
        [GraphFunction] public Tensor CoalesceAssignInBranch(Tensor x, Tensor y, int mode)
        {
            Tensor? a = mode == 0 ? null : y;
            if (x > 3) { a ??= x; } else { a ??= y + 1; }
            return a + 1;
        }
        [GraphFunction] public Tensor ConditionalAccess(Tensor x, Tensor y, int mode)
        {
            Box? box = mode == 1 ? null : new Box { V = y, Next = mode == 2 ? new Box { V = x } : null };
            Tensor? v = box?.V; Tensor? w = box?.Next?.V;
            if (x > 3) { x = v ?? x + 7; } else if ((w ?? y) > 2) x = w ?? x;
            Tensor? c = box?.Cells[1];
            return (c ?? 9) * 100 + x;
        }
        [GraphFunction] public Tensor DiscardsAndUnused(Tensor x, Tensor y, int mode)
        {
            _ = x > 3 ? Shown(x) : Shown(y); (_, Tensor b) = x > 3 ? (x, y) : (y, x); foreach (Tensor _ in Ops.Range(2)) b = b + 1; var _u = Shown(b);
            return b;
        }
        [GraphFunction] public Tensor ConditionShapes(Tensor x, Tensor y, int mode)
        {
            bool b = mode > 1; Tensor n = 0;
            if (b && x > 3) n = n + 1; if (x > 3 || b) n = n + 2; if (b || !(y > 3)) n = n + 4;  if (!b & x > 3) n = n + 16; if (b ? x > 3 : y > 3) n = n + 32;
            if (x > 3 ? b : y > 3) n = n + 64; Tensor c = b; if (c) n = n + 128;
            return n;
        }
        [GraphFunction] public Tensor NumberLiterals(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0; a += 2; a -= x; a *= 3; a /= 2; a %= 5; a = -a; if (a >= 2) a = 1; else if (a <= -2) a = -1; else if (a != 0) a += 1;
            return a;
        }
        [GraphFunction] public Tensor Interpolated(Tensor x, Tensor y, int mode)
        {
            if (x > 8) throw new InvalidOperationException($"x={x} y={y,3} {(mode > 1 ? "big" : "small")} {mode:000}");
            if (y > 5) { Tensor z = x + y; throw new InvalidOperationException($"sum {z}"); }
            return x;
        }
        """, """
        public class Box { public Tensor V = 1; public Tensor P { get; set; } = 4; public Box? Next; public Tensor[] Cells = [1, 2, 3]; }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
