Tensor After(Tensor v) => v + 1;
graph if (x > 3)
{
    y = x;
    rest, skipped by return1
    {
        y = After(y);
        if (flag)
        {
            graph if (y > 5)
            {
                result = x; set return1;
            }
            else
            {
                rest, skipped by return1
                {
                    y = y * 2;
                }
            }
            rest, skipped by return1
            {
                unless (return1)
                {
                    result = y + x; set return1;
                }
            }
        }
        else
        {
            result = -y; set return1;
        }
    }
}
else
{
    result = y; set return1;
}
