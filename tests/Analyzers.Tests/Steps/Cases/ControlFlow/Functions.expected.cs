Tensor n = 0, m = 0, k = 0;
void Count() => n = n + 1;
void Never() => k = k + 1;
Func<Tensor> get = () => m;
graph if (x > 3) // carries n, m
{
    Count();
    m = y;
}
graph if (y > 3) // carries x
{
    x = x + 1;
}
Never();
return n + get() + x + k;
