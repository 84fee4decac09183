namespace TensorGraph.Tests.Conformance;

/// <summary>Fields that change through delegates, local functions, method groups and constructors: carried where these may be called, wherever they were made.</summary>
public sealed class IndirectChangeTests
{
    private static readonly Programs s_programs = new("""
        private Tensor _f = 1;
        private void Bump() { _f = _f + 1; }
        private void BumpBy(Tensor v) { if (v > 2) _f = _f + v; else Bump(); }
        private void TwoSteps() { Action a = Bump; a(); a(); }
        private void Repeat(Action a) { a(); a(); }
        [GraphFunction] public Tensor MethodGroupWritesField(Tensor x, Tensor y, int mode)
        {
            _f = 1; Action a = Bump; if (x > 3) a(); Tensor r = _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor LocalFunctionCallsWriter(Tensor x, Tensor y, int mode)
        {
            _f = 1; void L() { Bump(); } if (x > 3) L(); for (Tensor i = 0; i < 2; i++) L(); Tensor r = _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor LambdaCallsWriter(Tensor x, Tensor y, int mode)
        {
            _f = 1; Action<Tensor> a = v => BumpBy(v); if (x > 3) a(x); else a(y); while (_f < 9) a(2); Tensor r = _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor HelperWithMethodGroup(Tensor x, Tensor y, int mode)
        {
            _f = 1; if (x > 3) TwoSteps(); Tensor r = _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor DelegateHandedIn(Tensor x, Tensor y, int mode)
        {
            _f = 1; if (x > 3) Repeat(Bump); if (y > 1) Repeat(() => _f = _f + 10); Tensor r = _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor DelegateMadeBefore(Tensor x, Tensor y, int mode)
        {
            _f = 1; Action a = () => _f = _f * 2; Action b = a + Bump; if (x > 3) b(); Tensor r = _f; _f = 1; return r;
        }
        [GraphFunction] public Tensor ConstructorWritesStatic(Tensor x, Tensor y, int mode)
        {
            Box.Made = 0; if (y > 1) { var b = new Box(y); x = b.V; } Tensor r = Box.Made; Box.Made = 0; return r * 100 + x;
        }
        """, """
        public class Box { public Tensor V = 1; public static Tensor Made = 0; public Box(Tensor v) { V = v; Made = Made + v; } }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
