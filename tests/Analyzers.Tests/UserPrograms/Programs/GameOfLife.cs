public partial class Life(Tensor start)
{
    private readonly Variable _board = new(start), _generation = new(0);

    public Tensor Board { get => _board; private set => _board.Assign(value); }

    public Tensor Generation { get => _generation; private set => _generation.Assign(value); }

    private static Tensor Neighbours(Tensor board)
    {
        Tensor sum = Ops.ZerosLike(board), wide = Ops.Pad(board, [1, 1], [1, 1]);
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                if (i == 1 && j == 1)
                    continue;
                sum += wide[i..(i + (int)board.Shape[0].Value), j..(j + (int)board.Shape[1].Value)];
            }
        }
        return sum;
    }

    private Tensor Next()
    {
        Tensor n = Neighbours(Board);
        return (n == 3 | (n == 2 & Board > 0)).Cast(DType.I32);
    }

    [GraphFunction]
    public Tensor Advance(Tensor generations)
    {
        for (Tensor i = 0; i < generations; i++)
        {
            Tensor next = Next();
            if (Ops.All(Ops.Equal(next, Board)))
                break;
            Board = next;
            Generation++;
        }
        return Board.Sum();
    }
}

public class Scenario
{
    private readonly Life _blinker = new(new[,] { { 0, 0, 0, 0 }, { 0, 1, 1, 1 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 } });
    private readonly Life _block = new(new[,] { { 0, 0, 0 }, { 0, 1, 1 }, { 0, 1, 1 } });

    public object? Blinker(Random random) => _blinker.Advance(random.Next(4));

    public object? Block(Random random) => _block.Advance(random.Next(4));

    public object? State() => (_blinker.Board, _blinker.Generation, _block.Board, _block.Generation);

    public (int, int) Traces() => (GraphFunction.Of(_blinker.Advance).TraceCount, 1);
}
