namespace TensorGraph.Tests.Conformance;

/// <summary>Facts that the compiler takes from the place of a call, and calls that it leaves out: a twin is at another place, under another name.</summary>
public sealed class CallSiteTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Noted(Tensor v, [CallerMemberName] string who = "") { if (v > 3) Ops.HostCall((Tensor t) => Lines.Add($"{who} {t}"), v); return v; }
        private Tensor Placed(Tensor v, int plus = 1, [CallerLineNumber] int line = 0) { if (v > 3) v = v + plus; return v + line; }
        private Tensor Quoted(Tensor v, Tensor w, [CallerArgumentExpression("w")] string text = "") { if (w > 3) Ops.HostCall((Tensor t) => Lines.Add($"{text} is {t}"), w); return v; }
        private void Raw(Tensor v, [CallerMemberName] object? who = null) => Ops.HostCall((Tensor t) => Lines.Add($"{who} {t}"), v);
        private Tensor Own { get { if (_own > 3) return Noted(_own + 1); return Noted(_own); } set { if (value > 5) _own = Noted(value); else _own = value; } }
        private Tensor _own = 0;
        private Tensor this[int i] { get { if (_own > 3) return Noted(_own * i); return _own; } }
        private sealed partial class Made
        {
            public Tensor Value; public string Who;
            public Made(Tensor v, [CallerMemberName] string who = "") { Who = who; if (v > 3) Value = v * 2; else Value = v; }
        }
        private partial class Base { public string Who; public Tensor Value; public Base(Tensor v, [CallerMemberName] string who = "") { Who = who; if (v > 3) Value = v; else Value = -v; } }
        private partial class Derived : Base { public Derived(Tensor v) : base(v) { } public Derived(Tensor v, int plus) : this(v + plus) { if (v > 8) Value = v; } }
        [Conditional("NEVER_DEFINED")] private void Left(Tensor v) { if (v > 3) Log(v); }
        [Conditional("NEVER_DEFINED"), Conditional("DEBUG")] private void Kept(Tensor v) { if (v > 3) Log(v); }
        private Tensor Loud(Tensor v) { Log(v); return v; }
        [GraphFunction] public Tensor NameOfMember(Tensor x, Tensor y, int mode) { if (x > 1) Noted(x); Raw(y); return Noted(y); }
        [GraphFunction] public Tensor NameInLambdasAndLocalFunctions(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor> f = v => { if (v > 1) return Noted(v); return v; }; Tensor Local(Tensor v) { if (v > 1) return Noted(v); return Noted(-v); }
            return f(x) + Local(y) + (x > y ? Noted(x) : Noted(y, "given"));
        }
        [GraphFunction] public Tensor NameInMembers(Tensor x, Tensor y, int mode) { Own = x; Tensor a = Own; if (x > 1) Own = y; return a + Own + this[2]; }
        [GraphFunction] public Tensor NameInHostCalls(Tensor x, Tensor y, int mode)
        {
            if (x > 1) { Ops.HostCall((Tensor t) => Raw(t), x); Ops.HostCall(t => Lines.Add(Tag("a", Tag("b"))), y); } return x;
        }
        private static string Tag(string text, string more = "", [CallerMemberName] string who = "") => text + more + who;
        [GraphFunction] public Tensor NameForConstructors(Tensor x, Tensor y, int mode)
        {
            var made = new Made(x); Made other = new(y, who: "given"); var derived = new Derived(x); var more = new Derived(x, mode);
            Ops.HostCall((Tensor t) => Lines.Add($"{made.Who} {other.Who} {derived.Who} {more.Who} {t}"), x); return made.Value + other.Value + derived.Value + more.Value;
        }
        [GraphFunction] public Tensor Line(Tensor x, Tensor y, int mode)
        {
            if (x > 1) x = Placed(x > 3 ? x
                : y); return Placed(x) * 100 + Placed(y,
                plus: 2);
        }
        [GraphFunction] public Tensor TextOfArgument(Tensor x, Tensor y, int mode)
        {
            if (x > 1) x = Quoted(x, x > 3 ? x : -x); if (x > 2 && y > 1) y = Quoted(y, w: x + /* sum */ y); return Quoted(Quoted(x, y * 2), Own);
        }
        [GraphFunction] public Tensor Checks(Tensor x, Tensor y, int mode)
        {
            string? text = mode == 2 ? null : "a"; if (x > 3) x = x + 1;
            try { ArgumentNullException.ThrowIfNull(text); ArgumentOutOfRangeException.ThrowIfEqual(mode + 1, 4); } catch (ArgumentException e) { x = x + e.ParamName!.Length * 100; } return x;
        }
        [GraphFunction] public Tensor LeftOut(Tensor x, Tensor y, int mode)
        {
            Left(Loud(x)); Kept(y); if (x > 3) { Left(x); Kept(Loud(x)); x = x + 1; }
            Action<Tensor> left = v => Left(Loud(v)), kept = v => { Kept(v); Left(v); }; left(x); kept(y); return x;
        }
        """, "using System.Diagnostics; using System.Runtime.CompilerServices;");

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
