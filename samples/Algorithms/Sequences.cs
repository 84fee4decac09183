using TensorGraph;

namespace Algorithms;

/// <summary>Searches over sequences, which keep how they got somewhere in tensor arrays and walk back along them.</summary>
public static partial class Sequences
{
    /// <summary>
    /// Viterbi's algorithm: the most likely states of a hidden Markov model. All probabilities are logarithms. Gives the states, one for each
    /// observation, and their probability.
    /// </summary>
    [GraphFunction]
    public static (Tensor States, Tensor Probability) Viterbi(Tensor start, Tensor transitions, Tensor emissions, Tensor observations)
    {
        Tensor scores = start + emissions[.., observations[0]];
        var before = new TensorArray(DType.I32, start.Shape);
        foreach (Tensor observation in observations[1..])
        {
            Tensor ways = Ops.ExpandDims(scores, 1) + transitions;
            before.Add(Ops.ArgMax(ways, 0));
            scores = Ops.ReduceMax(ways, [0]) + emissions[.., observation];
        }

        Tensor state = Ops.ArgMax(scores);
        var states = new TensorArray(DType.I32, Shape.Scalar);
        states.Add(state);
        for (Tensor i = before.Count - 1; i >= 0; i -= 1)
        {
            state = before[i][state];
            states.Add(state);
        }

        return (Ops.Reverse(states.Stack(), 0), Ops.ReduceMax(scores));
    }

    /// <summary>
    /// Beam search: the likeliest sequences of a model whose next token depends on the last one, of which the <paramref name="width"/> best are
    /// followed. It ends when all have come to the last token, or at the limit. Gives the best sequence and its probability, a logarithm.
    /// </summary>
    [GraphFunction]
    public static (Tensor Tokens, Tensor Probability) BeamSearch(Tensor transitions, int width, Tensor limit)
    {
        int count = (int)transitions.Shape[0].Value, end = count - 1;
        Tensor last = Ops.Full(new Shape(width), 0, DType.I32);
        // At first the beams are alike, so that one counts.
        Tensor scores = Ops.Where(Ops.Iota(width) == 0, Ops.Zeros(width), double.NegativeInfinity);
        TensorArray parents = new(DType.I32, [width]), tokens = new(DType.I32, [width]);
        while (parents.Count < limit && Ops.Any(last != end))
        {
            // A sequence that has ended goes on as it is.
            Tensor stays = Ops.Where(Ops.Iota(count) == end, Ops.Zeros(count), double.NegativeInfinity);
            Tensor next = Ops.Where(Ops.ExpandDims(last == end, 1), stays, Ops.Gather(transitions, last));
            var (best, places) = Ops.TopK(Ops.Reshape(Ops.ExpandDims(scores, 1) + next, width * count), width);
            scores = best;
            last = Ops.Mod(places, count);
            parents.Add(Ops.FloorDiv(places, count));
            tokens.Add(last);
        }

        Tensor beam = Ops.ArgMax(scores);
        var sequence = new TensorArray(DType.I32, Shape.Scalar);
        for (Tensor i = parents.Count - 1; i >= 0; i -= 1)
        {
            sequence.Add(tokens[i][beam]);
            beam = parents[i][beam];
        }

        return (Ops.Reverse(sequence.Stack(), 0), Ops.ReduceMax(scores));
    }
}
