/// <summary>Points on two spirals that wind around each other, with some noise: the label says on which one.</summary>
public static class Spirals
{
    public static (Tensor Points, Tensor Labels) Make(int count, int seed)
    {
        var random = new Random(seed);
        var points = new float[count * 2];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 2;
            double radius = random.NextDouble(), angle = radius * 2 * Math.PI + labels[i] * Math.PI;
            points[2 * i] = (float)(radius * Math.Cos(angle) + 0.02 * random.NextDouble());
            points[2 * i + 1] = (float)(radius * Math.Sin(angle) + 0.02 * random.NextDouble());
        }

        return (Tensor.From(points, count, 2), labels);
    }
}
