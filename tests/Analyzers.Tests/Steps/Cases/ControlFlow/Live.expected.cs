Tensor t = y, unused = x;
graph loop, test first (x < 9) // carries x
{
    t = x;
    unused = t;
    x = x + t;
}
graph if (x > 3) // carries y, this._state
{
    y = x;
    _state = y;
    t = 3;
}
t = y + 1;
return t + y;
