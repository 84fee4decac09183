private sealed class Scale(Tensor by) : IDisposable { public Tensor By => by; public void Dispose() { } }

[GraphFunction]
public Tensor F(Tensor x, Tensor y)
{
    if (x > 3)
    {
        using var scale = new Scale(y);
        if (y > 3) return x * scale.By;
        y = y + scale.By;
    }
    return y;
}
