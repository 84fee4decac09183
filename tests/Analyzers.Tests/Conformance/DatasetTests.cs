namespace TensorGraph.Tests.Conformance;

/// <summary>Loops over datasets: of tensors, pairs and batches, empty, endless, nested, left early, and with errors inside.</summary>
public sealed class DatasetTests
{
    private static readonly Programs s_programs = new("""
        private readonly Dataset<Tensor> _ds = Dataset.Range(7);
        private readonly Dataset<Tensor> _empty = Dataset.Range(0);
        private readonly Dataset<(Tensor, Tensor)> _pairs = Dataset.FromTensorSlices(((Tensor)new[] { 1, 2, 3 }, (Tensor)new[] { 4, 5, 6 }));
        private static Dataset<Tensor> Batches() => Dataset.Range(7).Batch(3);
        private readonly Dataset<Tensor> _batches = Dataset.Range(7).Batch(3);
        [GraphFunction] public Tensor NoVars(Tensor x, Tensor y, int mode) { foreach (Tensor e in _ds) Log(e); return x; }
        [GraphFunction] public Tensor OneVar(Tensor x, Tensor y, int mode) { Tensor s = 0L; foreach (Tensor e in _ds) s = s * 10 + e; return s; }
        [GraphFunction] public Tensor TwoVars(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L, p = 1L; foreach (Tensor e in _ds) { s += e; p *= e + 1; } return s * 100000 + p;
        }
        [GraphFunction] public Tensor WithBreak(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor e in _ds) { s = s * 10 + e; if (s > 100) break; }
            return s;
        }
        [GraphFunction] public Tensor WithReturn(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor e in _ds) { s = e + 5; return s; } return s;
        }
        [GraphFunction] public Tensor EmptyOne(Tensor x, Tensor y, int mode)
        {
            Tensor s = 3L; foreach (Tensor e in _empty) { s = e + 5; Log(e); if (x > 3) return s; }
            return s;
        }
        [GraphFunction] public Tensor Twice(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor e in _ds) { if (e > 2) break; s = s * 10 + e; }
            foreach (Tensor e in _ds) { if (e > 1) continue; s = s * 10 + e + 7; }
            return s;
        }
        [GraphFunction] public Tensor NestedSame(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor e in _ds) { foreach (Tensor f in _ds) { if (f > e) break; s = s + e * f; } }
            return s;
        }
        [GraphFunction] public Tensor InWhile(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; while (x < 9) { foreach (Tensor f in _ds) { if (f > 3) break; s = s * 2 + f; } x = x + 3; }
            return s;
        }
        [GraphFunction] public Tensor InBranch(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L;
            if (x > 3)
            {
                foreach (Tensor f in _ds) { s = s * 2 + f; if (s > 20) return s; }
            }
            else { foreach (var (a, b) in _pairs) s = s + (a * b).Cast(DType.I64); }
            return s;
        }
        [GraphFunction] public Tensor Pairs(Tensor x, Tensor y, int mode)
        {
            foreach (var (a, b) in _pairs) { if (a > y) continue; x = x + a * b; Log(x); }
            return x;
        }
        [GraphFunction] public Tensor PairsItem(Tensor x, Tensor y, int mode)
        {
            foreach (var e in _pairs) { if (e.Item1 > y) break; x = x + e.Item2; }
            return x;
        }
        [GraphFunction] public Tensor BatchesSum(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor b in _batches) { s = s * 10 + b.Sum(); if (s > 300) break; }
            return s;
        }
        [GraphFunction] public Tensor BatchesKeepLast(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor b in _batches) { foreach (Tensor e in b) s = s * 2 + e; }
            return s;
        }
        [GraphFunction] public Tensor BatchesInArray(Tensor x, Tensor y, int mode)
        {
            var l = new TensorArray(DType.I64, Shape.Scalar);
            foreach (Tensor b in _batches) { foreach (Tensor e in b) if (e != 4) l.Add(e); }
            return l.Stack();
        }
        [GraphFunction] public Tensor MadeInside(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor e in Batches().Map(b => b * 2)) s = s * 10 + e.Sum(); return s;
        }
        [GraphFunction] public Tensor MappedTake(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor e in _ds.Map(b => b * 2).Take(mode)) { s = s * 10 + e; if (x > 3) s = s + 1; }
            return s;
        }
        [GraphFunction] public Tensor Endless(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L; foreach (Tensor e in _ds.Repeat()) { s = s + e; if (s > 60) break; }
            return s;
        }
        [GraphFunction] public Tensor ThrowsInside(Tensor x, Tensor y, int mode)
        {
            foreach (Tensor e in _ds) { if (e > 3) throw new InvalidOperationException($"at {e}"); Log(e); }
            return x;
        }
        [GraphFunction] public Tensor ThrowsInMap(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L;
            foreach (Tensor e in _ds.Map(v => (long)v == 3 ? throw new InvalidOperationException("map") : v)) { s = s + e; Log(e); } return s;
        }
        [GraphFunction] public Tensor FinallyInDataset(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0L;
            foreach (Tensor e in _ds) { try { if (e > 4) break; if (e == 2) continue; s = s + e; } finally { s = s + 100; Log(e); } }
            return s;
        }
        [GraphFunction] public Tensor AsEnumerable(Tensor x, Tensor y, int mode)
        {
            IEnumerable<Tensor> es = _ds; Tensor s = 0L; foreach (Tensor e in es) { s = s * 3 + e; if (s > 50) break; }
            return s;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
