[GraphFunction]
public Tensor F(Tensor x, Tensor y, bool flag)
{
    if (x > 3)
        return x;
    y = y + 1;
    if (flag)
        return y;
    while (y < 9)
    {
        if (y == 5) return y * 2;
        y = y + 1;
    }
    y = y + 2;
    return y;
}
