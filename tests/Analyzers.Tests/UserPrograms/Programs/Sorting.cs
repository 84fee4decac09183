public static partial class Sorting
{
    private static void CompareSwap(ref Tensor a, ref Tensor b)
    {
        if (a > b)
            (a, b) = (b, a);
    }

    [GraphFunction]
    public static Tensor Network(Tensor x)
    {
        Tensor[] v = [x[0], x[1], x[2], x[3]];
        foreach (var (i, j) in new[] { (0, 1), (2, 3), (0, 2), (1, 3), (1, 2) })
            CompareSwap(ref v[i], ref v[j]);
        return Ops.Stack(v);
    }

    [GraphFunction]
    public static (Tensor Sorted, Tensor Swaps) Bubble(Tensor x)
    {
        int n = (int)x.Shape[0].Value;
        Tensor swaps = 0;
        for (int i = 0; i < n - 1; i++)
        {
            Tensor any = false;
            for (int j = 0; j < n - 1 - i; j++)
            {
                if (x[j] <= x[j + 1])
                    continue;
                Tensor low = x[j + 1], high = x[j];
                x = x.At(j).Set(low).At(j + 1).Set(high);
                any = true;
                swaps++;
            }
            if (!any)
                break;
        }
        return (x, swaps);
    }

    [GraphFunction]
    public static Tensor Insertion(Tensor x)
    {
        for (Tensor i = 1L; i < Ops.Size(x); i++)
        {
            Tensor key = x[i], j = i - 1;
            while (j >= 0 && x[j] > key)
            {
                x = x.At(j + 1).Set(x[j]);
                j--;
            }
            x = x.At(j + 1).Set(key);
        }
        return x;
    }

    [GraphFunction]
    public static Tensor BinarySearch(Tensor sorted, Tensor value)
    {
        Tensor low = 0L, high = Ops.Size(sorted);
        while (low < high)
        {
            Tensor middle = (low + high) / 2;
            switch (sorted[middle])
            {
                case var m when m < value:
                    low = middle + 1;
                    break;
                default:
                    high = middle;
                    break;
            }
        }
        return low;
    }
}

public class Scenario
{
    private static Tensor Numbers(Random random, int n) => (int[])[.. Enumerable.Range(0, n).Select(_ => random.Next(10))];

    public object? Network(Random random) => Sorting.Network(Numbers(random, 4));

    public object? Bubble(Random random) => Sorting.Bubble(Numbers(random, 4));

    public object? Insertion(Random random) => Sorting.Insertion(Numbers(random, random.Next(1, 6)));

    public object? Search(Random random) => Sorting.BinarySearch(Sorting.Insertion(Numbers(random, 5)), random.Next(10));

    public object? Empty(Random random) => Sorting.BinarySearch(Ops.Zeros(0), 1f);
}
