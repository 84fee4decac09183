namespace TensorGraph.Tests.Conformance;

/// <summary>Branches with variables, nulls, C# conditions and exceptions in and around them.</summary>
public sealed class BranchTests
{
    private static readonly Programs s_programs = new("""
        private readonly Variable _v = new(0);
        [GraphFunction] public Tensor VarInBranch(Tensor x, Tensor y, int mode) { _v.Assign(0); if (x > 3) _v.AssignAdd(1); return _v.Value; }
        [GraphFunction] public Tensor VarInBoth(Tensor x, Tensor y, int mode)
        {
            _v.Assign(x); if (x > 3) _v.AssignAdd(y); else { _v.AssignAdd(2); _v.AssignSub(x); }
            Log(_v); return _v + 1;
        }
        [GraphFunction] public Tensor VarReadAcross(Tensor x, Tensor y, int mode)
        {
            _v.Assign(x); Tensor before = _v; if (y > 3) { _v.Assign(y); Log(before); } return before * 100 + _v;
        }
        [GraphFunction] public Tensor VarInLoop(Tensor x, Tensor y, int mode) { _v.Assign(0); while (_v.Value < y) _v.AssignAdd(1); return _v.Value; }
        [GraphFunction] public Tensor VarInForeach(Tensor x, Tensor y, int mode)
        {
            Tensor xs = Ops.Iota(mode) * x + y; _v.Assign(0);
            foreach (Tensor e in xs) { _v.AssignAdd(1); if (_v > 2) break; _v.AssignAdd(e); }
            return _v.Value;
        }
        [GraphFunction] public Tensor NullThenValue(Tensor x, Tensor y, int mode)
        {
            Tensor? i = x; Tensor j = 1; if (mode > 0) { i = null; j = 2; } return i is null ? j : i + j;
        }
        [GraphFunction] public Tensor NullInBoth(Tensor x, Tensor y, int mode)
        {
            Tensor? i; Tensor j; if (x > 3) { i = null; j = 1; } else { i = null; j = 2; } return i is null ? j : i;
        }
        [GraphFunction] public Tensor HostComposed(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0, l = 0;
            if (mode > 1)
            {
                Tensor j = 0, s = 0; if (j < y) { s = s * 10 + i; j += 1; } else { s = s * 11 + j; j += 2; }
                l = l * 1000 + s + j; i += 1;
            }
            else
            {
                Tensor j = 0, s = 3; if (j < x) { s = s * 12 + i * j; j += 3; } else { s = s * 13 + j; j += 4; }
                l = l * 2000 + s + j; i += 1;
            }
            return l * 10 + i;
        }
        [GraphFunction] public Tensor MaskedByException(Tensor x, Tensor y, int mode)
        {
            Tensor r = 0; int k = 0;
            if (mode > 0)
            {
                try { if (mode > 1) throw new ArgumentException("m"); k = 1; } catch (ArgumentException) { }
                if (k == 0) r = x;
            }
            return x > 3 ? r + y : r;
        }
        [GraphFunction] public Tensor CatchAfterEarlyReturn(Tensor x, Tensor y, int mode)
        {
            if (x > 3) return 2 + y; try { return Raise(mode) + x; } catch (ArgumentException) { }
            return 1 - x;
        }
        private static Tensor Raise(int mode) => mode > 1 ? throw new ArgumentException("m") : 7;
        [GraphFunction] public Tensor CatchInside(Tensor x, Tensor y, int mode)
        {
            Tensor r = y; while (x < 9) { x = x + 3; try { r = r + Raise(mode); } catch (ArgumentException) { r = r + 100; } }
            return r;
        }
        [GraphFunction] public Tensor ReturnBeforeEmptyLoop(Tensor x, Tensor y, int mode)
        {
            if (x > 0) if (y > 3) return 1; for (Tensor i = 0; i < y; i++) { } foreach (Tensor i in Ops.Range(y)) ; return 2;
        }
        [GraphFunction] public Tensor PossiblyUndefined(Tensor x, Tensor y, int mode)
        {
            if (x > 0) { if (x < 5) return x; } else return x * x * x; throw new InvalidOperationException("none");
        }
        [GraphFunction] public Tensor CondOnCapturedVar(Tensor x, Tensor y, int mode)
        {
            _v.Assign(x); if (_v > 3) _v.Assign(y); if (_v.Value > 3 && x > 0 || _v < 0) return _v + 100; return _v;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
