graph loop, test inbody ((x = x - 1) > 0)
{
    Ops.Print(x);
}
graph loop, test inbody ((_left = _left - 1) > 0 && x < 3)
{
    x = x + _left;
}
return x;
