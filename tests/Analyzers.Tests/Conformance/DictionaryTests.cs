namespace TensorGraph.Tests.Conformance;

/// <summary>Elements of dictionaries, lists and arrays that branches and loops read and change, and keys that both branches add.</summary>
public sealed class DictionaryTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor DictBoth(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = x }; if (d["a"] > 3) d["b"] = y; else d["b"] = -y; return d["a"] * 10 + d["b"];
        }
        [GraphFunction] public Tensor DictNested(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Dictionary<string, Tensor>> { ["a"] = new() { ["a"] = x } };
            if (d["a"]["a"] > 3) d["a"]["a"] = y; return d["a"]["a"];
        }
        [GraphFunction] public Tensor ListIdx(Tensor x, Tensor y, int mode)
        {
            var l = new List<Tensor> { x, 0 }; if (l[0] > 3) l[1] = 1; else l[1] = -1; return l[0] * 10 + l[1];
        }
        [GraphFunction] public Tensor WhileDict(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = y, ["b"] = 1 };
            while (x > 0) { x -= 1; d["a"] += 1; } return d["a"] * 10 + d["b"];
        }
        [GraphFunction] public Tensor StateDict(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = x, ["b"] = y };
            while (d["b"] <= 10) { d["a"] += 1; d["b"] *= 2; if (d["a"] > 30) break; }
            return d["a"] * 100 + d["b"];
        }
        [GraphFunction] public Tensor StateList(Tensor x, Tensor y, int mode)
        {
            var d = new List<Tensor> { x, y }; while (d[1] <= 10) { d[0]++; d[1] *= 2; if (d[0] > 30) break; }
            return d[0] * 100 + d[1];
        }
        [GraphFunction] public Tensor HostLoopAddsKey(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = y };
            for (int i = 0; i < mode; i++) { d["k" + i] = x + i; if (x > 3) d["a"] += d["k" + i]; }
            return d["a"] + d.Count;
        }
        [GraphFunction] public Tensor ForDict(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = y, ["b"] = x };
            foreach (Tensor i in Ops.Range(x)) { d["a"] += i; if (d["a"] > 10) d["b"]--; }
            return d["a"] * 10 + d["b"];
        }
        [GraphFunction] public Tensor RecordOfDict(Tensor x, Tensor y, int mode)
        {
            var b = new Box(new() { ["a"] = x, ["b"] = y });
            while (b.Map["a"] < 9) { b.Map["a"] = b.Map["a"] + 4; if (b.Map["b"] > 3) b.Map["b"] -= 1; }
            return b.Map["a"] * 10 + b.Map["b"];
        }
        [GraphFunction] public Tensor TryGet(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = x }; if (x > 3) { if (d.TryGetValue("a", out var v)) d["a"] = v + y; }
            return d["a"];
        }
        [GraphFunction] public Tensor SwapElems(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; while (h[0] < h[1]) (h[0], h[1]) = (h[1], h[0] + 1 - h[1]); if (x > 3) (h[0], h[1]) = (h[1], h[0]);
            return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor ElementIncrement(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; int i = 0; if (x > 3) h[i]++; h[i++]++; if (y > 3) { h[i] += 5; --h[1 - i]; } return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor ArrayInArg(Tensor x, Tensor y, int mode)
        {
            Tensor[] ys = [.. Enumerable.Range(0, mode).Select(i => x * i + y)]; if (ys.Length == 0) return x; if (x > 3) return ys[0] + 1;
            foreach (Tensor v in ys) { if (v > 9) return v; x = x + v; } return x;
        }
        [GraphFunction] public Tensor Multi2D(Tensor x, Tensor y, int mode)
        {
            var g = new Tensor[2, 2]; g[0, 0] = x; g[0, 1] = y; g[1, 0] = x + y; g[1, 1] = 1; if (x > 3) g[1, 1] = y;
            while (g[0, 0] < 9) { g[0, 0] = g[0, 0] + g[1, 1] + 5; } return g[0, 0] * 100 + g[1, 1];
        }
        [GraphFunction] public Tensor SpanElems(Tensor x, Tensor y, int mode)
        {
            var a = new Tensor[] { x, y, 3 }; Array.Reverse(a); if (x > 3) { a[0] = a[1]; } return a[0] * 100 + a[2];
        }
        [GraphFunction] public Tensor SortedDict(Tensor x, Tensor y, int mode)
        {
            var d = new SortedDictionary<string, Tensor> { ["a"] = x, ["b"] = y };
            if (x > 3) d["a"] = y; return d["a"] * 10 + d["b"];
        }
        [GraphFunction] public Tensor Interfaces(Tensor x, Tensor y, int mode)
        {
            IList<Tensor> d = new List<Tensor> { x, y }; IDictionary<int, Tensor> e = new Dictionary<int, Tensor> { [1] = x };
            if (x > 3) { d[0] = y; e[1] = x + y; } return d[0] * 10 + e[1];
        }
        
        [GraphFunction] public Tensor KeysInBothBranches(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<string, Tensor> { ["a"] = x };
            if (x > 3) { d["b"] = y; d["c"] = x * 2; } else { d["b"] = -y; d["c"] = x + 7; if (y > 3) d["b"] = d["c"]; }
            Tensor s = 0; foreach (var (key, v) in d) { s = s * 10 + v + key[0]; } return s;
        }
        [GraphFunction] public Tensor KeysInNestedBranches(Tensor x, Tensor y, int mode)
        {
            var d = new Dictionary<int, Tensor>(); if (x > 3) { if (y > 3) d[5] = x; else d[5] = y; } else { d[5] = x + y; }
            while (d[5] < 12) d[5] += 4; return d[5] * 10 + d.Count;
        }
        """, """
        public record Box(Dictionary<string, Tensor> Map);
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
