public partial class Grid
{
    private readonly Variable[,] _cells = new Variable[2, 2];
    private readonly Variable[] _weights = [new(1f), new(2f), new(3f), new(4f)];

    public Grid()
    {
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 2; j++)
                _cells[i, j] = new Variable((float)(i * 2 + j));
        }
    }

    public Variable this[int row, int column] => _cells[row, column];

    public IEnumerable<Tensor> All()
    {
        foreach (Variable cell in _cells)
            yield return cell.Value;
    }

    [GraphFunction]
    public Tensor Relax(Tensor sweeps, int start = 0)
    {
        Tensor change = 0f;
        for (Tensor s = 0; s < sweeps; s++)
        {
            change = 0f;
            for (int k = start; k < 4; k++)
            {
                var (i, j) = (k / 2, k % 2);
                Tensor old = this[i, j].Value, next = (this[1 - i, j].Value * _weights[k] + this[i, 1 - j].Value) / 4f;
                if (Ops.Abs(next - old) < 0.01f)
                    continue;
                this[i, j].Assign(next);
                change += Ops.Abs(next - old);
            }
            if (change == 0f)
                break;
        }
        return change;
    }

    [GraphFunction]
    public Tensor Total() => All().Aggregate((Tensor)0f, (sum, cell) => sum + (cell > 1f ? cell : 1f));

    public void Reweigh(Tensor w) => _weights[2].Assign(w);
}

public class Scenario
{
    private readonly Grid _grid = new();

    public object? Relax(Random random) => _grid.Relax(random.Next(3));

    public object? Partly(Random random) => _grid.Relax(1, start: random.Next(4));

    public object? Total(Random random) => _grid.Total();

    public object? Reweigh(Random random)
    {
        _grid.Reweigh((float)random.Next(5));
        return null;
    }

    public object? State() => _grid.All().ToList();
}
