Console.WriteLine(Model.Shrink(new float[] { 8, 4 }));
Console.WriteLine(Model.Shrink(new float[] { 1, 2, 3 }));
Console.WriteLine(GraphFunction.Of(Model.Shrink));

public static partial class Model
{
    /// <summary>Halves x until its elements sum to at most 1. The loop is part of the graph, since its condition is a tensor.</summary>
    [GraphFunction]
    public static Tensor Shrink(Tensor x)
    {
        while (x.Sum() > 1)
            x = x / 2;
        return x;
    }
}
