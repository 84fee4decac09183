public record State(Tensor[] Layers, Tensor Last);

private sealed class Cell { public Tensor H { get; set; } = 0f; }
private readonly Cell[] _cells = [new(), new()];

[GraphFunction]
public Tensor[] F(Tensor x)
{
    Tensor[] a = [x, x * x];
    var s = new State([x], x);
    for (Tensor i = 0f; i < 3; i++)
    {
        a = [a[1] + i, a[0]];
        s = new State([s.Last], s.Layers[0]);
        foreach (Cell cell in _cells)
            cell.H = cell.H + x;
    }
    if (a[0] > 3) return [s.Last];
    return [a[0] + _cells[0].H];
}
