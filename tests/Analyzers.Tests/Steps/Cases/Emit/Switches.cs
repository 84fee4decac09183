[GraphFunction]
public Tensor F(Tensor x, int mode)
{
    switch (mode) { case 0: if (x > 3) break; x = x + 1; break; default: x = -x; break; }
    switch (mode) { case int k when x > k: x = x - k; break; default: x = x * 2; break; }
    return x;
}
