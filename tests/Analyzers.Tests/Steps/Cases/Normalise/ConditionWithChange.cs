private Tensor _left = 3f;

[GraphFunction]
public Tensor F(Tensor x)
{
    while ((x = x - 1) > 0) Ops.Print(x);
    while ((_left = _left - 1) > 0 && x < 3) x = x + _left;
    return x;
}
