[GraphFunction]
public Tensor F(Tensor x, Tensor y, int n)
{
    for (int k = 0; k < n; k++) { if (y > k) break; y = y + k; }
    for (int k = 0; k < n; k++) { if (y > k) continue; if (k == 3) break; y = y + k; }
    for (int k = 0; k < n; k++) { if (k == 3) break; y = y + k; }
    foreach (int k in new[] { 1, 2 }) { if (y > k) { y = y + 1; continue; } y = y - k; }
    return y;
}
