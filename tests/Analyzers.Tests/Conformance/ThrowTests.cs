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
        """, """
        public class Box { public Tensor V = 1; public Tensor P { get; set; } = 4; public Box? Next; public Tensor[] Cells = [1, 2, 3]; }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
