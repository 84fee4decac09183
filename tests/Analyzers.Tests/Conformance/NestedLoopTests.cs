namespace TensorGraph.Tests.Conformance;

/// <summary>Loops in loops over ragged lists, rows, matrices, datasets and counters, C# and tensor ones, with jumps in the inner one.</summary>
public sealed class NestedLoopTests
{
    private static readonly Programs s_programs = new("""
        private static List<List<Tensor>> Ragged(Tensor x, Tensor y, int k)
        {
            var m = new List<List<Tensor>>();
            for (int i = 0; i <= k; i++) { var row = new List<Tensor>(); for (int j = 0; j < i; j++) row.Add(x + j); m.Add(row); }
            return m;
        }
        private static List<Tensor> Rows(Tensor x, Tensor y, int k)
        {
            var m = new List<Tensor>(); for (int i = 0; i < k; i++) m.Add(Ops.Stack(new[] { x + i, y, x * y, y - i }));
            return m;
        }
        private static Tensor Matrix(Tensor x, Tensor y, int k) => Ops.Stack(Rows(x, y, k + 1));
        [GraphFunction] public Tensor RaggedContinue(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (var row in Ragged(x, y, mode)) foreach (Tensor c in row) { if (c % 2 > 0) continue; s = s + c; }
            return s;
        }
        [GraphFunction] public Tensor RaggedBreak(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0;
            foreach (var row in Ragged(x, y, mode)) { foreach (Tensor c in row) { if (c % 2 > 0) break; s = s + c; } s = s + 100; }
            return s;
        }
        [GraphFunction] public Tensor RowsContinue(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (var row in Rows(x, y, mode)) foreach (Tensor c in row) { if (c % 2 > 0) continue; s = s + c; }
            return s;
        }
        [GraphFunction] public Tensor RowsBreak(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0;
            foreach (var row in Rows(x, y, mode)) { foreach (Tensor c in row) { if (c % 2 > 0) break; s = s + c; } s = s + 100; }
            return s;
        }
        [GraphFunction] public Tensor MatrixContinue(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (Tensor row in Matrix(x, y, mode)) foreach (Tensor c in row) { if (c % 2 > 0) continue; s = s + c; }
            return s;
        }
        [GraphFunction] public Tensor MatrixBreak(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0;
            foreach (Tensor row in Matrix(x, y, mode)) { foreach (Tensor c in row) { if (c % 2 > 0) break; s = s + c; } s = s + 100; }
            return s;
        }
        #pragma warning disable CS0162
        [GraphFunction] public Tensor MatrixBreakContinue(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0;
            foreach (Tensor row in Matrix(x, y, mode))
            {
                foreach (Tensor c in row) { if (c % 2 > 0) break; else continue; s = s + c; }
                s = s + 100;
            }
            return s;
        }
        #pragma warning restore CS0162
        [GraphFunction] public Tensor WhileInWhileContinue(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; while (x > 0) { x--; while (y > 0) { y--; if ((x + y) % 2 > 0) continue; s = s + x + y; } }
            return s;
        }
        [GraphFunction] public Tensor WhileInHostWhileBreak(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; while (mode > 0) { mode--; while (y > 0) { y--; if ((y + mode) % 2 == 0) break; s = s + mode + y; } }
            return s;
        }
        [GraphFunction] public Tensor HostWhileInWhile(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0;
            while (x > 0) { x--; int k = mode; while (k > 0) { k--; if ((x + k) % 2 > 0) break; else { s = s + 1; continue; } } }
            return s;
        }
        [GraphFunction] public Tensor WhileInHostWhileContinue(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0;
            while (mode > 0)
            {
                mode--; while (y > 0) { y--; if ((y + mode) % 2 == 0) continue; s = s + mode + y; }
                y = y + x; if (y < 0) y = 3;
            }
            return s;
        }
        [GraphFunction] public Tensor SeveralBreaks(Tensor x, Tensor y, int mode)
        {
            Tensor s = 1, i = 0; while (i < y) { i++; if (i > y * 10) break; if (i == 5) break; s = s * 10 + i; if (s > 1000) break; }
            return i * 100000 + s;
        }
        [GraphFunction] public Tensor BreakThenIf(Tensor x, Tensor y, int mode)
        {
            foreach (Tensor i in Ops.Range(y)) { if (i == 2) break; if (x > 0) x--; }
            return x;
        }
        [GraphFunction] public Tensor BreakThenIfInWhile(Tensor x, Tensor y, int mode)
        {
            while (x > 0) { if (x == 2) break; if (x > 0) x--; } return x;
        }
        [GraphFunction] public Tensor ReturnFromAxis(Tensor x, Tensor y, int mode)
        {
            Tensor xs = Ops.Iota(mode) * x + y; Tensor s = 0; foreach (Tensor c in xs) { s = s + c; return s; } return s - 1;
        }
        [GraphFunction] public Tensor ReturnsFromAxis(Tensor x, Tensor y, int mode)
        {
            Tensor xs = Ops.Iota(mode) * x + y; Tensor s = 0;
            foreach (Tensor c in xs) { s = s + c; if (c % 2 > 0) return s; else return -s; }
            return s - 1;
        }
        [GraphFunction] public Tensor ReturnFromDataset(Tensor x, Tensor y, int mode)
        {
            var xs = Dataset.Range(mode); Tensor s = 0L; foreach (Tensor c in xs) { s = s + c; return s; } return s - 1;
        }
        [GraphFunction] public Tensor ReturnsFromDataset(Tensor x, Tensor y, int mode)
        {
            var xs = Dataset.Range(mode); Tensor s = 0L; foreach (Tensor c in xs) { s = s + c; if (c % 2 > 0) return s; else return -s; }
            return s - 1;
        }
        [GraphFunction] public Tensor ReturnsFromList(Tensor x, Tensor y, int mode)
        {
            var xs = Enumerable.Range(0, mode).Select(i => x * i + y).ToList(); Tensor s = 0;
            foreach (Tensor c in xs) { s = s + c; if (c % 2 > 0) return s; else return -s; }
            return s - 1;
        }
        [GraphFunction] public Tensor ReturnsFromArray(Tensor x, Tensor y, int mode)
        {
            var xs = TensorArray.From(Ops.Iota(mode) * x + y); Tensor s = 0;
            foreach (Tensor c in xs) { s = s + c; if (c % 2 > 0) return s; else return -s; }
            return s - 1;
        }
        [GraphFunction] public Tensor ReturnFromWhile(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; while (x > 0) { x--; s = s + x; return s; } return s - 1;
        }
        [GraphFunction] public Tensor ReturnsFromWhile(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; while (x > 0) { x--; s = s + x; if (x % 2 > 0) return s; else return -s; }
            return s - 1;
        }
        [GraphFunction] public Tensor DatasetOfRows(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0; foreach (Tensor row in _rows) { foreach (Tensor c in row) { if (c % 2 > 0) break; s = s + c + x; } s = s + 100; }
            return s;
        }
        private readonly Dataset<Tensor> _rows = Dataset.FromTensorSlices((Tensor)((Tensor)new[] { 2, 4, 1, 4, 1, 2, 6, 8, 2 }).Reshape(3, 3));
        [GraphFunction] public Tensor DatasetInDataset(Tensor x, Tensor y, int mode)
        {
            Tensor s = 0;
            foreach (Tensor row in _rows)
            {
                foreach (Tensor other in _rows) { if (other[0] > 4) continue; s = s + (row * other).Sum(); if (s > 300) break; }
                s = s + 1;
            }
            return s;
        }
        [GraphFunction] public Tensor MixedList(Tensor x, Tensor y, int mode)
        {
            var l = new TensorArray(DType.I32, Shape.Scalar);
            foreach (object part in new object[] { new Tensor[0], Ops.Stack(new[] { x, y }), new[] { x }, Ops.Stack(new[] { y }) }) { Tensor s = 0; if (part is Tensor t) { foreach (Tensor j in t) s = s * 10 + j; } else { foreach (Tensor j in (Tensor[])part) s = s * 10 + j; } l.Add(s); }
            return l.Stack();
        }
        [GraphFunction] public Tensor NestedWhileWrites(Tensor x, Tensor y, int mode)
        {
            Tensor i = 0; var l = new TensorArray(DType.I32, Shape.Scalar);
            while (i < x) { Tensor j = 0, s = 0; while (j < y) { s = s * 2 + i * j; j++; } l.Add(s); i++; }
            return l.Stack();
        }
        [GraphFunction] public Tensor InnerChangesOuter(Tensor x, Tensor y, int mode)
        {
            Tensor r = 1; while (x > 0) { r++; Tensor t = y; while (t > 0) { x--; t--; } x--; }
            return r * 100 + x;
        }
        [GraphFunction] public Tensor HostInnerChangesOuter(Tensor x, Tensor y, int mode)
        {
            Tensor r = 1; while (x > 0) { r++; int t = mode; while (t > 0) { x--; t--; } x--; }
            return r * 100 + x;
        }
        [GraphFunction] public Tensor HostForInRange(Tensor x, Tensor y, int mode)
        {
            Tensor r = 1, s = 0; foreach (Tensor i in Ops.Range(y)) { r = r + s; for (int j = 0; j < mode; j++) s = s + j + i; }
            return r;
        }
        [GraphFunction] public Tensor RangeInHostFor(Tensor x, Tensor y, int mode)
        {
            Tensor r = 1, s = 0; for (int i = 0; i < mode; i++) { r = r + s; foreach (Tensor j in Ops.Range(y)) s = s + j; }
            return r;
        }
        [GraphFunction] public Tensor IfInFor(Tensor x, Tensor y, int mode)
        {
            Tensor k = 0; foreach (Tensor i in Ops.Range(y)) { if (i % 2 > 0) { Tensor j = Ops.FloorDiv(i, 2); k += j; } }
            return k;
        }
        [GraphFunction] public Tensor InitInvariant(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0; foreach (Tensor i in Ops.Range(y)) { if (i == 0) a = 1; else a = 2; }
            return a;
        }
        [GraphFunction] public Tensor RangeStart(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0; foreach (Tensor i in Ops.Range(x, y)) a = a * 3 + i; foreach (Tensor i in Ops.Range(y, x)) a = a * 2 + i;
            return a;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
