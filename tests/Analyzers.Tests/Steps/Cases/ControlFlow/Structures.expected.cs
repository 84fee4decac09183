var p = new Pair(x, x);
(Tensor A, Tensor B) q = (x, x);
Tensor[] all = [x, x];
graph loop, test first (i < 3) // carries p, q, i, all, _cells
{
    p.Left = p.Right + i;
    q = (q.B, q.A + p.Left);
    all[0] = all[1] + 1;
    _cells[1] = x;
}
tail
{
    i++;
}
return p.Left + q.A + all[0];
