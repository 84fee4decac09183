guarded (break1) loop, test first (k < n)
{
    graph if (y > k)
    {
        set break1;
    }
    else
    {
        rest, skipped by break1
        {
            y = y + k;
        }
    }
}
guarded (break2) loop, test first (k < n)
{
    graph if (y > k)
    {
        set continue1;
    }
    else
    {
        rest, skipped by continue1
        {
            if (k == 3)
            {
                set break2;
            }
            else
            {
                rest, skipped by break2
                {
                    y = y + k;
                }
            }
        }
    }
}
loop, test first (k < n)
{
    if (k == 3)
    {
        break;
    }
    y = y + k;
}
loop, test first (none)
{
    graph if (y > k)
    {
        y = y + 1;
        set continue2;
    }
    else
    {
        rest, skipped by continue2
        {
            y = y - k;
        }
    }
}
return y;
