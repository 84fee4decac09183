public record Hmm(Tensor Initial, Tensor Transition, Tensor Emission)
{
    public int States => (int)Initial.Shape[0].Value;
}

public static partial class Inference
{
    [GraphFunction]
    public static Tensor Forward(Hmm model, Tensor observed)
    {
        Tensor alpha = model.Initial * model.Emission[.., observed[0]], log = 0f;
        for (Tensor t = 1L; t < Ops.Size(observed); t++)
        {
            Tensor total = alpha.Sum();
            log += Ops.Log(total);
            alpha = Ops.Sum(alpha[.., Tensor.NewAxis] / total * model.Transition, [0]) * model.Emission[.., observed[t]];
        }
        return log + Ops.Log(alpha.Sum());
    }

    [GraphFunction]
    public static (Tensor Path, Tensor Score) Viterbi(Hmm model, Tensor observed)
    {
        Tensor delta = Ops.Log(model.Initial) + Ops.Log(model.Emission)[.., observed[0]];
        var back = new TensorArray(DType.I32, new Shape(model.States));
        foreach (Tensor o in observed[1..])
        {
            Tensor scores = delta[.., Tensor.NewAxis] + Ops.Log(model.Transition);
            back.Add(Ops.ArgMax(scores, 0).Cast(DType.I32));
            delta = Ops.ReduceMax(scores, [0]) + Ops.Log(model.Emission)[.., o];
        }
        var path = new TensorArray();
        Tensor state = Ops.ArgMax(delta, 0).Cast(DType.I32);
        path.Add(state);
        for (Tensor t = back.Count - 1; t >= 0; t--)
        {
            state = back[t][state];
            path.Add(state);
        }
        return (Ops.Reverse(path.Stack(), 0), Ops.ReduceMax(delta));
    }
}

public class Scenario
{
    private readonly Hmm _model = new(new[] { 0.6f, 0.4f }, new[,] { { 0.7f, 0.3f }, { 0.4f, 0.6f } }, new[,] { { 0.5f, 0.4f, 0.1f }, { 0.1f, 0.3f, 0.6f } });

    private static Tensor Observed(Random random) => (int[])[.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(3))];

    public object? Likelihood(Random random) => Inference.Forward(_model, Observed(random));

    public object? Best(Random random) => Inference.Viterbi(_model, Observed(random));

    public object? Sticky(Random random) =>
        Inference.Viterbi(_model with { Transition = new[,] { { 0.99f, 0.01f }, { 0.01f, 0.99f } } }, Observed(random));
}
