using TensorGraph;

namespace CharRnn;

/// <summary>Embedding, LSTM and a dense layer: scores of the next letter after each one.</summary>
public sealed class Model : Module
{
    private const int Width = 32;

    private readonly Embedding _embedding;
    private readonly Lstm _lstm;
    private readonly Dense _scores;
    private readonly int _units;

    public Model(int letters, int units, RandomGenerator random)
    {
        _units = units;
        _embedding = new(letters, Width, random: random);
        _lstm = new(Width, units, returnSequences: true, random: random);
        _scores = new(units, letters, random: random);
    }

    /// <summary>The state at the start of a text: output and cell.</summary>
    public (Tensor Output, Tensor Cell) Start => (Ops.Zeros(1, _units), Ops.Zeros(1, _units));

    /// <summary>Scores of the letter after one, and the state after it.</summary>
    public (Tensor Scores, (Tensor Output, Tensor Cell) State) Next(Tensor letter, (Tensor Output, Tensor Cell) state)
    {
        using var scope = OpenScope();
        var (outputs, after) = _lstm.Run(_embedding.Call(Ops.Reshape(letter, 1, 1)), state: [state.Output, state.Cell]);
        return (_scores.Call(outputs)[0, 0], (after[0], after[1]));
    }

    protected override Tensor Forward(Tensor x, bool training) => _scores.Call(_lstm.Call(_embedding.Call(x), training));
}
