public record State(Tensor H, Tensor C);
public record struct Pair(Tensor L, Tensor R);

public static partial class Collections
{
    private static (Tensor Output, State Next) Step(Tensor x, State state)
    {
        if (x > 3)
            return (state.C, state with { H = state.H + x });
        return (x + state.H, new(state.C, x));
    }

    [GraphFunction]
    public static Tensor ArrayOfRecords(Tensor xs)
    {
        State[] states = [new(0, 1), new(2, 3)];
        Tensor last = 0;
        foreach (Tensor x in xs)
        {
            if (x == 2)
                continue;
            Tensor y = x;
            for (int i = 0; i < states.Length; i++)
                (y, states[i]) = Step(y, states[i]);
            last = y;
        }
        return last * 1000 + states[0].H * 100 + states[1].C;
    }

    [GraphFunction]
    public static (Tensor, Tensor)[] ListOfTuples(Tensor x, int n)
    {
        List<(Tensor H, Tensor C)> states = [.. Enumerable.Range(0, n).Select(i => ((Tensor)i, x))];
        while (x > 0)
        {
            for (int i = 0; i < n; i++)
            {
                var (h, c) = states[i];
                states[i] = (c, h + x);
            }
            x--;
        }
        return [.. states];
    }

    [GraphFunction]
    public static Dictionary<string, Pair> DictionaryOfStructs(Tensor x)
    {
        var all = new Dictionary<string, Pair> { ["a"] = new(x, 1) };
        if (x > 2)
        {
            all["a"] = all["a"] with { R = x * 2 };
            all["b"] = new(x, x);
        }
        else
        {
            all["b"] = new(0, 0);
        }
        return all;
    }

    [GraphFunction]
    public static Tensor Nested(Tensor x)
    {
        Pair[][] grid = [[new(x, 0)], [new(1, x), new(0, 0)]];
        for (Tensor i = 0; i < 3; i++)
        {
            for (int j = 0; j < grid.Length; j++)
                grid[j][0] = new(grid[j][0].R + i, grid[j][0].L);
            if (i == 1)
                grid[1][1] = grid[0][0];
            else
                grid[1][1] = grid[1][0];
        }
        return grid[0][0].L * 100 + grid[1][0].R * 10 + grid[1][1].L;
    }

    [GraphFunction]
    public static Tensor PartOfElement(Tensor x)
    {
        Pair[] pairs = [new(x, 0), new(1, x)];
        while (x > 0)
        {
            for (int i = 0; i < 2; i++)
                pairs[i].L += pairs[1 - i].R + x;
            x--;
        }
        return pairs[0].L * 100 + pairs[1].L;
    }

    [GraphFunction]
    public static Tensor Filled(Tensor x)
    {
        State[] states = [new(x, x), new(1, 1)];
        if (x > 2)
            Array.Fill(states, new State(x, 7));
        else
            Array.Reverse(states);
        return states[0].H * 10 + states[1].C;
    }
}

public class Scenario
{
    private static Tensor Numbers(Random random) => (int[])[.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(6))];

    public object? ArrayOfRecords(Random random) => Collections.ArrayOfRecords(Numbers(random));

    public object? ListOfTuples(Random random) => Collections.ListOfTuples(random.Next(4), random.Next(3));

    public object? DictionaryOfStructs(Random random) =>
        Collections.DictionaryOfStructs(random.Next(5)).Select(p => (p.Key, p.Value.L, p.Value.R)).ToList();

    public object? Nested(Random random) => Collections.Nested(random.Next(5));

    public object? PartOfElement(Random random) => Collections.PartOfElement(random.Next(5));

    public object? Filled(Random random) => Collections.Filled(random.Next(5));
}
