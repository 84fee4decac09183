namespace TensorGraph.Ir;

/// <summary>Factors of one row-major matrix, on the host.</summary>
internal static class HostFactors
{
    private const int MostSweeps = 60;
    private const double Rounding = 1e-14;

    /// <summary>
    /// Householder: reflections make the columns upper triangular, and give the orthonormal columns when applied to those of a unit matrix.
    /// </summary>
    public static void Qr(double[] a, int rows, int columns, double[] q, double[] r)
    {
        int exponent = Normalize(a);
        Triangularize(a, rows, columns, q, r);
        Scale(r, exponent);
    }

    /// <summary>One-sided Jacobi: rotations of pairs of columns until all are orthogonal; their lengths are the singular values.</summary>
    public static void Svd(double[] a, int rows, int columns, double[] u, double[] s, double[] vt)
    {
        int exponent = Normalize(a);
        Diagonalize(a, rows, columns, u, s, vt);
        Scale(s, exponent);
    }

    // Squares of numbers near the ends of the range are 0 or infinite, so the largest one is brought near 1. A power of two rounds nothing.
    private static int Normalize(double[] a)
    {
        double largest = a.Max(Math.Abs);
        if (largest == 0)
            return 0;
        int exponent = Math.ILogB(largest);
        Scale(a, -exponent);
        return exponent;
    }

    private static void Scale(double[] a, int exponent)
    {
        for (int i = 0; i < a.Length && exponent != 0; i++)
            a[i] = Math.ScaleB(a[i], exponent);
    }

    private static void Triangularize(double[] a, int rows, int columns, double[] q, double[] r)
    {
        int k = Math.Min(rows, columns);
        var reflections = new double[k][];
        for (int j = 0; j < k; j++)
        {
            reflections[j] = Reflection(a, rows, columns, j);
            Reflect(reflections[j], a, columns, j);
        }

        for (int j = 0; j < k; j++)
            q[(j * k) + j] = 1;
        for (int j = k - 1; j >= 0; j--)
            Reflect(reflections[j], q, k, j);
        for (int i = 0; i < k; i++)
        {
            int sign = a[(i * columns) + i] < 0 ? -1 : 1;
            for (int j = i; j < columns; j++)
                r[(i * columns) + j] = sign * a[(i * columns) + j];
            for (int j = 0; j < rows; j++)
                q[(j * k) + i] *= sign;
        }
    }

    private static void Diagonalize(double[] a, int rows, int columns, double[] u, double[] s, double[] vt)
    {
        if (rows < columns)
        {
            double[] left = new double[columns * rows], right = new double[rows * rows];
            Diagonalize(Transposed(a, rows, columns), columns, rows, left, s, right);
            Transposed(right, rows, rows).CopyTo(u, 0);
            Transposed(left, columns, rows).CopyTo(vt, 0);
            FixSigns(u, vt, rows, rows, columns);
            return;
        }

        var v = new double[columns * columns];
        for (int i = 0; i < columns; i++)
            v[(i * columns) + i] = 1;
        bool isRotated = a.All(double.IsFinite);
        for (int sweep = 0; sweep < MostSweeps && isRotated; sweep++)
        {
            isRotated = false;
            for (int p = 0; p < columns; p++)
            {
                for (int q = p + 1; q < columns; q++)
                    isRotated |= Rotate(a, v, rows, columns, p, q);
            }
        }

        double[] lengths = [.. Enumerable.Range(0, columns).Select(j => Length(a, rows, columns, j))];
        foreach (var (to, from) in Enumerable.Range(0, columns).OrderByDescending(j => lengths[j]).Index())
        {
            s[to] = lengths[from];
            // What is left of a column by rounding has no direction.
            bool hasDirection = lengths[from] > Rounding * s[0];
            for (int i = 0; i < rows; i++)
                u[(i * columns) + to] = hasDirection ? a[(i * columns) + from] / lengths[from] : 0;
            for (int i = 0; i < columns; i++)
                vt[(to * columns) + i] = v[(i * columns) + from];
        }

        Complete(u, rows, columns);
        FixSigns(u, vt, rows, columns, columns);
    }

