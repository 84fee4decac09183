if (n > 9)
{
    throw new ArgumentException("n");
}
graph if (x > 3)
{
    may stop
    {
        if (n > 3)
        {
            graph throw new InvalidOperationException("n"); // stops 1
        }
    }
    unless stopped
    {
        y = y + 1;
        loop, test first (k < n), may stop
        {
            may stop
            {
                if (k == 2)
                {
                    graph throw new InvalidOperationException("k"); // stops 2
                }
            }
            unless stopped
            {
                y = y * k;
            }
        }
    }
}
return y;
