public static partial class Shared
{
    private static Tensor Collatz(Tensor n, ref Tensor steps)
    {
        while (n != 1)
        {
            n = n % 2 == 0 ? n / 2 : 3 * n + 1;
            steps++;
        }
        return n;
    }

    [GraphFunction]
    public static Tensor Work(Tensor x, string mode)
    {
        Tensor total = 0;
        foreach (Tensor n in x)
            Collatz(n + 1, ref total);
        return mode == "double" ? total * 2 : total;
    }

    [GraphFunction]
    public static Tensor Failing(Tensor x)
    {
        if (x.Sum() > 10)
            throw new InvalidOperationException($"{x.Sum()} is too much");
        return x + 1;
    }
}

public class Scenario
{
    private static int Try(Tensor x)
    {
        try
        {
            return (int)Shared.Failing(x).Sum();
        }
        catch (InvalidOperationException failure)
        {
            return -failure.Message.Length;
        }
    }

    public object? Parallel(Random random)
    {
        int[][] inputs = [.. Enumerable.Range(0, 24).Select(i => Enumerable.Range(i % 3, i % 5).ToArray())];
        return inputs.AsParallel().AsOrdered().WithDegreeOfParallelism(6).Select((x, i) => (int)Shared.Work(x, i % 2 == 0 ? "double" : "single")).ToArray();
    }

    public object? Failures(Random random)
    {
        int[][] inputs = [.. Enumerable.Range(0, 24).Select(i => Enumerable.Range(i % 4, 1 + i % 3).ToArray())];
        return inputs.AsParallel().AsOrdered().WithDegreeOfParallelism(6).Select(x => Try(x)).ToArray();
    }
}
