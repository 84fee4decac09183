Tensor t = x;
graph if (x > 3) // carries y restores t
{
    t = y;
    y = t * 2;
}
else
{
    y = t * 3;
}
graph if (y > 5) // carries return value
{
    result = y; set return1;
}
else
{
    rest, skipped by return1
    {
        t = y;
        result = t; set return1;
    }
}
