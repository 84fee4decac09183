graph if (x > 3)
{
    result = x; set return1;
}
else
{
    rest, skipped by return1
    {
        y = y + 1;
        if (flag)
        {
            result = y; set return1;
        }
        else
        {
            rest, skipped by return1
            {
                graph loop, test first (y < 9), until return1
                {
                    graph if (y == 5)
                    {
                        result = y * 2; set return1;
                    }
                    else
                    {
                        rest, skipped by return1
                        {
                            y = y + 1;
                        }
                    }
                }
                unless (return1)
                {
                    y = y + 2;
                    result = y; set return1;
                }
            }
        }
    }
}
