[GraphFunction]
public Tensor F(Tensor x, Tensor y, int n)
{
    for (Tensor i = 0, j = 1; i < x; i++, j--)
        y = y + i * j;
    do { y = y - 1; } while (y > 9);
    while (true) { y = y + 1; if (y > 4) break; }
    foreach (Tensor row in x) y = y + row;
    foreach (int k in new[] { 1, 2 }) { y = y * k; }
    for (int k = 0; k < n; k++) y = y + k;
    for (; ; ) { if (y > 100) return y; y = y * 2; }
}
