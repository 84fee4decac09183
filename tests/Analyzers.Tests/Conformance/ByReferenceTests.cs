namespace TensorGraph.Tests.Conformance;

/// <summary>Helpers with out, ref and in parameters that they assign and read in branches, loops and operands.</summary>
public sealed class ByReferenceTests
{
    private static readonly Programs s_programs = new("""
        private Tensor _f = 1;
        private static void Split(in Tensor v, out Tensor a, out Tensor b) { if (v > 3) { a = v; b = v + 1; } else { b = v; a = v - 1; } }
        private static void Bump(ref Tensor v, in Tensor by) { if (v > 3) v = v - by; else v = v + by; }
        private static bool TryGet(int mode, Tensor v, out Tensor r) { r = v * 2; return mode > 0; }
        private static Tensor InPick(in Tensor v, in Tensor w) => v > 3 ? v : w > 2 && v > 0 ? w : v + w;
        private static void RefBump(ref Tensor v, in Tensor by) { if (v > 3 && by > 1) v = v - by; else v = v > 1 ? v + by : by; while (v < 5 && by > 0) { v = v + 2; } }
        private static Tensor OutAnd(Tensor v, out Tensor w) { w = v > 3 ? v : -v; if (v > 2 || w > 2) { w = w + 1; return w; } return v; }
        private static Tensor Get(Tensor v, out Tensor w) { w = v + 1; return v * 2; }
        private Tensor Get2(Tensor v, out Tensor w) { _f = _f + 1; w = v + 1; return v * 2; }
        [GraphFunction] public Tensor OutRefIn(Tensor x, Tensor y, int mode)
        {
            Split(x, out Tensor a, out var b); Split(in y, out _, out a);
            if (x > 3) { Split(b, out a, out Tensor c); b = b + c; } else Bump(ref b, a);
            for (Tensor i = 0; i < 3; i++) { Bump(ref b, y); Split(b, out a, out y); b = b + 5; if (y > 9) break; }
            if (TryGet(mode, x, out var r)) { if (r > 3) b = b + r; }
            return a * 100 + b + r;
        }
        [GraphFunction] public Tensor RefArgumentOfElement(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = [x, y];
            if (x > 3) { Bump(ref h[0], y); Split(x, out h[1], out h[0]); }
            else Bump(ref _f, y);
            Tensor r = h[0] * 100 + h[1] * 10 + _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor InParameters(Tensor x, Tensor y, int mode) => InPick(x, y) * 100 + InPick(in y, x + 1);
        [GraphFunction] public Tensor RefParameters(Tensor x, Tensor y, int mode) { RefBump(ref x, y); if (x > 4) RefBump(ref y, in x); return x * 100 + y; }
        [GraphFunction] public Tensor OutWithReturn(Tensor x, Tensor y, int mode) { Tensor a = OutAnd(x, out var b); a = a * 10 + OutAnd(y, out b); return a * 100 + b; }
        [GraphFunction] public Tensor OutVarInConditions(Tensor x, Tensor y, int mode)
        {
            if (Get(x, out var a) > 3) x = x + a; else x = x - a;
            if (Get(y, out var b) > 3 && mode == 0) x = x + b; else if (Get(x, out var c) > 9) x = x * c;
            return x * 100 + a + b;
        }
        [GraphFunction] public Tensor OutVarInWhile(Tensor x, Tensor y, int mode)
        {
            while (Get(x, out var t) < 9) { x = x + Ops.Abs(t); if (x > 6) break; x = x + 3; }
            while (Get(y, out var t) < 9) { y = y + 4; }
            while (Get(y, out var t) < 19) { y = y + t; }
            do { x = x + 4; } while (Get(x, out var t) < 20);
            for (Tensor i = 0; Get(i, out var t) < 5; i++) { y = y + t; }
            for (Tensor i = 0; Get(i, out var t) < 5; i++) { y = y + 1; }
            return x * 100 + y;
        }
        [GraphFunction] public Tensor OutVarInWhileEffects(Tensor x, Tensor y, int mode)
        {
            _f = 0; while (Get2(x, out var t) < 9) { x = x + 3; } while (Get2(y, out var t) < 9) { y = y + t + 5; } Tensor r = _f * 10000 + x * 100 + y; _f = 1; return r;
        }
        private Tensor _on = false;
        private Tensor _h = 0;
        private Tensor? _lazy;
        private (Tensor A, Tensor B) _pair;
        private Two? _two;
        private void Toggle(Tensor p, out Tensor on) { if (p > 3) on = !_on; else on = _on; }
        private void Step(Tensor e, out Tensor h) { if (e > 3) h = _h * 2 + e; else h = _h; }
        private void StepLate(Tensor e, out Tensor h) { if (e > 3) { h = e; e = _h + 1; } h = _h * 2 + e; if (e > 6) h = _h + 1; }
        private Tensor Current() => _h;
        private void StepByCall(Tensor e, out Tensor h) { if (e > 3) h = Current() * 2 + e; else h = Current(); }
        private void StepAndReturn(Tensor e, out Tensor h) { if (e > 3) { h = _h + e; return; } h = _h - e; }
        private void Between(Tensor e, Tensor to, out Tensor seen, ref Tensor h) { if (e > 3) h = e * 3; seen = _h; h = to; }
        private void BetweenOut(Tensor e, Tensor to, out Tensor seen, out Tensor h) { if (e > 3) h = e * 3; seen = _h; h = to; }
        private void StepInLoop(Tensor e, out Tensor h) { h = Ops.Abs(e); while (_h < 9) { h = _h * 2 + Ops.Abs(e) + 1; if (_h > 7) break; } }
        private void StepLazy(Tensor e, out Tensor h) { if (_lazy is null) h = e; else if (e > 3) h = _lazy + e; else h = _lazy; }
        private void StepPair(Tensor e, out (Tensor A, Tensor B) p) { if (e > 3) p = (_pair.B, e); else p = (e, _pair.A); }
        private void StepPart(Tensor e, out Tensor p) { if (e > 3) p = _pair.A + _pair.B; else p = _pair.A - e; }
        private void StepTwo(Tensor e, out Two p) { if (e > 3) { p = new Two(_f, e); return; } p = new Two(e, _two is null ? _f : _two.P); }
        private static void Upd(Tensor[] a, Tensor e, out Tensor r) { if (e > 3) r = a[0] + e; else r = a[0] * 2; }
        private static void UpdSpan(ReadOnlySpan<Tensor> a, Tensor e, out Tensor r) { if (e > 3) r = a[0] + e; else r = a[0] * 2; }
        private static void Go(in Tensor p, ref Tensor q, out Tensor r) { if (p > 3) { r = p + q; q = p; } else { r = q - p; q = q + p; } }
        private static void Tail(ref Tensor a, in Tensor b, out Tensor seen, Tensor to) { if (b > 3) a = b * 2; seen = b; a = to; }
        private static void Ask(Func<Tensor> now, Tensor e, out Tensor r) { if (e > 3) r = now() + e; else r = now() * 2; }
        [GraphFunction] public Tensor OutToFieldThatIsRead(Tensor x, Tensor y, int mode) { _on = x > 2; Toggle(x, out _on); Toggle(y, out _on); return _on; }
        [GraphFunction] public Tensor OutToFieldInLoop(Tensor x, Tensor y, int mode)
        {
            _h = y; foreach (Tensor e in Ops.Range(6)) Step(e + x, out _h); Tensor r = _h; StepByCall(y, out _h); return r * 100 + _h;
        }
        [GraphFunction] public Tensor OutToFieldTwice(Tensor x, Tensor y, int mode)
        {
            _h = y; StepLate(x, out _h); StepAndReturn(y, out _h); if (x > 3) StepAndReturn(x, out _h); else StepLate(y, out _h); return _h;
        }
        [GraphFunction] public Tensor PlaceReadBeforeTheLastWrite(Tensor x, Tensor y, int mode)
        {
            _h = y; Between(x, y + 1, out Tensor a, ref _h); Tensor r = a * 10 + _h; BetweenOut(y, x, out a, out _h);
            Tail(ref x, in x, out Tensor b, y); return r * 1000 + a * 100 + _h * 10 + b + x;
        }
        [GraphFunction] public Tensor OutToFieldOfLoop(Tensor x, Tensor y, int mode) { _h = y; StepInLoop(x, out _h); return _h; }
        [GraphFunction] public Tensor OutToLazyField(Tensor x, Tensor y, int mode)
        {
            _lazy = null; StepLazy(x, out _lazy); StepLazy(y, out _lazy); Tensor r = _lazy; _lazy = null; return r;
        }
        [GraphFunction] public Tensor OutToPair(Tensor x, Tensor y, int mode)
        {
            _pair = (x, y); StepPair(x, out _pair); StepPair(y, out _pair); StepPart(x, out _pair.A); StepPart(y, out _pair.B);
            Tensor r = _pair.A * 100 + _pair.B; _pair = (0, 0); return r;
        }
        [GraphFunction] public Tensor OutToRecord(Tensor x, Tensor y, int mode)
        {
            StepTwo(x, out Two a); StepTwo(y, out a); return a.P * 100 + a.Q;
        }
        [GraphFunction] public Tensor OutToElement(Tensor x, Tensor y, int mode)
        {
            Tensor[] a = [x, y]; Upd(a, x, out a[0]); if (y > 3) Upd(a, y, out a[0]); UpdSpan(a, x + 1, out a[0]); return a[0] * 100 + a[1];
        }
        [GraphFunction] public Tensor OutToArgument(Tensor x, Tensor y, int mode)
        {
            Go(in x, ref y, out x); Tensor r = x * 100 + y; Go(in y, ref y, out x); return r * 100 + x * 10 + y;
        }
        [GraphFunction] public Tensor OutToCaptured(Tensor x, Tensor y, int mode)
        {
            Tensor h = y; Ask(() => h, x, out h); Local(y, out h); Local(x, out h); return h;
            void Local(Tensor e, out Tensor r) { if (e > 3) r = h + e; else r = h * 2; }
        }
        [GraphFunction] public Tensor OutToOtherType(Tensor x, Tensor y, int mode)
        {
            Tensor a = x > 3; a = a | a; StepAndReturn(x, out a); return a + y;
        }
        private static Tensor s_last = 0;
        private static void StepStatic(Tensor e, out Tensor h) { if (e > 3) h = s_last + e; else h = s_last * 2; }
        private void Outer(Tensor e, out Tensor h) { Step(e, out h); if (e > 3) h = h + _h; else if (e > 0 && _h > e) Step(h, out h); }
        private static void StepCell(Box b, Tensor e, out Tensor h) { if (e > 3) { h = b.H + e; return; } h = b.H * 2; }
        private void StepAnd(Tensor e, out Tensor h) { h = e; if (e > 1 && _h > 3) h = _h > 5 ? _h - e : h + _h; }
        private void StepSwitch(Tensor e, int mode, out Tensor h)
        {
            switch (mode) { case 0 when e > 3: h = _h + 1; break; case 0: h = _h + 2; break; default: h = e > 3 ? _h : -_h; break; }
        }
        private void StepThrow(Tensor e, out Tensor h) { if (e > 100) throw new InvalidOperationException(); if (e > 3) h = _h + e; else h = _h; }
        private bool TryStep(Tensor e, int mode, out Tensor h) { if (mode == 0) { h = _h; return false; } if (e > 3) h = _h + e; else h = _h - e; return true; }
        [GraphFunction] public Tensor OutToStatic(Tensor x, Tensor y, int mode) { s_last = x; StepStatic(y, out s_last); StepStatic(x, out s_last); return s_last; }
        private void Grow(Tensor e, out Tensor h) { while (true) { h = _h * 2 + e; e = e + 1; if (e > 5) break; } }

        private void GrowPair(Tensor e, out (Tensor A, Tensor B) p) { while (true) { p = (_h * 2 + e, e); e = e + 1; if (e > 5) break; } _pair = p; e = _pair.A; }

        [GraphFunction] public Tensor OutStartsWithNothing(Tensor x, Tensor y, int mode)
        {
            _h = y; Grow(x, out Tensor r); Grow(y, out var s); Grow(y, out _); Tensor t; Grow(x + 1, out t); if (x > 2) Grow(x, out s); return r * 100 + s * 10 + t;
        }

        [GraphFunction] public Tensor OutOfPartsStartsWithNothing(Tensor x, Tensor y, int mode) { _h = y; GrowPair(x, out var p); GrowPair(y, out (Tensor A, Tensor B) q); return p.A + q.B; }

        private void GrowFrom(out Tensor h) { while (true) { h = _h * 2 + 1; _h = h; if (h > 20) break; } }

        private void GrowAll<T>(T with, Tensor e, out Tensor h, out T same) { Grow(e, out h); same = with; }

        [GraphFunction] public Tensor OutAloneStartsWithNothing(Tensor x, Tensor y, int mode)
        {
            _h = Ops.Abs(x); GrowFrom(out var r); _h = y; Grow(h: out Tensor s, e: y); GrowAll(x, y, out Tensor t, out var u); GrowAll(3, y, out var _, out int n); Local(x, out var v);
            return r * 1000 + s * 100 + t * 10 + u + n + v;
            void Local(Tensor e, out Tensor h) { while (true) { h = s * 2 + e; e = e + 1; if (e > 5) break; } }
        }

        [GraphFunction] public Tensor OutStartsWithNothingInCondition(Tensor x, Tensor y, int mode)
        {
            _h = y; for (int i = 0; i < 2 && TryGrow(x + i, out Tensor r); i++) x = x + r; return TryGrow(y, out var s) && mode == 0 ? s + x : x;
        }

        private bool TryGrow(Tensor e, out Tensor h) { Grow(e, out h); while (h > 9) { h = h - _h - 1; if (h < 3) break; } return true; }

        [GraphFunction] public Tensor OutWithoutControlFlow(Tensor x, Tensor y, int mode) { _h = y; Tensor t; Grow(x, out t); Grow(y, out Tensor r); return t - r; }

        [GraphFunction] public Tensor OutHandedOn(Tensor x, Tensor y, int mode) { _h = y; Outer(x, out _h); Outer(y, out _h); return _h; }
        [GraphFunction] public Tensor OutToObject(Tensor x, Tensor y, int mode)
        {
            var b = new Box { H = x }; StepCell(b, y, out b.H); StepCell(b, x, out b.H); Box[] all = [b, new Box { H = y }]; StepCell(all[1], x, out all[1].H);
            return b.H * 100 + all[1].H;
        }
        [GraphFunction] public Tensor OutReadInOperands(Tensor x, Tensor y, int mode) { _h = y; StepAnd(x, out _h); StepAnd(y, out _h); return _h; }
        [GraphFunction] public Tensor OutReadInSwitch(Tensor x, Tensor y, int mode) { _h = y; StepSwitch(x, mode, out _h); StepSwitch(y, mode, out _h); StepThrow(x, out _h); return _h; }
        [GraphFunction] public Tensor OutOfTry(Tensor x, Tensor y, int mode)
        {
            _h = y; if (TryStep(x, mode, out _h)) _h = _h + 1; while (_h < 20) { if (TryStep(_h, mode, out _h)) _h = Ops.Abs(_h) + 4; else _h = _h + 7; } return _h;
        }
        [GraphFunction] public Tensor OutToPartOfStruct(Tensor x, Tensor y, int mode)
        {
            var p = new Part { P = x, Q = y }; p.Set(x, out p.P); p.Set(y, out p.Q); return p.P * 100 + p.Q;
        }
        """, "public class Box { public Tensor H = 0; } public partial struct Part { public Tensor P, Q; public void Set(Tensor e, out Tensor r) { r = e; if (e > 3) r = P + Q * 2; } } public partial record Two(Tensor P, Tensor Q);", hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
