graph if (x > 3)
{
    graph throw new InvalidOperationException($"{x} is too large");
}
try
{
    graph if (y > 3)
    {
        y = y + 1;
    }
}
finally
{
}
return y;
