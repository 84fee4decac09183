[GraphFunction]
public Tensor F(Tensor x, int n)
{
    if (x > 3)
    {
        try { if (n > 3) throw new InvalidOperationException(); n = 1; } catch (InvalidOperationException) { n = 2; }
        x = x + n;
    }
    return x;
}
