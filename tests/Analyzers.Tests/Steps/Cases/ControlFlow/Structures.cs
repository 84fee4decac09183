public record struct Pair(Tensor Left, Tensor Right);

private readonly Tensor[] _cells = [1f, 2f];

[GraphFunction]
public Tensor F(Tensor x)
{
    var p = new Pair(x, x);
    (Tensor A, Tensor B) q = (x, x);
    Tensor[] all = [x, x];
    for (Tensor i = 0; i < 3; i++) { p.Left = p.Right + i; q = (q.B, q.A + p.Left); all[0] = all[1] + 1; _cells[1] = x; }
    return p.Left + q.A + all[0];
}
