graph switch (mode)
case 0:
{
    graph if (x > 3)
    {
        set break1;
    }
    else
    {
        rest, skipped by break1
        {
            y = y + 1;
        }
    }
}
case int k when y > k:
{
    graph if (x > 5)
    {
        result = y; set return1;
    }
    else
    {
        rest, skipped by return1
        {
            y = y - 1;
        }
    }
}
default:
{
    y = 0;
}
unless (return1)
{
    switch (mode)
    case 0:
    {
        graph if (x > 3)
        {
            set break2;
        }
        else
        {
            rest, skipped by break2
            {
                y = y + 1;
                set break2;
            }
        }
    }
    default:
    {
        y = 0;
        break;
    }
    result = y; set return1;
}
