[GraphFunction]
public Tensor F(Tensor x, Tensor y)
{
    Tensor t = x;
    if (x > 3) { t = y; y = t * 2; } else { y = t * 3; }
    if (y > 5) return y;
    t = y;
    return t;
}
