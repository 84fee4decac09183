[GraphFunction]
public Tensor F(Tensor x, Tensor y, bool flag)
{
    if (x > 3) { y = x; }
    else return y;
    Tensor After(Tensor v) => v + 1;
    y = After(y);
    if (flag) { if (y > 5) return x; y = y * 2; } else return -y;
    return y + x;
}
