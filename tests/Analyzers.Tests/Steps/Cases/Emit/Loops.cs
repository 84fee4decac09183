[GraphFunction]
public Tensor F(Tensor x, Tensor y, int n)
{
    // Two counters.
    for (Tensor i = 0, j = 9; i < j; i++, j--)
        y = y + i; // added
    do y = y - 1; while (y > 9);
    foreach (Tensor row in x)
    {
        if (row > 3) break;
        y = y + row;
    }
    for (int k = 0; k < n; k++) { if (y > k) break; y = y + k; }
    while ((x = x - 1) > 0) y = y + x;
    return y;
}
