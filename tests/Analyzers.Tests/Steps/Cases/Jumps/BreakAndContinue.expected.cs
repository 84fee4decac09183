graph loop, test first (i < x), until break1
{
    if (i == y)
    {
        set continue1;
    }
    else
    {
        rest, skipped by continue1
        {
            graph loop, test first (none), until break2
            {
                graph if (row > 3)
                {
                    set break2;
                }
                else
                {
                    rest, skipped by break2
                    {
                        graph if (row > 2)
                        {
                            set continue2;
                        }
                        else
                        {
                            rest, skipped by continue2
                            {
                                y = y + row;
                            }
                        }
                    }
                }
            }
            graph if (y > 100)
            {
                set break1;
            }
            else
            {
                rest, skipped by break1
                {
                    y = y + i;
                }
            }
        }
    }
}
tail
{
    i++;
}
graph loop, test last (y > 9), until break3
{
    y = y - 1;
    graph if (y < 0)
    {
        set continue3;
    }
    else
    {
        rest, skipped by continue3
        {
            graph if (y > 50)
            {
                set break3;
            }
        }
    }
}
tail
{
    unless (break3)
    {
        set break3 unless (y > 9);
    }
}
return y;
