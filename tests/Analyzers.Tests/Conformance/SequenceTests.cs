namespace TensorGraph.Tests.Conformance;

/// <summary>The sequence of a <c>foreach</c>: evaluated once, and not changed by what the body does to its source.</summary>
public sealed class SequenceTests
{
    private static readonly Programs s_programs = new("""
        private Tensor Shown(Tensor v) { Log(v); return v; }
        private static Tensor Sum(params ReadOnlySpan<Tensor> vs) { Tensor s = 0; foreach (Tensor v in vs) { if (v > 3) s = s + v; else s = s - v; } return s; }
        private static Tensor SpanTernary(ReadOnlySpan<Tensor> vs, Tensor c) { if (c > 3) return vs[0]; return vs[1]; }
        private static (Tensor Sum, int Count) Mixed(Tensor v, int k) { if (k > 1) return (v, 1); return (v + k, k); }
        private static IEnumerable<Tensor> Items(Tensor a, Tensor b) { yield return a; yield return b; yield return a + b; }
        [GraphFunction] public Tensor SequenceEvaluatedOnce(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0;
            foreach (Tensor e in Shown(Ops.Stack([x, y, x + y], 0))) s = s * 10 + e;
            foreach (Tensor e in Ops.Range(Shown(y))) { y = y - 1; s = s + e; }
            return s;
        }
        [GraphFunction] public Tensor SequenceChangedInBody(Tensor x, Tensor y, int mode)
        {
            Tensor v = Ops.Stack([x, y, x + y], 0);
            foreach (Tensor e in v) { v = v * 2; x = x + e; y = y + v[0]; }
            return x * 100 + y + v[1];
        }
        [GraphFunction] public Tensor ValueOfEarlierTurn(Tensor x, Tensor y, int mode)
        {
            Tensor last = -1, rises = 0;
            foreach (Tensor v in Ops.Stack([x, y, x + 2, 4], 0)) { if (v > 3) { if (last > 3) rises = rises + v; } last = v * 2 - 3; }
            return rises * 100 + last;
        }
        [GraphFunction] public Tensor LinkedList(Tensor x, Tensor y, int mode)
        {
            Node? n = new Node(x, new Node(y, new Node(x + y, null))); Tensor s = 0;
            for (Node? at = n; at != null; at = at.Next) { if (at.Value > 3) { s = s + at.Value; continue; } s = s * 2; if (s > 8) break; }
            return s;
        }
        [GraphFunction] public Tensor ZipAndEnumerate(Tensor x, Tensor y, int mode)
        {
            Tensor z = 0;
            foreach (var (i, v) in new[] { x, y }.Select((v, i) => (i, v))) { if (v > 3) z = z + v + i; else z = z - i; }
            foreach (var (a, b) in new[] { x, y }.Zip(new[] { y, x + 1 })) { if (a > b) { z = z + a; } else z = z * 2 + b; }
            return z;
        }
        [GraphFunction] public Tensor TensorForEachDeconstruct(Tensor x, Tensor y, int mode)
        {
            Tensor z = 0;
            foreach (Tensor row in Ops.Stack([Ops.Stack([x, y], 0), Ops.Stack([y, x], 0)], 0)) { foreach (Tensor c in row) { if (c > 6) continue; z = z * 3 + c; } if (z > 40) break; }
            return z;
        }
        [GraphFunction] public Tensor Iterator(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (Tensor v in Items(x, y)) { if (v > 3) continue; s = s * 10 + v; if (s > 50) break; } return s;
        }
        [GraphFunction] public Tensor SpanParams(Tensor x, Tensor y, int mode) => Sum(x, y, x + y) * 10 + SpanTernary([x, y], y);
        [GraphFunction] public Tensor MixedTupleHost(Tensor x, Tensor y, int mode)
        {
            var (s, k) = Mixed(x, mode); if (s > 3) s = s + k; return s;
        }
        """, """
        public record Node(Tensor Value, Node? Next);
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
