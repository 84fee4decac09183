[GraphFunction]
public Tensor F(Tensor x, int mode)
{
    ;
    switch (mode) { case 0: x = x + 1; break; case 1 when mode > 3: case 2: { x = x + 2; break; } default: return x; }
    switch (mode) { case int k when x > k: x = x - k; break; default: x = -x; break; }
    try { checked { mode = mode * 2; } } catch (OverflowException error) when (mode > 3) { throw new InvalidOperationException("", error); } finally { mode = 1; }
    using (var tape = new GradientTape()) { if (x > 3) x = x * 2; else if (mode > 3) x = x * 3; }
    Tensor Local(Tensor v) { if (v > 3) return v; return -v; }
    return Local(x);
}
