namespace TensorGraph.Tests.Conformance;

/// <summary>A throw that C# decides inside of what a tensor decides: it happens if the graph gets there, and what follows it need not be possible.</summary>
public sealed class ThrowTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor HostThrowInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { string? s = mode == 1 ? null : "ab"; if (s == null) throw new InvalidOperationException($"no text {x}"); x = x + s.Length; }
            return x + y;
        }
        [GraphFunction] public Tensor HostThrowNested(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { Box? b = mode == 1 ? null : new Box { V = y }; if (mode < 3) { if (b is null) throw new InvalidOperationException("none"); } x = x + b!.V; }
            return x + y;
        }
        [GraphFunction] public Tensor HostThrowNotTaken(Tensor x, Tensor y, int mode)
        {
            if (x > 100) { if (mode >= 0) throw new InvalidOperationException($"big {x}"); x = x + 1; }
            return x + y;
        }
        [GraphFunction] public Tensor HostAssignedUnlessThrow(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { int k; string s; if (mode == 7) throw new InvalidOperationException("seven"); else { k = 2; s = "a"; } x = x + k + s.Length; }
            return x + y;
        }
        [GraphFunction] public Tensor CaughtInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { int k; try { if (mode == 1) throw new FormatException("one"); k = 1; } catch (FormatException) { k = 5; } x = x + k; }
            return x + y;
        }
        [GraphFunction] public Tensor ThrowInHostLoop(Tensor x, Tensor y, int mode)
        {
            Box?[] boxes = [new Box { V = x }, mode == 1 ? null : new Box { V = y }, new Box()];
            if (x > 0) { foreach (Box? b in boxes) { if (b == null) throw new InvalidOperationException($"missing after {x}"); x = x + b.V; if (x > 30) return x; } }
            return x + y;
        }
        [GraphFunction] public Tensor ThrowInHostSwitch(Tensor x, Tensor y, int mode)
        {
            while (x < 8) { Tensor by; switch (mode) { case 0: by = y; break; case 3: throw new InvalidOperationException($"three {x}"); default: by = 2; break; } x = x + by; if (x > 6) break; }
            return x;
        }
        [GraphFunction] public Tensor GuardsInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3)
            {
                if (mode == 2) throw new InvalidOperationException(nameof(mode));
                if (y > 5) throw new InvalidOperationException($"y {y}");
                if (mode == 1) return y; 
                x = x + 1;
            }
            return x;
        }
        [GraphFunction] public Tensor ThrowInSwitchArm(Tensor x, Tensor y, int mode)
        {
            Tensor a = mode switch { 0 => x, 1 when x > 3 => throw new InvalidOperationException($"arm {x}"), 2 => y, _ => x > -3 ? x : throw new InvalidOperationException("low") };
            return a;
        }
        [GraphFunction] public Tensor ExpressionInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { string s = mode == 1 ? throw new InvalidOperationException($"none {x}") : "ab"; x = x + s.Length; }
            return x + y;
        }
        [GraphFunction] public Tensor CoalesceInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { string? s = mode == 1 ? null : "ab"; string t = s ?? throw new InvalidOperationException($"none {x}"); x = x + t.Length; }
            return x + y;
        }
        [GraphFunction] public Tensor ArmInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { int k = mode switch { 0 => 1, 1 => throw new InvalidOperationException("one"), _ => 2 }; x = x + k; }
            return x + y;
        }
        [GraphFunction] public Tensor GuardShowsCounter(Tensor x, Tensor y, int mode)
        {
            for (int i = 0; i < 4; i++) { if (x > 6) break; if (i == mode) throw new InvalidOperationException($"i {i} {x}"); Log(x); x = x + y; }
            return x;
        }
        [GraphFunction] public Tensor GuardForNull(Tensor x, Tensor y, int mode)
        {
            string?[] names = ["a", "bb", mode == 1 ? null : "c", "d"];
            foreach (string? n in names) { if (x > 6) break; if (n == null) throw new InvalidOperationException($"null {x}"); x = x + n.Length; }
            return x + y;
        }
        [GraphFunction] public Tensor OperandOfOperand(Tensor x, Tensor y, int mode) => x > 3 ? (mode == 1 ? throw new InvalidOperationException($"m {mode} {x}") : y) : x;
        [GraphFunction] public Tensor OperandOfTuple(Tensor x, Tensor y, int mode) { (Tensor a, Tensor b) = x > 3 ? (x, y) : x < -3 ? throw new InvalidOperationException($"low {x}") : (y, x); return a * 10 + b; }
        [GraphFunction] public Tensor ReturnedThrow(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { if (y > 100) return y; return mode == 1 ? throw new InvalidOperationException($"m {mode} {x}") : y; }
            return x;
        }
        [GraphFunction] public Tensor ArmInGraphLoop(Tensor x, Tensor y, int mode)
        {
            while (x < 20) { int k = mode switch { 0 => 3, 1 => throw new InvalidOperationException($"m {mode} {x}"), _ => 4 }; x = x + k; if (x > 12) break; }
            return x;
        }
        [GraphFunction] public Tensor GuardOfIndex(Tensor x, Tensor y, int mode)
        {
            int[] sizes = [1, 2, 3];
            for (int i = 0; i < 5; i++) { if (x > 6) break; if (i == sizes.Length - mode) throw new InvalidOperationException($"i {i} {x}"); Log(x); x = x + sizes[i]; }
            return x;
        }
        [GraphFunction] public Tensor GuardExpressionInLoop(Tensor x, Tensor y, int mode)
        {
            string?[] names = ["a", "bb", mode == 1 ? null : "c", null, "e"];
            int i = 0;
            foreach (string? n in names) { if (x > 6) break; string s = n ?? throw new InvalidOperationException($"null {i} {x}"); i += s.Length; x = x + s.Length; }
            return x + y;
        }
        [GraphFunction] public Tensor GuardInNestedLoop(Tensor x, Tensor y, int mode)
        {
            if (x > 0)
            {
                for (int i = 0; i < 3; i++)
                {
                    for (int j = 0; j < 3; j++) { if (i * j == mode + 1) throw new InvalidOperationException($"{i} {j} {x}"); x = x + j; }
                    Log(x);
                }
            }
            return x + y;
        }
        [GraphFunction] public Tensor CoalescedTensor(Tensor x, Tensor y, int mode)
        {
            Tensor? z = mode == 1 ? null : y;
            if (x > 3) { x = z ?? throw new InvalidOperationException("no z"); x = x + 1; }
            return x + y;
        }
        [GraphFunction] public Tensor CaughtExpression(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { int k; try { k = mode == 1 ? throw new FormatException("one") : 1; } catch (FormatException) { k = 5; } x = x + k; }
            return x + y;
        }
        """, """
        public class Box { public Tensor V = 1; public Tensor P { get; set; } = 4; public Box? Next; public Tensor[] Cells = [1, 2, 3]; }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
