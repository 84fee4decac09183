namespace TensorGraph.Tests.Conformance;

/// <summary>The heads of loops: several counters, effects in each part, conditions that assign, loops that only a jump ends.</summary>
public sealed class LoopHeadTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        private readonly List<Tensor> _list = [1, 2, 3];
        [GraphFunction] public Tensor LoopVariableOfOuterFor(Tensor x, Tensor y, int mode)
        {
            Tensor i; for (i = 0; i < 5; i++) { if (i > x) break; } Tensor j = 0, k = 9; for (; j < k; j++, k--) { if (j == 3) continue; y = y + j; }
            for (int a = 0, b = 4; a < b; a++, b--) { if (x > a) y = y + b; }
            return i * 1000 + j * 100 + k * 10 + y;
        }
        [GraphFunction] public Tensor ForInitialiserOrder(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = Shown(x), j = Shown(i + 1); Shown(i) < Shown(j + 2); i = Shown(i + 2), j = j - 1) { if (i > 8) break; Log(j); if (j > 4) continue; y = y + i; }
            return y;
        }
        [GraphFunction] public Tensor DoWithOnceAndBreak(Tensor x, Tensor y, int mode)
        {
            do { if (x > 3) break; x = x + 1; } while (false); do { y = y + 1; if (y > 8) return y; } while (y < x); bool again = false; do { x = x * 2; if (x > 10) continue; x++; } while (again);
            return x * 100 + y;
        }
        [GraphFunction] public Tensor WhileTrueReturnOnly(Tensor x, Tensor y, int mode)
        {
            while (true) { x = x + 2; if (x > 6) { if (y > 3) return x; y = y + 1; continue; } for (; ; ) { y = y - 1; if (y < 0) break; } y = y + 4; }
        }
        [GraphFunction] public Tensor InfiniteHostLoopTensorBreak(Tensor x, Tensor y, int mode)
        {
            for (int k = 0; k < 5; k++) { if (x > 6) break; x = x + k; } foreach (int k in Enumerable.Range(0, 4)) { if (k == mode) continue; if (y > 6) break; y = y + k; }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor TupleSwapInCondition(Tensor x, Tensor y, int mode)
        {
            Tensor a = x, b = y, turns = 0;
            while (((a, b) = (b, a - 1)).a > 0 && turns < 6) turns = turns + 1;
            return a * 100 + b * 10 + turns;
        }
        [GraphFunction] public Tensor ReadOnlyAfterLoopOfHost(Tensor x, Tensor y, int mode)
        {
            Tensor last = y; foreach (var t in _list) { if (t > 1) { last = t + x; if (last > 6) continue; } y = y + last; } return last * 100 + y;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
