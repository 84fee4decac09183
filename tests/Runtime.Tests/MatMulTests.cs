using TensorGraph.Backends.Managed;

namespace TensorGraph.Tests;

/// <summary>The matrix product at odd sizes, all transpositions, one and two threads.</summary>
[Collection(ProcessState.Name)]
public sealed unsafe class MatMulTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Agrees_with_the_sum_of_products(int threads)
    {
        int before = Devices.Managed.Threads;
        Devices.Managed.Threads = threads;
        try
        {
            var random = new Random(threads);
            for (int trial = 0; trial < 150; trial++)
            {
                int largest = trial % 10 == 9 ? 300 : 50;
                Check(random, random.Next(1, largest), random.Next(1, largest), random.Next(0, 2 * largest), random.Next(2) == 0, random.Next(2) == 0);
            }
        }
        finally
        {
            Devices.Managed.Threads = before;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Agrees_for_vectors_and_a_few_rows(int threads)
    {
        int before = Devices.Managed.Threads;
        Devices.Managed.Threads = threads;
        try
        {
            var random = new Random(threads);
            foreach (int few in new[] { 1, 2, 4, 5 })
            {
                foreach (int many in new[] { 1, 7, 31, 513, 1100 })
                {
                    foreach (int k in new[] { 0, 1, 3, 31, 257, 600, few * many > 600 ? 700 : 9000 })
                    {
                        Check(random, few, many, k, random.Next(2) == 0, random.Next(2) == 0);
                        Check(random, many, few, k, random.Next(2) == 0, random.Next(2) == 0);
                    }
                }
            }
        }
        finally
        {
            Devices.Managed.Threads = before;
        }
    }

    [Theory]
    [InlineData(200, 150, 300)]
    [InlineData(1, 3001, 1000)]
    [InlineData(3, 2005, 700)]
    [InlineData(3001, 1, 1000)]
    // The last part of several is a row or a column.
    [InlineData(33, 33, 9000)]
    [InlineData(15, 14, 20000)]
    [InlineData(43, 31, 9000)]
    [InlineData(4001, 1, 9000)]
    [InlineData(29, 1, 200000)]
    public void Bits_do_not_depend_on_the_number_of_threads(int m, int n, int k)
    {
        int before = Devices.Managed.Threads;
        try
        {
            float[] a = Numbers(new Random(1), m * k);
            float[] b = Numbers(new Random(2), k * n);
            foreach ((bool transposeA, bool transposeB) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                (int aRow, int aColumn) = transposeA ? (1, m) : (k, 1);
                (int bRow, int bColumn) = transposeB ? (1, k) : (n, 1);
                float[][] results = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
                {
                    Devices.Managed.Threads = threads;
                    var c = new float[m * n];
                    fixed (float* pa = a, pb = b, pc = c)
                    {
                        var (left, right) = (new Matrix((byte*)pa, aRow, aColumn), new Matrix((byte*)pb, bRow, bColumn));
                        Gemm.Multiply(Devices.Managed.Workers, DType.F32, left, right, (byte*)pc, n, m, n, k);
                    }
                    return c;
                })];
                Assert.All(results[1..], result => Assert.Equal(results[0], result));
            }
        }
        finally
        {
            Devices.Managed.Threads = before;
        }
    }

    private static void Check(Random random, int m, int n, int k, bool transposeA, bool transposeB)
    {
        float[] a = Numbers(random, m * k);
        float[] b = Numbers(random, k * n);
        double[] wideA = Array.ConvertAll(a, x => (double)x);
        double[] wideB = Array.ConvertAll(b, x => (double)x);
        (int aRow, int aColumn) = transposeA ? (1, m) : (k, 1);
        (int bRow, int bColumn) = transposeB ? (1, k) : (n, 1);
        float[] c = [.. Enumerable.Repeat(77f, m * n + 32)];
        var wideC = new double[m * n];
        fixed (float* pa = a, pb = b, pc = c)
        fixed (double* qa = wideA, qb = wideB, qc = wideC)
        {
            Gemm.Multiply(Devices.Managed.Workers, DType.F32, new Matrix((byte*)pa, aRow, aColumn), new Matrix((byte*)pb, bRow, bColumn), (byte*)pc, n, m, n, k);
            Gemm.Multiply(Devices.Managed.Workers, DType.F64, new Matrix((byte*)qa, aRow, aColumn), new Matrix((byte*)qb, bRow, bColumn), (byte*)qc, n, m, n, k);
        }
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                double expected = 0;
                for (int i = 0; i < k; i++) expected += wideA[row * aRow + i * aColumn] * wideB[i * bRow + column * bColumn];
                Close.Within(expected, wideC[row * n + column], 1e-12, 1e-12);
                Close.Within(expected, c[row * n + column], 1e-4, 1e-4);
            }
        }
        Assert.All(c[(m * n)..], x => Assert.Equal(77f, x));
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
