private Tensor _state = 0f;

[GraphFunction]
public Tensor F(Tensor x, Tensor y)
{
    Tensor t = y, unused = x;
    while (x < 9) { t = x; unused = t; x = x + t; }
    if (x > 3) { y = x; _state = y; t = 3; }
    t = y + 1;
    return t + y;
}
