public partial class Decoder(Tensor table)
{
    private const int End = 0;

    private Tensor Logits(Tensor token) => Ops.LogSoftmax(table[token]);

    [GraphFunction]
    public (Tensor Tokens, Tensor Score) Greedy(Tensor start, Tensor most)
    {
        var tokens = new TensorArray(DType.I32, Shape.Scalar);
        Tensor token = start, score = 0f;
        while (tokens.Count < most)
        {
            Tensor logits = Logits(token);
            token = Ops.ArgMax(logits).Cast(DType.I32);
            score += logits[token];
            if (token == End)
                break;
            tokens.Add(token);
        }
        return (tokens.Stack(), score);
    }

    [GraphFunction]
    public (Tensor Sequences, Tensor Scores) Beam(Tensor start, int width, int steps)
    {
        Tensor words = table.Shape[1].Value;
        Tensor scores = Ops.Where(Ops.Iota(width) == 0, Ops.Zeros(width), -1e9), last = Ops.Zeros(width).Cast(DType.I32) + start;
        var history = new List<Tensor>();
        for (int s = 0; s < steps; s++)
        {
            if (Ops.All(last == End))
                break;
            Tensor all = Ops.Reshape(scores[.., Tensor.NewAxis] + Ops.LogSoftmax(Ops.Gather(table, last)), -1);
            var picked = new List<Tensor>();
            Tensor rest = all;
            for (int i = 0; i < width; i++)
            {
                Tensor best = Ops.ArgMax(rest);
                picked.Add(best);
                rest = rest.At(best).Set(float.NegativeInfinity);
            }
            Tensor index = Ops.Stack(picked);
            scores = Ops.Gather(all, index);
            last = (index % words.Cast(index.DType)).Cast(DType.I32);
        }
        return (last, scores);
    }
}

public class Scenario
{
    private readonly Decoder _decoder = new(Ops.Reshape((float[])[.. Enumerable.Range(0, 16).Select(i => MathF.Sin(i * i))], 4, 4));

    public object? Greedy(Random random) => _decoder.Greedy(random.Next(1, 4), random.Next(5));

    public object? Beam(Random random) => _decoder.Beam(random.Next(1, 4), 2, random.Next(1, 4));

    public (int, int) Traces() => (GraphFunction.Of(_decoder.Greedy).TraceCount, 1);
}
