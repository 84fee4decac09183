using TensorGraph.Backends.Managed;

namespace TensorGraph.Tests;

/// <summary>The vector math library against the framework's double precision functions.</summary>
public sealed unsafe class MathTests
{
    [Fact]
    public void Float32_functions_are_within_three_ulps()
    {
        Check(&MathF32.Exp, Math.Exp, -104, 88.7);
        Check(&MathF32.Expm1, x => 2 * Math.Sinh(x / 2) * Math.Exp(x / 2), -20, 88);
        Check(&MathF32.Expm1, x => 2 * Math.Sinh(x / 2) * Math.Exp(x / 2), -0.5, 0.5);
        Check(&MathF32.Log, Math.Log, 0, 1000);
        Check(&MathF32.Log1p, Log1p, -1, 10);
        Check(&MathF32.Log1p, Log1p, -1e-4, 1e-4);
        Check(&MathF32.Tanh, Math.Tanh, -10, 10);
        Check(&MathF32.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -100, 100);
        Check(&MathF32.Sin, Math.Sin, -1e5, 1e5);
        Check(&MathF32.Cos, Math.Cos, -100, 100);
        Check(&MathF32.Erf, Erf, -4, 4);
    }

    [Fact]
    public void Float64_functions_are_within_four_ulps()
    {
        Check(&MathF64.Exp, Math.Exp, -700, 700);
        Check(&MathF64.Expm1, x => 2 * Math.Sinh(x / 2) * Math.Exp(x / 2), -1, 1);
        Check(&MathF64.Log, Math.Log, 0, 1000);
        Check(&MathF64.Log1p, Log1p, -1, 10);
        Check(&MathF64.Tanh, Math.Tanh, -10, 10);
        Check(&MathF64.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -500, 500);
        Check(&MathF64.Sin, Math.Sin, -100, 100);
        Check(&MathF64.Cos, Math.Cos, -100, 100);
        Check(&MathF64.Erf, Erf, -2, 2, ulps: 16); // the series below loses a few itself
    }

    private static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }

    private static double Erf(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static void Check(delegate*<Lanes128<float>, Lanes128<float>> function, Func<double, double> reference, double low, double high)
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            float x = (float)(low + (high - low) * random.NextDouble());
            float expected = (float)reference(x);
            float actual = function(Lanes128<float>.Broadcast(x)).V[0];
            Assert.True(Close.Ulps(expected, actual) <= 3, $"x = {x:r}: expected {expected:r}, got {actual:r}");
        }
    }

    private static void Check(delegate*<Lanes128<double>, Lanes128<double>> function, Func<double, double> reference, double low, double high, ulong ulps = 4)
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            double x = low + (high - low) * random.NextDouble();
            double expected = reference(x);
            double actual = function(Lanes128<double>.Broadcast(x)).V[0];
            Assert.True(Close.Ulps(expected, actual) <= ulps, $"x = {x:r}: expected {expected:r}, got {actual:r}");
        }
    }
}
