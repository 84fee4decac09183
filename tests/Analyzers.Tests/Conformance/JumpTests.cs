namespace TensorGraph.Tests.Conformance;

/// <summary>Jumps that depend on each other, on effects, and on the place where they stand.</summary>
public sealed class JumpTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        [GraphFunction] public Tensor SecondBreakDependsOnFirst(Tensor x, Tensor y, int mode)
        {
            Tensor product = 1;
            while (true) { if (y > 4) product = product * x; else break; if (product > 20 || product < 1) break; y = y - 1; }
            return product * 10 + y;
        }
        [GraphFunction] public Tensor EffectsOfConditionsBetweenContinues(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            for (Tensor i = 0; i < 5; i++) { if (Shown(i * x) > 9) continue; if (Shown(i + y) == 4) continue; n = n * 3 + Shown(i); }
            return n;
        }
        [GraphFunction] public Tensor BreakDeepInside(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0, b = 1;
            foreach (Tensor i in Ops.Range(8)) { if (i > x) { if (i * y > 12) { b = b * i; break; } a = a + 2; } else if (i == y) a = a - i; b = b + a; }
            return a * 1000 + b;
        }
        [GraphFunction] public Tensor LocalBetweenLoops(Tensor x, Tensor y, int mode)
        {
            Tensor total = 0, inner = 10;
            for (Tensor outer = y; outer > 0; outer--)
            {
                while (inner > outer * 2) inner = inner - x * x - 1;
                Tensor gap = outer * 2 - inner; total = total + gap * outer; inner = 10 - gap;
            }
            return total * 100 + inner;
        }
        [GraphFunction] public Tensor SuperfluousReturn(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { return x; y = x; }
            return y; 
            return x + y;
        }
        [GraphFunction] public Tensor OnlyElseReturns(Tensor x, Tensor y, int mode) { if (y > 5) { y = y - x; } else { return y + 1; } return y * 2; }
        private void Nothing(Tensor v) { if (v > 4) { Log(v); return; } Log(-v); if (v > 2) return; Log(v * 2); }
        [GraphFunction] public Tensor VoidReturns(Tensor x, Tensor y, int mode) { Nothing(x); if (y > 3) Nothing(y); for (Tensor i = 0; i < 3; i++) Nothing(i + x); return x; }
        [GraphFunction] public Tensor CheckedBlock(Tensor x, Tensor y, int mode)
        {
            checked { if (x > 3) { unchecked { x = x * 2; if (y > 3) return x; } } x = checked(x + (int)1); }
            return x;
        }
        [GraphFunction] public Tensor EmptyStatements(Tensor x, Tensor y, int mode)
        {
            ; if (x > 3) ; else { } if (y > 3) { ; } else ; for (Tensor i = 0; i < 3; i++) ; while (x < 0) { x++; ; } { { if (x > 3) return y; } }
            return x;
        }
        [GraphFunction] public Tensor SwitchFallsToHost(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            switch (mode) { case 0: case 1: if (x > 3) { n = 1; break; } n = 2; break; case 2: { if (y > 3) { n = 3; } else break; n = n + 1; break; } case 3 when y > 100: n = 9; break; default: n = x; break; }
            return n;
        }
        [GraphFunction] public Tensor HostBreakAfterTensorContinue(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            for (int k = 0; k < 5; k++) { if (x > 3 + k) continue; if (k == mode) break; n = n + 1 + k; }
            return n * 10 + y;
        }
        [GraphFunction] public Tensor HostReturnAfterTensorContinue(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0; int k = 0;
            while (k < 5) { k++; if (x > 4 + k) continue; if (k == mode) return n; n = n + y; }
            return n * 10 + y;
        }
        [GraphFunction] public Tensor HostBreakAfterContinueInInnerLoop(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            foreach (int i in new[] { 1, 2, 3 }) { foreach (int k in new[] { 1, 2, 3 }) { if (x + i > 4 + k) { if (y > 3) continue; } if (k == mode) break; n = n + k; } if (i == mode) break; n = n * 2; }
            return n;
        }
        [GraphFunction] public Tensor SwitchInLoopContinue(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            for (int k = 0; k < 4; k++)
            {
                switch (k) { case 0: if (x > 3) continue; n = n + 1; break; case 1 when y > 3: n = n + 10; continue; case 2: if (x > 8) break; n = n + 100; break; default: n = n + 1000; break; }
                n = n * 2;
            }
            return n;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
