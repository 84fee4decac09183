[GraphFunction]
public Tensor F(Tensor x, Tensor y)
{
    Tensor n = 0, m = 0, k = 0;
    void Count() => n = n + 1;
    void Never() => k = k + 1;
    Func<Tensor> get = () => m;
    if (x > 3) { Count(); m = y; }
    if (y > 3) x = x + 1;
    Never();
    return n + get() + x + k;
}
