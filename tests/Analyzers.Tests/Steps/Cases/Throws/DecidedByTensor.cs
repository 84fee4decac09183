[GraphFunction]
public Tensor F(Tensor x, Tensor y)
{
    if (x > 3)
        throw new InvalidOperationException($"{x} is too large");
    try { if (y > 3) y = y + 1; } finally { }
    return y;
}
