graph loop, test first (i < x)
{
    y = y + i * j;
}
tail
{
    i++;
    j--;
}
graph loop, test last (y > 9)
{
    y = y - 1;
}
graph loop, test first (none)
{
    y = y + 1;
    graph if (y > 4)
    {
        break;
    }
}
graph loop, test first (none)
{
    y = y + row;
}
loop, test first (none)
{
    y = y * k;
}
loop, test first (k < n)
{
    y = y + k;
}
graph loop, test first (none)
{
    graph if (y > 100)
    {
        return y;
    }
    y = y * 2;
}
