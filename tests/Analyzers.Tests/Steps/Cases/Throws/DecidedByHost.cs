[GraphFunction]
public Tensor F(Tensor x, Tensor y, int n)
{
    if (n > 9) throw new ArgumentException("n");
    if (x > 3)
    {
        if (n > 3) throw new InvalidOperationException("n");
        y = y + 1;
        for (int k = 0; k < n; k++) { if (k == 2) throw new InvalidOperationException("k"); y = y * k; }
    }
    return y;
}
