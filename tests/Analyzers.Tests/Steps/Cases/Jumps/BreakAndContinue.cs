[GraphFunction]
public Tensor F(Tensor x, Tensor y)
{
    for (Tensor i = 0; i < x; i++)
    {
        if (i == y) continue;
        foreach (Tensor row in x)
        {
            if (row > 3) break;
            if (row > 2) continue;
            y = y + row;
        }
        if (y > 100) break;
        y = y + i;
    }
    do { y = y - 1; if (y < 0) continue; if (y > 50) break; } while (y > 9);
    return y;
}
