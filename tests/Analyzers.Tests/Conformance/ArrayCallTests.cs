namespace TensorGraph.Tests.Conformance;

/// <summary>Methods of the framework that fill, copy and reverse arrays of tensors in branches and loops.</summary>
public sealed class ArrayCallTests
{
    private static readonly Programs s_programs = new("""
        [GraphFunction] public Tensor ArrayFill(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; if (x > 3) Array.Fill(h, y + 1); return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor ArrayFillLoop(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; while (x < 5) { Array.Fill(h, x, 1, 1); x = x + 3; } return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor ArrayCopy(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }, g = { 1, 2 }; if (x > 3) Array.Copy(h, g, 2); else Array.Copy(h, 0, g, 1, 1); return g[0] * 100 + g[1];
        }
        [GraphFunction] public Tensor CopyTo(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }, g = { 1, 2 }; var l = new List<Tensor> { y, x }; if (x > 3) h.CopyTo(g, 0); if (y > 3) l.CopyTo(g);
            return g[0] * 100 + g[1];
        }
        [GraphFunction] public Tensor ArrayReverse(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; if (x > 3) Array.Reverse(h); return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor SpanFill(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; if (x > 3) { h.AsSpan().Fill(y); h.AsSpan().Reverse(); } return h[0] * 100 + h[1];
        }
        [GraphFunction] public Tensor FreshFill(Tensor x, Tensor y, int mode)
        {
            if (x > 3) { var h = new Tensor[3]; Array.Fill(h, y); Array.Reverse(h); x = h[0] + h[1]; }
            return x;
        }
        [GraphFunction] public Tensor Unstaged(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y }; Array.Reverse(h); h.AsSpan(1).Fill(x); var s = new System.Text.StringBuilder(); s.Append("a");
            if (x > 3) { var t = new System.Text.StringBuilder(); t.Append("bc"); x = x + t.Length; }
            return h[0] * 100 + h[1] + s.Length + x;
        }
        [GraphFunction] public Tensor InHostLoop(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = { x, y, x }; for (int i = 0; i < 2; i++) { Array.Reverse(h, i, 2); if (h[0] > 6) break; h[0] = h[0] + 1; }
            return h[0] * 100 + h[1];
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
