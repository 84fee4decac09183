[GraphFunction]
public Tensor F(Tensor x, Tensor y, int mode)
{
    switch (mode)
    {
        case 0: if (x > 3) break; y = y + 1; break;
        case int k when y > k: if (x > 5) return y; y = y - 1; break;
        default: { y = 0; break; }
    }
    switch (mode)
    {
        case 0: if (x > 3) break; y = y + 1; break;
        default: y = 0; break;
    }
    return y;
}
