namespace TensorGraph.Tests.Conformance;

/// <summary>Lambdas, local functions and queries see a variable as it is when they run, whoever changed it: a branch, a loop, or they themselves.</summary>
public sealed class ClosureTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Apply(Func<Tensor, Tensor> f, Tensor v) { if (v > 3) return f(v); return f(-v); }
        private Func<Tensor, Tensor> Maker(Tensor by) => v => v > by ? v - by : v + by;
        [GraphFunction] public Tensor StaticBesideCapturing(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            void Count(Tensor v) { if (v > 3) n = n + v; }
            static Tensor Pick(Tensor v) { if (v > 3) v = v + 1; return v; }
            Count(x); n = n + Pick(y); Count(Pick(x));
            return n;
        }
        [GraphFunction] public Tensor StaticLambdaBesideCapturing(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0, m = 1;
            Action<Tensor> count = v => { while (v > 3) { n = n + v; v = v - 2; } };
            Func<Tensor, Tensor> pick = static v => { if (v > 3) v = v + 1; return v; };
            count(x); if (pick(y) > 4) count(y); m = m + n;
            return m * 10 + pick(n);
        }
        [GraphFunction] public Tensor NeighboursOfLocalFunctions(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0, b = 0;
            void First() { if (x > 3) { a = a + 1; Second(); } }
            void Second() { if (y > 3) b = b + a; Tensor Third() { static Tensor Fourth(Tensor v) { while (v < 9) v = v + 5; return v; } return Fourth(b); } a = a + Third(); }
            First(); Second(); if (x > y) First();
            return a * 100 + b;
        }
        [GraphFunction] public Tensor LambdaStored(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            Func<Tensor, Tensor> f = v => v + n;
            if (x > 3) n = 5;
            Tensor a = f(x);
            n = 7;
            Func<Tensor, Tensor> g = f;
            if (mode > 1) f = v => v * 2;
            return a * 100 + g(y) + f(x);
        }
        [GraphFunction] public Tensor LambdaReassignedHost(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor> f = v => { if (v > 3) return v + 1; return v; };
            if (mode == 1) f = v => { if (v > 3) return v * 2; return -v; };
            for (int i = 0; i < 2; i++) { var g = f; f = v => { if (v > 6) return g(v) - i; return g(v) + 1; }; }
            return f(x) * 100 + f(y);
        }
        [GraphFunction] public Tensor LocalFunctionBeforeAndAfter(Tensor x, Tensor y, int mode)
        {
            Tensor n = 1;
            Tensor F(Tensor v) => v * 10 + n;
            Tensor a = F(x);
            n = 2;
            Tensor b = F(x);
            if (y > 1) { n = 3; b = b + F(y); n = 4; }
            while (n < 7) { n = n + F(0); }
            return a * 1000 + b + F(n);
        }
        [GraphFunction] public Tensor CapturedParameterChanges(Tensor x, Tensor y, int mode)
        {
            void Inc() { x = x + 1; if (x > 5) y = y + x; }
            Inc(); if (y > 2) Inc(); Inc();
            return x * 100 + y;
        }
        [GraphFunction] public Tensor Query(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            var q = from v in new[] { x, y } where mode < 5 select v + n;
            if (x > 3) n = 5; else n = 6;
            Tensor a = q.Aggregate((p, r) => p * 10 + r);
            n = 100;
            return a;
        }
        [GraphFunction] public Tensor DelegateOfLocalFunction(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0;
            Tensor Get() => n;
            Func<Tensor> g = Get;
            if (x > 3) n = 5; else n = y;
            Tensor a = g();
            n = 3;
            for (Tensor i = 0; i < 2; i++) { n = i; a = a + g(); n = 9; }
            return a;
        }
        [GraphFunction] public Tensor LambdaReadsAfterBranchInLoop(Tensor x, Tensor y, int mode)
        {
            Tensor t = 0, s = 0; Func<Tensor> f = () => t;
            for (Tensor i = 0; i < 3; i++) { t = i; if (i > x) t = y; s = s * 10 + f(); t = -1; }
            return s;
        }
        [GraphFunction] public Tensor LambdaSeesWithinLoop(Tensor x, Tensor y, int mode)
        {
            Tensor t = 7, s = 0; Func<Tensor> f = () => t;
            while (s < 30) { s = s + f() + 1; t = s; }
            t = 0; return s + f();
        }
        [GraphFunction] public Tensor HostCapturedAfter(Tensor x, Tensor y, int mode)
        {
            int k = 1; Func<Tensor, Tensor> f = v => v * k;
            Tensor a = f(x); k = 2; if (y > 3) a = a + f(y); k = 3;
            return a + f(x);
        }
        [GraphFunction] public Tensor ReturnedLambda(Tensor x, Tensor y, int mode) { var f = Maker(y); Tensor a = f(x); if (a > 3) a = Maker(a)(y); return a + f(3); }
        [GraphFunction] public Tensor NestedLambdas(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Func<Tensor, Tensor>> add = a => b => { if (b > a) return b - a + y; return a; };
            Func<Func<Tensor, Tensor>, Tensor> use = f => f(x) + f(y); Tensor c = 3;
            return use(add(2)) * 100 + use(x => x + c) + use(c => c > 3 ? c : y);
        }
        [GraphFunction] public Tensor LambdaParameterHidesLocal(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0; Func<Tensor, Tensor> f = static a => { if (a > 3) a = a - 1; return a; };
            if (x > 3) a = 4;
            Tensor F(Tensor x) { if (x > 2) { x = x * 2; } return x; }
            return f(x) * 100 + F(y) * 10 + a + x;
        }
        [GraphFunction] public Tensor ReplacedParameter(Tensor x, Tensor y, int mode)
        {
            Tensor Id(Tensor a) { a = a + 1; return a; }
            x = Id(x); if (x > 3) { x = Id(x); y = Id(y); } y = Id(x) + Id(y); return x * 100 + y;
        }
        [GraphFunction] public Tensor LocalFunctionInBranch(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { Tensor In(Tensor v) { if (v > y) return v; return y + 1; } return In(x); }
            return x;
        }
        [GraphFunction] public Tensor LocalFunctionDeclaredInRest(Tensor x, Tensor y, int mode)
        {
            if (x > 8) return y;
            Tensor n = 0;
            void Add(Tensor v) { n = n + v; if (n > 5) n = n - y; }
            Add(x); if (y > 1) Add(y); Add(2);
            return n;
        }
        [GraphFunction] public Tensor LocalFunctionMutual(Tensor x, Tensor y, int mode)
        {
            Tensor Even(Tensor v, int k) { if (k == 0) return v; if (v > 3) v = v - 1; return Odd(v, k - 1); }
            Tensor Odd(Tensor v, int k) { if (k == 0) return -v; return Even(v + 2, k - 1); }
            return Even(x, 4) * 100 + Odd(y, mode);
        }
        [GraphFunction] public Tensor GenericLocalDefaults(Tensor x, Tensor y, int mode)
        {
            Tensor F(Tensor v, int k = 2, params int[] rest) { if (v > k) return v + rest.Length; return v * k; }
            var g = (Tensor v, int k = 3) => { if (v > k) return v; return v + k; };
            return F(x) * 10000 + F(y, 4) * 100 + F(k: 1, v: y) + g(x) + g(y, 1) + F(x, 1, 2, 3);
        }
        [GraphFunction] public Tensor ApplyPure(Tensor x, Tensor y, int mode) { Tensor n = y; Tensor r = Apply(v => v + n, x) + Apply(v => { if (v > 1) v = v * 2; return v; }, y) + Apply(Twice, x); return r * 10 + n; }
        private static Tensor Twice(Tensor v) => v * 2;
        [GraphFunction] public Tensor EarlyReturnFromNestedLocal(Tensor x, Tensor y, int mode)
        {
            Tensor Find(Tensor limit) { for (Tensor i = 0; i < 6; i++) { for (Tensor j = 0; j < i; j++) { if (i * j > limit) return i * 10 + j; } if (i > y + 3) return -i; } return 99; }
            return Find(x) * 1000 + Find(y);
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
