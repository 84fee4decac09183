[GraphFunction]
public Tensor F(Tensor x)
{
    Tensor total = 0;
    Tensor Clip(Tensor v) { if (v > 3) return 3; return v; }
    Action<Tensor> add = v => { if (v > 0) total = total + v; };
    add(x);
    return Clip(x) + total;
}