    // Columns of singular values that are 0 are any that are orthogonal to the others.
    private static void Complete(double[] u, int rows, int columns)
    {
        for (int j = 0; j < columns; j++)
        {
            for (int unit = 0; unit < rows && Length(u, rows, columns, j) < 0.5; unit++)
            {
                for (int i = 0; i < rows; i++)
                    u[(i * columns) + j] = i == unit ? 1 : 0;
                for (int pass = 0; pass < 2; pass++)
                {
                    for (int other = 0; other < columns; other++)
                    {
                        double dot = other == j ? 0 : Dot(u, rows, columns, other, j);
                        for (int i = 0; i < rows && dot != 0; i++)
                            u[(i * columns) + j] -= dot * u[(i * columns) + other];
                    }
                }

                double length = Length(u, rows, columns, j);
                for (int i = 0; i < rows; i++)
                    u[(i * columns) + j] = length > 1e-6 ? u[(i * columns) + j] / length : 0;
            }
        }
    }

    private static void FixSigns(double[] u, double[] vt, int rows, int k, int columns)
    {
        for (int j = 0; j < k; j++)
        {
            double largest = 0;
            for (int i = 0; i < rows; i++)
                largest = Math.Abs(u[(i * k) + j]) > Math.Abs(largest) ? u[(i * k) + j] : largest;
            for (int i = 0; i < rows && largest < 0; i++)
                u[(i * k) + j] = -u[(i * k) + j];
            for (int i = 0; i < columns && largest < 0; i++)
                vt[(j * columns) + i] = -vt[(j * columns) + i];
        }
    }

    private static bool Rotate(double[] a, double[] v, int rows, int columns, int p, int q)
    {
        double alpha = Dot(a, rows, columns, p, p), beta = Dot(a, rows, columns, q, q), gamma = Dot(a, rows, columns, p, q);
        if (Math.Abs(gamma) <= 1e-16 * Math.Sqrt(alpha) * Math.Sqrt(beta))
            return false;
        double zeta = (beta - alpha) / (2 * gamma);
        double t = (zeta < 0 ? -1 : 1) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta))), cos = 1 / Math.Sqrt(1 + (t * t)), sin = cos * t;
        Turn(a, rows, columns, p, q, cos, sin);
        Turn(v, columns, columns, p, q, cos, sin);
        return true;
    }

    private static void Turn(double[] m, int rows, int columns, int p, int q, double cos, double sin)
    {
        for (int i = 0; i < rows; i++)
        {
            double x = m[(i * columns) + p], y = m[(i * columns) + q];
            (m[(i * columns) + p], m[(i * columns) + q]) = ((cos * x) - (sin * y), (sin * x) + (cos * y));
        }
    }

    // A unit vector for which the column becomes a multiple of the j-th unit vector; zeros in front of row j.
    private static double[] Reflection(double[] a, int rows, int columns, int j)
    {
        var v = new double[rows];
        for (int i = j; i < rows; i++)
            v[i] = a[(i * columns) + j];
        double length = Math.Sqrt(v.Sum(x => x * x));
        v[j] += v[j] < 0 ? -length : length;
        double norm = Math.Sqrt(v.Sum(x => x * x));
        for (int i = j; i < rows && norm != 0; i++)
            v[i] /= norm;
        return v;
    }

    private static void Reflect(double[] v, double[] a, int columns, int from)
    {
        for (int j = 0; j < columns; j++)
        {
            double dot = 0;
            for (int i = from; i < v.Length; i++)
                dot += v[i] * a[(i * columns) + j];
            for (int i = from; i < v.Length; i++)
                a[(i * columns) + j] -= 2 * dot * v[i];
        }
    }

    private static double[] Transposed(double[] a, int rows, int columns)
    {
        var result = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
            result[(i % columns * rows) + (i / columns)] = a[i];
        return result;
    }

    private static double Length(double[] a, int rows, int columns, int j) => Math.Sqrt(Dot(a, rows, columns, j, j));

    private static double Dot(double[] a, int rows, int columns, int p, int q)
    {
        double sum = 0;
        for (int i = 0; i < rows; i++)
            sum += a[(i * columns) + p] * a[(i * columns) + q];
        return sum;
    }
}
