[GraphFunction]
public Tensor F(Tensor x, Tensor y, int n)
{
    if (x > 3)
    {
        if (n > 3) throw new InvalidOperationException($"{x} with {n}");
        y = y + 1;
    }
    return y > 5 ? throw new ArgumentException($"{y}") : y;
}
