namespace TensorGraph.Tests.Conformance;

/// <summary>Entries, blocks and windows of tensors that data picks, and tensors that differ at such places.</summary>
public sealed class IndexTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor Ranges(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; return m[0] * 100 + m[^1] + m[1..][0] + m[..^1].Sum(0) + m[..].Sum(0);
        }
        [GraphFunction] public Tensor DataIndex(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor i = x > 3 ? 1 : 2; return m[i] + m[i][i];
        }
        [GraphFunction] public Tensor DataIndexOutOfRange(Tensor x, Tensor y, int mode) { Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; return m[x]; }
        [GraphFunction] public Tensor DataIndexOutInBranch(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor s = m[0]; if (x >= 0 && x < 3) s = m[x]; return s;
        }
        [GraphFunction] public Tensor GatherMany(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor xs = Ops.Iota(mode) * x + y; return m[Ops.Mod(xs, 3)];
        }
        [GraphFunction] public Tensor ExpandDims(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor r = m[0]; return Ops.ExpandDims(r, 1) - Ops.ExpandDims(r, 0);
        }
        [GraphFunction] public Tensor LoopRead(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor s = 0;
            for (Tensor i = 0; i < 3; i++) for (Tensor j = 0; j < 4; j++) { if (j > i) break; s = s * 2 + m[i][j]; }
            return s;
        }
        [GraphFunction] public Tensor WriteBlock(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y;
            for (Tensor i = 0; i < 3; i++)
            {
                m = Ops.DynamicUpdateSlice(m, Ops.ExpandDims(m[i] * 2 + i, 0), new Tensor[] { i, 0 });
                if (x > 3) break;
            }
            return m;
        }
        [GraphFunction] public Tensor ReadBlock(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor s = Ops.DynamicSlice(m, new Tensor[] { 0, 0 }, new Shape(2, 2));
            for (Tensor i = 0; i < 2; i++) s = s + Ops.DynamicSlice(m, new Tensor[] { i, i }, new Shape(2, 2));
            return s;
        }
        [GraphFunction] public Tensor Axes(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y;
            return m[0, ..].Sum() * 1000000 + m[.., 0].Sum() * 1000 + m[1, 2] + m[^1, ^1] + m[-1, -2] + m[1.., ..^1].Sum() + m[.., 1..3].Sum();
        }
        [GraphFunction] public Tensor ByData(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor s = m[0, 0];
            for (Tensor i = 0; i < 3; i++) for (Tensor j = 0; j < 4; j++)
            {
                if (i > j) continue; s = s * 2 + m[i, j]; s = s + m[.., j].Sum();
            }
            return s;
        }
        [GraphFunction] public Tensor Column(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; return m[.., 1][.., Tensor.NewAxis] - m[Tensor.NewAxis, .., 2];
        }
        [GraphFunction] public Tensor NewFront(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; return m[1][.., Tensor.NewAxis] - m[2][Tensor.NewAxis, ..];
        }
        [GraphFunction] public Tensor ListOfPositions(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor p = new[] { 2, 0 }; return m[p, 1] + m[1, p].Sum() + m[p, ..][.., 0];
        }
        [GraphFunction] public Tensor Fill(Tensor x, Tensor y, int mode)
        {
            Tensor t = Ops.Zeros(6).Cast(DType.I32); for (Tensor i = 0; i < 6; i++) { if (i > y) break; t = t.At(i).Set(i * x); }
            return t;
        }
        [GraphFunction] public Tensor FillNumber(Tensor x, Tensor y, int mode)
        {
            Tensor t = Ops.Zeros(6);
            for (Tensor i = 0; i < 3; i++) { t = t.At(i * 2).Set(7); t = t.At(i).Add(0.5f); t = t.At(^1).Set(2.5); t = t.At(-2).Add(t[0]); }
            return t;
        }
        [GraphFunction] public Tensor SetBlocks(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; m = m.At(0).Set(x); m = m.At(.., 1).Set(x + 1);
            m = m.At(1.., ^2..).Set(new[] { 8, 9 }); m = m.At(2, 0).Set(5);
            for (Tensor i = 0; i < 3; i++) { if (x > 3) m = m.At(i, i).Add(100); m = m.At(i, ..2).Set(m[i, 2..]); }
            return m;
        }
        [GraphFunction] public Tensor SetOutOfRange(Tensor x, Tensor y, int mode) { Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; return m.At(x).Set(1); }
        [GraphFunction] public Tensor SetOutOfRangeInLoop(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; for (Tensor i = 0; i < 4; i++) { if (x > 3 && i == 3) m = m.At(i).Set(1); }
            return m;
        }
        [GraphFunction] public Tensor GetOutOfRange(Tensor x, Tensor y, int mode) { Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; return m[0, x]; }
        [GraphFunction] public Tensor Windows(Tensor x, Tensor y, int mode)
        {
            Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; Tensor s = 0;
            for (Tensor i = 0; i < 3; i++) s = s * 2 + m.Slice(i, 2, axis: 1).Sum(); return s + m.Slice(x > 3 ? 0 : 1, 2).Sum();
        }
        [GraphFunction] public Tensor WindowOutOfRange(Tensor x, Tensor y, int mode) { Tensor m = Ops.Iota(12).Reshape(3, 4) * x + y; return m.Slice(x, 2); }
        [GraphFunction] public Tensor Sieve(Tensor x, Tensor y, int mode)
        {
            Tensor p = Ops.Ones(30).Cast(DType.Bool); p = p.At(..2).Set(false);
            for (Tensor i = 2; i * i < 30; i++) { if (!p[i]) continue; for (Tensor j = i * i; j < 30; j += i) p = p.At(j).Set(false); }
            return p.Cast(DType.I32).Sum();
        }
        [GraphFunction] public Tensor BubbleSort(Tensor x, Tensor y, int mode)
        {
            Tensor v = Ops.Stack(new[] { x, y, x - y, y * 2, x + 3 });
            for (Tensor i = 0; i < 5; i++) for (Tensor j = 0; j < 4; j++)
            {
                if (v[j] > v[j + 1]) { Tensor t = v[j]; v = v.At(j).Set(v[j + 1]); v = v.At(j + 1).Set(t); }
            }
            return v;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
