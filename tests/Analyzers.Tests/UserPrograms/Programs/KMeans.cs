public partial class KMeans(int clusters)
{
    public Tensor? Centers { get; private set; }

    private static Tensor Distances(Tensor x, Tensor centers)
    {
        Tensor difference = x[.., Tensor.NewAxis, ..] - centers[Tensor.NewAxis, .., ..];
        return Ops.Sum(difference * difference, [2]);
    }

    [GraphFunction]
    public (Tensor Centers, Tensor Steps) Fit(Tensor x, Tensor start)
    {
        Tensor centers = start, moved = float.PositiveInfinity, steps = 0;
        while (moved > 1e-4f && steps < 20)
        {
            Tensor nearest = Ops.ArgMin(Distances(x, centers), 1);
            Tensor next = centers;
            for (int c = 0; c < clusters; c++)
            {
                Tensor mask = (nearest == c).Cast(DType.F32), count = mask.Sum();
                if (count > 0f)
                    next = next.At(c).Set(Ops.Sum(x * mask[.., Tensor.NewAxis], [0]) / count);
            }
            moved = Ops.Sum(Ops.Abs(next - centers));
            centers = next;
            steps++;
        }
        return (centers, steps);
    }

    public int Train(Tensor x)
    {
        (Centers, Tensor steps) = Fit(x, Centers ?? x[..clusters]);
        return (int)steps;
    }

    [GraphFunction]
    public Tensor Assign(Tensor x) => Centers is { } centers ? Ops.ArgMin(Distances(x, centers), 1) : Ops.Zeros(x.Shape[0].Value).Cast(DType.I32);
}

public class Scenario
{
    private readonly KMeans _model = new(2);

    private static Tensor Points(Random random, int n) =>
        Ops.Reshape((float[])[.. Enumerable.Range(0, n * 2).Select(i => (float)random.NextDouble() + i / 2 % 2 * 3)], n, 2);

    public object? Train(Random random) => _model.Train(Points(random, random.Next(2, 8)));

    public object? Assign(Random random) => _model.Assign(Points(random, random.Next(1, 5)));

    public object? State() => _model.Centers;
}
