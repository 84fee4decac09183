private Tensor Helper(Tensor v) { if (v > 3) return v; return -v; }

[GraphFunction]
public Tensor F(Tensor x, Tensor y, int mode)
{
    Tensor a = x > 3 && Helper(y) > 2 ? x : y > 3 || !(x > 1) ? y : 0.5f;
    (Tensor, Tensor) pair = x > y ? (x, y) : (y, x);
    return mode switch { 0 => a, 1 when x > y => pair.Item1, _ => pair.Item2 + a };
}
