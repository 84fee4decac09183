private Tensor Helper(Tensor v) { if (v > 3) return v; return -v; }
private Tensor Plain(Tensor v) => v + 1;
private Tensor Named(Tensor v, [System.Runtime.CompilerServices.CallerMemberName] string name = "") => v + name.Length;
[GraphFunction] public Tensor Other(Tensor v) => v * 2;

[GraphFunction]
public Tensor F(Tensor x)
{
    Func<Tensor, Tensor> f = Helper;
    return Helper(x) + Plain(x) + Named(x) + Other(x) + f(x);
}
