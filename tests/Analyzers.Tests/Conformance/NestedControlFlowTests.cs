namespace TensorGraph.Tests.Conformance;

/// <summary>Loops and branches in one another: C# in tensor and tensor in C#, jumps that leave one of several, variables with the same names.</summary>
public sealed class NestedControlFlowTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor WhileInFor(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++) { Tensor k = 0; while (k < i) { x = x + k + y; k = k + 1; } } return x;
        }
        [GraphFunction] public Tensor ForInWhile(Tensor x, Tensor y, int mode)
        {
            while (x < 30) { for (Tensor i = 0; i < y; i++) { x = x + i; if (x > 25) break; } x = x + 7; } return x;
        }
        [GraphFunction] public Tensor ThreeDeep(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++) for (Tensor j = 0; j < 3; j++) for (Tensor k = 0; k < 3; k++)
            {
                if (k > j) break; if (j > i) continue; x = x + i * j + k;
            }
            return x;
        }
        [GraphFunction] public Tensor HostInTensor(Tensor x, Tensor y, int mode)
        {
            while (x < 20) { for (int k = 0; k < 3; k++) { if (k == 1) continue; x = x + k; if (x > y * 3) break; } x = x + 1; } return x;
        }
        [GraphFunction] public Tensor TensorInHost(Tensor x, Tensor y, int mode)
        {
            for (int k = 0; k < 3; k++) { while (x < k * 5) { x = x + 2; if (x > y) break; } if (x > 12) break; } return x;
        }
        [GraphFunction] public Tensor BreakInnerOnly(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 4; i++) { for (Tensor j = 0; j < 4; j++) { if (j > 1) break; x = x + j; } x = x + 10; } return x;
        }
        [GraphFunction] public Tensor FlagOut(Tensor x, Tensor y, int mode)
        {
            Tensor found = false;
            for (Tensor i = 0; i < 4; i++)
            {
                for (Tensor j = 0; j < 4; j++) { if (i * j > y) { found = true; break; } x = x + j; } if (found) break;
            }
            return found ? x : -x;
        }
        [GraphFunction] public Tensor IfInLoopInIf(Tensor x, Tensor y, int mode)
        {
            if (x > 0)
            {
                while (x < 12) { if (x > 6) { x = x + y; if (y > 5) break; } else x = x + 1; }
            }
            else
            {
                foreach (Tensor i in Ops.Range(3)) { if (i > 1) x = x + i; else y = y + i; }
            }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor LoopAfterLoop(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0; while (i < 3) { x = x + i; i++; } while (i > 0) { y = y + i; i--; } return x * 100 + y + i;
        }
        [GraphFunction] public Tensor SameNames(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++) { Tensor t = i * 2; x = x + t; }
            for (Tensor i = 0; i < 3; i++) { Tensor t = i * 3; y = y + t; } { Tensor t = x - y; return t; }
        }
        [GraphFunction] public Tensor SwitchInLoop(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 5; i++)
            {
                switch (mode)
                {
                    case 0 when i > 2: x = x + 100; break; case 1: if (i > 3) continue; x = x + 1; break; case 2 when x > 20: return x;
                    default: if (y > 6) break; x = x + y; break;
                }
                x = x + 2;
            }
            return x;
        }
        [GraphFunction] public Tensor LoopInSwitch(Tensor x, Tensor y, int mode)
        {
            switch (mode)
            {
                case 0: while (x < 9) { x = x + 2; if (y > 9) break; } break;
                case 1 when x > 3: for (Tensor i = 0; i < 3; i++) { if (i > 1) return x + i; x = x + y; } break;
                case int m when y > m: foreach (Tensor r in Ops.Range(y)) { if (r > m) break; x = x + r; } break; default: x = x - 1;
                break;
            }
            return x;
        }
        [GraphFunction] public Tensor MutualCarry(Tensor x, Tensor y, int mode)
        {
            Tensor a = x, b = y, c = 0;
            while (a < 40) { (a, b, c) = (b + 1, c + a, a); if (c > 10) { (a, b) = (b, a); continue; } a = a + 3; }
            return a * 10000 + b * 100 + c;
        }
        [GraphFunction] public Tensor DoInDo(Tensor x, Tensor y, int mode)
        {
            do { do { y = y + 1; if (y > 7) break; } while (y < x); x = x + y; } while (x < 25 && y < 11); return x * 100 + y;
        }
        [GraphFunction] public Tensor DoContinue(Tensor x, Tensor y, int mode)
        {
            do { x = x + 2; if (x > 5) continue; y = y + 1; } while (x < 12); return x * 100 + y;
        }
        [GraphFunction] public Tensor DoContinueBreak(Tensor x, Tensor y, int mode)
        {
            do { x = x + 2; if (x > 8) break; if (x > 5) continue; y = y + 1; } while (Shown(x) < 12); return x * 100 + y;
        }
        private Tensor Shown(Tensor v) { Log(v); return v; }
        [GraphFunction] public Tensor WhileShown(Tensor x, Tensor y, int mode)
        {
            while (Shown(x) < 12 && Shown(y) < 9) { x = x + 4; if (x > 9) { y = y + 3; continue; } y++; } return x * 100 + y;
        }
        [GraphFunction] public Tensor ForNoCondition(Tensor x, Tensor y, int mode) { for (Tensor i = 0; ; i++) { if (i > y) break; x = x + i; } return x; }
        [GraphFunction] public Tensor ForNoIncrement(Tensor x, Tensor y, int mode) { for (Tensor i = 0; i < 5;) { i = i + 2; x = x + i; } return x; }
        [GraphFunction] public Tensor ForDown(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 5; i >= 0; i -= 2) { if (i > x) continue; y = y + i; } return y;
        }
        [GraphFunction] public Tensor ForCondChanges(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < y; i++) { y = y - 1; x = x + i; } return x * 10 + y;
        }
        [GraphFunction] public Tensor ForSharedOuter(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0; for (; i < 9; i = i + y % 3 + 1) { x = x + i; if (x > 15) break; } return x * 100 + i;
        }
        [GraphFunction] public Tensor HostCountedInStagedIf(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { int n = 0; for (int i = 0; i < 3; i++) n += i; x = x + n; } else { int n = 1; while (n < 10) n *= 2; x = x + n; }
            return x;
        }
        [GraphFunction] public Tensor HostLocalInLoop(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++) { int k = 2; k += mode; string s = "a" + k; x = x + k + s.Length; } return x;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
