public readonly struct Complex(Tensor re, Tensor im)
{
    public Tensor Re => re;
    public Tensor Im => im;
    public Tensor Norm => re * re + im * im;
    public static Complex operator +(Complex a, Complex b) => new(a.Re + b.Re, a.Im + b.Im);
    public static Complex operator *(Complex a, Complex b) => new(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);
    public static implicit operator Complex((Tensor Re, Tensor Im) pair) => new(pair.Re, pair.Im);
}

public static partial class Fractal
{
    [GraphFunction]
    public static Tensor Escape(Tensor re, Tensor im, int most)
    {
        Complex c = (re, im), z = (Ops.ZerosLike(re), Ops.ZerosLike(im));
        Tensor n = 0, zr = z.Re, zi = z.Im;
        while (zr * zr + zi * zi <= 4f && n < most)
        {
            Complex next = new Complex(zr, zi) * new Complex(zr, zi) + c;
            (zr, zi) = (next.Re, next.Im);
            n++;
        }
        return n;
    }

    [GraphFunction]
    public static Tensor Image(Tensor res, Tensor ims, int most = 20)
    {
        var rows = new TensorArray(DType.I32, [res.Shape[0]]);
        foreach (Tensor im in ims)
        {
            var row = new TensorArray(DType.I32, Shape.Scalar);
            foreach (Tensor re in res)
                row.Add(Escape(re, im, most));
            rows.Add(row.Stack());
        }
        return rows.Stack();
    }

    [GraphFunction]
    public static Tensor AtOnce(Tensor re, Tensor im)
    {
        Tensor zr = Ops.ZerosLike(re), zi = Ops.ZerosLike(im), count = Ops.ZerosLike(re);
        for (Tensor i = 0; i < 20; i++)
        {
            Tensor inside = zr * zr + zi * zi <= 4f;
            if (!Ops.Any(inside))
                return count;
            count += inside.Cast(DType.F32);
            (zr, zi) = (Ops.Where(inside, zr * zr - zi * zi + re, zr), Ops.Where(inside, 2 * zr * zi + im, zi));
        }
        return count;
    }
}

public class Scenario
{
    private static float Next(Random random) => (float)(random.NextDouble() * 3 - 2);

    public object? Point(Random random) => Fractal.Escape(Next(random), Next(random), random.Next(5, 7));

    public object? Picture(Random random) => Fractal.Image(new[] { -2f, -0.5f, Next(random) }, new[] { 0f, Next(random) });

    public object? Vector(Random random) => Fractal.AtOnce(new[] { Next(random), 2, 0 }, new[] { Next(random), 2, 0.1f });

    public object? Far(Random random) => Fractal.AtOnce(new[] { 3f, 4f }, new[] { 3f, 4f });

    public (int, int) Traces() => (GraphFunction.Of(Fractal.Escape).TraceCount + GraphFunction.Of(Fractal.AtOnce).TraceCount, 5);
}
