graph if (x > 3)
{
    try
    {
        may stop
        {
            if (n > 3)
            {
                throw new InvalidOperationException(); // stops 1
            }
        }
        unless stopped
        {
            n = 1;
        }
    }
    catch (InvalidOperationException)
    {
        n = 2;
    }
    x = x + n;
}
return x;
