public static partial class Deep
{
    [GraphFunction]
    public static Tensor Forty(Tensor x)
    {
        Tensor a0 = x, a1 = 1, a2 = 2, a3 = 3, a4 = 4, a5 = 5, a6 = 6, a7 = 7, a8 = 8, a9 = 9;
        Tensor b0 = x, b1 = 1, b2 = 2, b3 = 3, b4 = 4, b5 = 5, b6 = 6, b7 = 7, b8 = 8, b9 = 9;
        Tensor c0 = x, c1 = 1, c2 = 2, c3 = 3, c4 = 4, c5 = 5, c6 = 6, c7 = 7, c8 = 8, c9 = 9;
        Tensor d0 = x, d1 = 1, d2 = 2, d3 = 3, d4 = 4, d5 = 5, d6 = 6, d7 = 7, d8 = 8, d9 = 9;
        for (Tensor i = 0; i < 5; i++)
        {
            (a0, a1, a2, a3, a4, a5, a6, a7, a8, a9) = (a9, a0, a1, a2, a3, a4, a5, a6, a7, a8);
            if (a0 > 4)
                (b0, b1, b2, b3, b4, b5, b6, b7, b8, b9) = (b1, b2, b3, b4, b5, b6, b7, b8, b9, b0);
            else
                (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9) = (b1, b2, b3, b4, b5, b6, b7, b8, b9, b0);
            d0 += a0; d1 += a1; d2 += a2; d3 += a3; d4 += a4; d5 += b5; d6 += b6; d7 += c7; d8 += c8; d9 += c9;
        }
        return Ops.Stack([a0, a5, b0, b7, c0, c3, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9]);
    }

    [GraphFunction]
    public static Tensor Eight(Tensor x, Tensor y)
    {
        Tensor n = 0;
        if (x > 0)
        {
            while (y > 0)
            {
                if (x > y)
                {
                    for (Tensor i = 0; i < x; i++)
                    {
                        if (i == 2)
                        {
                            do
                            {
                                if (n % 3 == 1)
                                {
                                    while (true)
                                    {
                                        n++;
                                        if (n % 5 == 0)
                                            break;
                                        if (n > 60)
                                            return n * 100 + i;
                                    }
                                }
                                n += 2;
                            }
                            while (n < y);
                            continue;
                        }
                        if (i > 4)
                            break;
                        n += i;
                    }
                }
                else
                {
                    x++;
                }
                y--;
            }
        }
        return n * 10 + x;
    }
}

public class Scenario
{
    public object? Forty(Random random) => Deep.Forty(random.Next(10));

    public object? Eight(Random random) => Deep.Eight(random.Next(-1, 8), random.Next(8));

    public (int, int) Traces() => (GraphFunction.Of(Deep.Forty).TraceCount + GraphFunction.Of(Deep.Eight).TraceCount, 2);
}
