namespace TensorGraph.Tests.Conformance;

/// <summary>References to elements and fields, other names for one object, and sequences whose variable changes while they are walked over.</summary>
public sealed class ReferenceTests
{
    private static readonly Programs s_programs = new("""
        private Tensor _f = 1;
        private static void Swap(ref Tensor a, ref Tensor b) { (a, b) = (b, a); }
        private static void Set(out Tensor a, Tensor b) { a = b * 2; }
        [GraphFunction] public Tensor RefElement(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; if (x > 3) Swap(ref h[0], ref h[1]); return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor RefField(Tensor x, Tensor y, int mode) { _f = x; if (x > 3) Swap(ref _f, ref y); return _f * 100 + y; }
        [GraphFunction] public Tensor OutElement(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; for (Tensor i = 0; i < 3; i++) Set(out h[1], i + y); return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor OutField(Tensor x, Tensor y, int mode) { _f = x; while (x < 5) { Set(out _f, x); x = x + 2; } return _f; }
        [GraphFunction] public Tensor RefStructField(Tensor x, Tensor y, int mode)
        {
            var c = new Cell { A = x, B = y }; if (x > 3) Swap(ref c.A, ref c.B); return c.A * 100 + c.B;
        }
        [GraphFunction] public Tensor Exchange(Tensor x, Tensor y, int mode)
        {
            Tensor z = y; if (x > 3) { System.Threading.Interlocked.Exchange(ref z, x); }
            return z;
        }
        [GraphFunction] public Tensor FromEnd(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y, 3 }; if (x > 3) h[^1] = y; var part = h[1..]; if (y > 3) part[0] = x;
            return h[2] * 100 + h[1] * 10 + part[0];
        }
        [GraphFunction] public Tensor MixedTargets(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; _f = 1; for (Tensor i = 0; i < 3; i++) { (x, _f, h[0]) = (h[0] + 1, x, _f + i); }
            return x * 100 + _f * 10 + h[0];
        }
        [GraphFunction] public Tensor ReassignIterated(Tensor x, Tensor y, int mode)
        {
            Tensor v = Ops.Stack(new[] { x, y, x }); Tensor s = 0; foreach (Tensor e in v) { v = v + 1; s = s * 2 + e; } return s + v.Sum();
        }
        [GraphFunction] public Tensor ReassignLimit(Tensor x, Tensor y, int mode)
        {
            Tensor n = y, s = 0; foreach (Tensor e in Ops.Range(n)) { n = n + 1; s = s * 2 + e; if (s > 1000) break; }
            return s * 10 + n;
        }
        [GraphFunction] public Tensor ReassignList(Tensor x, Tensor y, int mode)
        {
            var l = new List<Tensor> { x, y }; Tensor s = 0;
            foreach (Tensor e in l) { s = s * 2 + e; if (e > 3) s = s + 1; l = new List<Tensor>(); }
            return s + l.Count;
        }
        [GraphFunction] public Tensor ElementsWhileIterated(Tensor x, Tensor y, int mode)
        {
            var l = new[] { x, y, x + y }; Tensor s = 0;
            for (int i = 0; i < 3; i++) { if (l[i] > 3) l[(i + 1) % 3] = l[i] - 2; s = s * 2 + l[i]; }
            foreach (Tensor e in l) { if (e > 2) l[0] = e; s = s + e; } return s * 10 + l[0];
        }
        [GraphFunction] public Tensor ThrowAfterEffects(Tensor x, Tensor y, int mode)
        {
            Log(x); if (x > 3) { Log(y); throw new InvalidOperationException("big"); }
            Log(x + y); return x;
        }
        private readonly Variable _v = new(0);
        [GraphFunction] public Tensor VariableBeforeThrow(Tensor x, Tensor y, int mode)
        {
            Log(_v); _v.Assign(x); if (x > 3) throw new InvalidOperationException("big"); _v.Assign(y); return x;
        }
        [GraphFunction] public Tensor SpanLocal(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; Span<Tensor> s = h; if (x > 3) { s[0] = y; } return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor ListForEach(Tensor x, Tensor y, int mode)
        {
            var l = new List<Tensor> { x, y }; Tensor s = 0; if (x > 3) l.ForEach(v => s = s + v); return s;
        }
        [GraphFunction] public Tensor LinqForEach(Tensor x, Tensor y, int mode)
        {
            Tensor[] l = { x, y }; Tensor s = 0; Func<Tensor, Tensor> add = v => { s = s + v; return s; };
            if (x > 3) { Tensor[] r = l.Select(add).ToArray(); s = s + r[0]; }
            return s;
        }
        [GraphFunction] public Tensor LinqLazy(Tensor x, Tensor y, int mode)
        {
            Tensor[] l = { x, y }; Tensor k = 1; var q = l.Select(v => v * k); if (x > 3) k = 10; return q.Aggregate((a, b) => a + b);
        }
        [GraphFunction] public Tensor HolderItems(Tensor x, Tensor y, int mode)
        {
            var h = new Holder(); if (x > 3) { h.Items[0] = y; h[1] = x; } while (h.V < 4) { h.V = h.V + 1; h.Items[1] = h.V + h.Items[0]; }
            return h.Items[0] * 100 + h.Items[1] * 10 + h.V;
        }
        [GraphFunction] public Tensor HolderList(Tensor x, Tensor y, int mode)
        {
            var h = new Holder { Next = new Holder() }; if (x > 3) { h.Next.List[0] = y; h.Next.V = x; }
            return h.Next.List[0] * 10 + h.Next.V;
        }
        [GraphFunction] public Tensor AliasedHolder(Tensor x, Tensor y, int mode)
        {
            var h = new Holder(); var g = h; if (x > 3) { h.V = y; g.V = g.V + 1; } return h.V * 10 + g.V;
        }
        [GraphFunction] public Tensor AliasedHolderLoop(Tensor x, Tensor y, int mode)
        {
            var h = new Holder(); var g = h; while (g.V < 8) { h.V = h.V + 3; if (y > 3) g.V = g.V + 1; } return h.V * 10 + g.V;
        }
        [GraphFunction] public Tensor ArrayOfHolders(Tensor x, Tensor y, int mode)
        {
            var hs = new[] { new Holder(), new Holder() }; for (int i = 0; i < 2; i++) { if (x > i) hs[i].V = y + i; }
            return hs[0].V * 10 + hs[1].V;
        }
        [GraphFunction] public Tensor ForeachHolders(Tensor x, Tensor y, int mode)
        {
            var hs = new[] { new Holder(), new Holder() }; foreach (var h in hs) { if (x > 3) h.V = y; } return hs[0].V * 10 + hs[1].V;
        }
        [GraphFunction] public Tensor ReassignedHolder(Tensor x, Tensor y, int mode)
        {
            var h = new Holder(); for (int i = 0; i < 2; i++) { if (x > 3) h.V = y; h = new Holder { Next = h }; }
            return h.Next!.V * 10 + h.Next!.Next!.V;
        }
        [GraphFunction] public Tensor SwappedArrays(Tensor x, Tensor y, int mode)
        {
            Tensor[] a = { x, y }, b = { y, x }; for (int i = 0; i < 3; i++) { if (x > 3) a[0] = b[0] + 1; (a, b) = (b, a); }
            return a[0] * 10 + b[0];
        }
        [GraphFunction] public Tensor QueueOfTensors(Tensor x, Tensor y, int mode)
        {
            var q = new Queue<Tensor>(); q.Enqueue(x); q.Enqueue(y); Tensor s = 0;
            while (q.Count > 0) { Tensor v = q.Dequeue(); if (v > 3) s = s + v; }
            return s;
        }
        [GraphFunction] public Tensor AsRef(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; if (x > 3) { System.Runtime.CompilerServices.Unsafe.Add(ref h[0], 1) = x; }
            return h[1];
        }
        """, """
        public struct Cell { public Tensor A; public Tensor B; }
        public class Holder { public Tensor[] Items = { 1, 2 }; public List<Tensor> List = new()
        {
            1, 2 }; public Tensor V = 1; public Holder? Next; public Tensor this[int i] { get => Items[i];
            set => Items[i] = value; }
        }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
