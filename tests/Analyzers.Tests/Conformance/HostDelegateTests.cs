namespace TensorGraph.Tests.Conformance;

/// <summary>The delegate of Ops.HostCall runs as it is written, however it is given; every other delegate in a graph function is converted.</summary>
public sealed class HostDelegateTests
{
    private static readonly Programs s_programs = new("""
        private static Tensor[] Count(Tensor[] v) { Tensor t = v[0]; while (t > 1) t = t - 1; if (t.Item<int>() > 0) return [t]; return [t * 2]; }
        private static Tensor Half(Tensor v) { if (v > 3) return v - 1; return v * 2; }
        private static Tensor Keyed<T>(T key, Tensor v) { if (v > 3) return v - 1; return v * 2; }
        private static Tensor Apply(Func<Tensor, Tensor> f, Tensor v) => f(f(v));
        private static Func<Tensor, Tensor> Make(int k) => v => v > k ? v : v + k;
        private static Func<Tensor, Tensor> Pick() => Half;
        private static Func<Tensor, Func<Tensor, Tensor>> Curry() => a => b => a > b ? a : b;
        private static T With<T>(T t, Func<T, T> f) => f(t);

        [GraphFunction] public Tensor InVariable(Tensor x, Tensor y, int mode)
        {
            Func<Tensor[], Tensor[]> f = v => { Tensor t = v[0]; while (t > 1) t = t - 1; if (t.Item<int>() > 0) return [t]; return [t * 2]; };
            return Ops.HostCall(f, [x.Type], x)[0] + y;
        }
        [GraphFunction] public Tensor Assigned(Tensor x, Tensor y, int mode)
        {
            Func<Tensor[], Tensor[]> f;
            if (mode == 1) f = Count; else f = v => { if (v[0].Item<int>() > 3) return [v[0] + 1]; return v; };
            if (x > 1) y = y + Ops.HostCall(f, [x.Type], x)[0];
            return y;
        }
        [GraphFunction] public Tensor Group(Tensor x, Tensor y, int mode) => Ops.HostCall(Count, [x.Type], x)[0] + y;
        [GraphFunction] public Tensor LocalFunction(Tensor x, Tensor y, int mode)
        {
            Tensor[] Local(Tensor[] v) { Tensor t = v[0]; while (t > 1) t = t - 1; if (t.Item<int>() > 0) return [t]; return [t * 2]; }
            return Ops.HostCall(Local, [x.Type], x)[0] + y;
        }
        [GraphFunction] public Tensor Named(Tensor x, Tensor y, int mode) => Ops.HostCall(results: [x.Type], inputs: [x], function: Count)[0] + y;

        [GraphFunction] public Tensor MethodGroup(Tensor x, Tensor y, int mode) { Func<Tensor, Tensor> f = Half; return f(x) + f(y); }
        [GraphFunction] public Tensor Linq(Tensor x, Tensor y, int mode) => new[] { x, y }.Select(Half).Aggregate((a, b) => a > b ? a : b);
        [GraphFunction] public Tensor LinqBlock(Tensor x, Tensor y, int mode) => new[] { x, y }.Select(v => { if (v > 3) return v; return -v; }).Aggregate((a, b) => a + b);
        [GraphFunction] public Tensor Query(Tensor x, Tensor y, int mode) => (from v in new[] { x, y } let w = Half(v) select w > 3 ? w : v).Aggregate((a, b) => a + b);
        [GraphFunction] public Tensor InDictionary(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Func<Tensor, Tensor>> { ["a"] = Half, ["b"] = v => v > 3 ? v : -v }; return d["a"](x) + d["b"](y);
        }
        [GraphFunction] public Tensor Returned(Tensor x, Tensor y, int mode) => Make(mode)(x) + Pick()(y) + Curry()(x)(y);
        [GraphFunction] public Tensor Generic(Tensor x, Tensor y, int mode)
        {
            Func<int, Tensor, Tensor> g = Keyed, h = Keyed<int>; return With(x, Half) + With<Tensor>(y, v => v > 3 ? v : -v) + g(1, y) + h(2, y);
        }
        [GraphFunction] public Tensor Applied(Tensor x, Tensor y, int mode) => Apply(Half, x) + Apply(Make(3), y);
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
