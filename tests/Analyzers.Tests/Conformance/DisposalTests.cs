namespace TensorGraph.Tests.Conformance;

/// <summary>Effects of <c>using</c> and <c>finally</c> at the end of a block that a branch, a loop or a jump leaves: it is a part of that block, whatever it changes.</summary>
public sealed class DisposalTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor UsingInLoop(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < 3; i++)
            {
                using var s = new Scope(() => { });
                x = x + i;
                if (x > 5) continue;
                y = y + 1;
                if (y > 7) break;
            }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor UsingDisposesTensor(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            if (x > 3) { using var s = new Scope(() => n = n + y); n = x; if (y > 5) return n; n = n + 1; }
            using (new Scope(() => n = n * 2)) { if (y > 1) n = n + 3; }
            return n;
        }
        [GraphFunction] public Tensor ContinueInUsing(Tensor x, Tensor y, int mode)
        {
            Tensor v = 0, n = 0;
            foreach (Tensor i in Ops.Range(4))
            {
                using (new Scope(() => n = n + 1)) { if (i + x > 4) continue; using (new Scope(() => n = n * 2)) v = v * 3 + i; }
                v = v + n;
                using (new Scope(() => n = n + 3)) v = v + 1;
                v = v + n;
            }
            return v * 100 + n;
        }
        [GraphFunction] public Tensor ReturnInUsing(Tensor x, Tensor y, int mode)
        {
            Tensor n = 1;
            for (Tensor i = 0; i < y; i++)
            {
                using (new Scope(() => n = n + 1)) { if (i * x > 20) return n; }
                using var s = new Scope(() => n = n + 10);
                if (n > 40) return n * 2;
            }
            return n * 3;
        }
        [GraphFunction] public Tensor NestedTryFinally(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            try
            {
                try { if (x > 3) { n = 5; return n + x; } n = n + 1; }
                finally { n = n + 10; Log(n); }
                if (y > 5) return n + y;
                n = n + 100;
            }
            finally { n = n * 2; Log(n); }
            return n;
        }
        [GraphFunction] public Tensor FinallyInLoop(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            for (Tensor i = 0; i < 4; i++)
            {
                try { if (i > x) break; if (i > y) continue; n = n + i; if (n > 4) return n; }
                finally { n = n + 10; Log(n); }
            }
            return n;
        }
        """, """
        public sealed class Scope(Action end) : IDisposable { public void Dispose() => end(); }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
