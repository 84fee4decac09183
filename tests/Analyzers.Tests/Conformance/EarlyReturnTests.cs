namespace TensorGraph.Tests.Conformance;

/// <summary>Returns: in one branch, in both, nested, in loops that may make no turn, through try and using, before code that cannot be reached.</summary>
public sealed class EarlyReturnTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor NoReturnTaken(Tensor x, Tensor y, int mode) { if (x > 3) { return y; } return x; }
        [GraphFunction] public Tensor ReturnInBothThenDead(Tensor x, Tensor y, int mode) { if (x > 3) { return y; } else { return x * 2; } }
        #pragma warning disable CS0162
        [GraphFunction] public Tensor Unreachable(Tensor x, Tensor y, int mode) { if (x > 3) { return y; x = x + 1; } return x; y = y + 1; Log(y); return y; }
        [GraphFunction] public Tensor UnreachableLoop(Tensor x, Tensor y, int mode) { while (x < 9) { x = x + 2; continue; x = x * 100; } return x; }
        [GraphFunction] public Tensor UnreachableAfterBoth(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { if (y > 3) return x; else return y; Log(x); } return x + y;
        }
        #pragma warning restore CS0162
        [GraphFunction] public Tensor ElifChain(Tensor x, Tensor y, int mode)
        {
            if (x > 6) return x; else if (x > 3) return y; else if (x > 0) { y = y + 1; } else return x - y; return y * 10;
        }
        [GraphFunction] public Tensor ReturnOnlyInElse(Tensor x, Tensor y, int mode) { if (x > 3) { x = x + 1; } else { return y; } return x; }
        [GraphFunction] public Tensor Deep(Tensor x, Tensor y, int mode)
        {
            if (x > 0) { if (y > 2) { if (x > 5) { return x; } y = y + 1; } else { return y * 7; } x = x + 10; } return x + y;
        }
        [GraphFunction] public Tensor ReturnNested(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { if (y > 3) return x * y; } if (x > 0) { if (y > 1) return x - y; else Log(x); } return x;
        }
        [GraphFunction] public void VoidReturn(Tensor x, Tensor y, int mode) { if (x > 3) { Log(x); return; } Log(y); if (y > 3) return; Log(x + y); }
        [GraphFunction] public void VoidInLoop(Tensor x, Tensor y, int mode)
        {
            while (x < 9) { if (y > 6) { Log(y); return; } x = x + 2; y = y + 1; Log(x); } Log(x * 10);
        }
        [GraphFunction] public Tensor UsingWithReturn(Tensor x, Tensor y, int mode) { using (new Probe(null)) { if (x > 3) return x; y = y + 1; } return y; }
        [GraphFunction] public Tensor UsingDeclaration(Tensor x, Tensor y, int mode)
        {
            using var p = new Probe(null); if (x > 3) return x; y = y + 1; if (y > 3) return y; return x + y;
        }
        [GraphFunction] public Tensor UsingInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { using var p = new Probe(null); y = y + 1; if (y > 5) return y; } return x + y;
        }
        [GraphFunction] public Tensor TryReturn(Tensor x, Tensor y, int mode) { try { if (x > 3) return y; x = x + 1; } finally { Log(x); } return x; }
        [GraphFunction] public Tensor TryBoth(Tensor x, Tensor y, int mode) { try { if (x > 3) return y; else return x; } finally { Log(y); } }
        [GraphFunction] public Tensor TryReturnsAtEnd(Tensor x, Tensor y, int mode) { try { if (x > 3) return y; x = x * 3; return x; } finally { Log(y); } }
        [GraphFunction] public Tensor FinallyWithBranch(Tensor x, Tensor y, int mode)
        {
            try { if (x > 3) return y; x = x + 1; } finally { if (x > 1) { Log(x); } else Log(y); } return x + y;
        }
        [GraphFunction] public Tensor FinallyChangesAfterReturnValue(Tensor x, Tensor y, int mode)
        {
            try { if (x > 3) return x; y = x; } finally { x = x + 100; } return x + y;
        }
        [GraphFunction] public Tensor NestedTry(Tensor x, Tensor y, int mode)
        {
            try { try { if (x > 3) return x; Log(x); } finally { Log(y); } if (y > 3) return y; } finally { Log(x + y); } return x * y;
        }
        [GraphFunction] public Tensor TryInLoop(Tensor x, Tensor y, int mode)
        {
            while (x < 9)
            {
                try { if (y > 6) break; if (x > 4) { y = y + 2; continue; } if (y > 20) return y; } finally { x = x + 1; Log(x); }
                y = y + 1;
            }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor TryInHostLoop(Tensor x, Tensor y, int mode)
        {
            for (int i = 0; i < 4; i++) { try { if (y > 6) break; if (x > 4) { y = y + 2; continue; } } finally { x = x + i; Log(x); } y = y + 1; }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor HostReturnInStaged(Tensor x, Tensor y, int mode)
        {
            while (x < 9) { x = x + 3; if (mode == 1) return x; if (mode == 2 && y > 3) return y; } return x * 10;
        }
        [GraphFunction] public Tensor ReturnCallsHelper(Tensor x, Tensor y, int mode) { if (x > 3) return Twice(x); return Twice(y); }
        private Tensor Twice(Tensor v) { Log(v); if (v > 4) return v; return v * 2; }
        [GraphFunction] public (Tensor, Tensor) ReturnTuple(Tensor x, Tensor y, int mode)
        {
            if (x > 3) return (x, y); if (y > 3) { var t = (y, x); return t; } return (x + 1, y + 1);
        }
        [GraphFunction] public Pair ReturnRecord(Tensor x, Tensor y, int mode)
        {
            if (x > 3) return new Pair(x, y); if (y > 3) { var t = new Pair(y, x); return t with { Second = x * 5 }; } return new(x, x);
        }
        [GraphFunction] public Tensor ReturnConstant(Tensor x, Tensor y, int mode) { if (x > 3) return 1; if (x > 0) return 2; return 3; }
        [GraphFunction] public Tensor ReturnFromHostIf(Tensor x, Tensor y, int mode)
        {
            if (mode == 1) { if (x > 3) return y; } else if (mode == 2) { return x; } else { if (y > 3) return y * 2; } return x + y;
        }
        [GraphFunction] public Tensor EffectsAroundReturn(Tensor x, Tensor y, int mode)
        {
            Log(x); if (x > 3) { Log(y); return x; } Log(x + y); if (y > 3) { Log(y * 2); return y; } Log(x * y); return x * y;
        }
        [GraphFunction] public Tensor ThrowOrReturn(Tensor x, Tensor y, int mode)
        {
            if (x > 3) return x; else if (y > 3) throw new InvalidOperationException($"y {y}"); else Log(y); return y;
        }
        [GraphFunction] public Tensor ThrowLast(Tensor x, Tensor y, int mode)
        {
            if (x > 3) return x; if (x > 0) return y; throw new InvalidOperationException($"x {x}");
        }
        [GraphFunction] public Tensor ZeroTrip(Tensor x, Tensor y, int mode) { for (Tensor i = 0; i < x - 100; i++) { return i; } return y; }
        [GraphFunction] public Tensor ZeroTripThrow(Tensor x, Tensor y, int mode)
        {
            for (Tensor i = 0; i < x; i++) { return i + y; } throw new InvalidOperationException("no turn");
        }
        [GraphFunction] public Tensor FirstElement(Tensor x, Tensor y, int mode)
        {
            foreach (Tensor i in Ops.Range(x)) { if (i > 2) return i * 10; } return y;
        }
        """, """
        public sealed class Probe(List<string>? lines) : IDisposable { public void Dispose() => lines?.Add("left"); }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
