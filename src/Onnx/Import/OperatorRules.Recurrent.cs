using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Recurrent layers, as scans over the steps.</summary>
internal static partial class OperatorRules
{
    private const string Common = "activation_alpha activation_beta activations clip direction hidden_size";

    private const string RecurrentLimits = "activations without numbers of their own";

    private static IEnumerable<OperatorRule> Recurrent() =>
    [
        new("RNN", 7, Common, c => Layer(c, Simple)) { Limits = RecurrentLimits },
        new("RNN", 14, $"{Common} layout", c => Layer(c, Simple)) { Limits = RecurrentLimits },
        new("GRU", 7, $"{Common} linear_before_reset", c => Layer(c, Gated)) { Limits = RecurrentLimits },
        new("GRU", 14, $"{Common} layout linear_before_reset", c => Layer(c, Gated)) { Limits = RecurrentLimits },
        new("LSTM", 7, $"{Common} input_forget", c => Layer(c, LongShort)) { Limits = RecurrentLimits },
        new("LSTM", 14, $"{Common} input_forget layout", c => Layer(c, LongShort)) { Limits = RecurrentLimits },
    ];

    /// <summary>A kind of recurrent layer.</summary>
    /// <param name="Gates">How many blocks its weights have.</param>
    /// <param name="States">How many tensors it carries.</param>
    /// <param name="Activations">Their names, for one direction.</param>
    /// <param name="Step">(gates of the input, weights, state) → next state.</param>
    private sealed record Cell(int Gates, int States, string[] Activations, Func<NodeReader, Direction, Value, Value[], Value[]> Step);

    private static readonly Cell Simple = new(1, 1, ["Tanh"], (c, d, x, state) =>
        [d.Activation(c, 0, c.Builder.Add(x, d.Recurrent(c, state[0], 0, 1)))]);

    private static readonly Cell Gated = new(3, 1, ["Sigmoid", "Tanh"], (c, d, x, state) =>
    {
        var b = c.Builder;
        Value h = state[0], gates = b.Add(d.Part(b, x, 0, 2), d.Recurrent(c, h, 0, 2));
        Value update = d.Activation(c, 0, d.Part(b, gates, 0)), reset = d.Activation(c, 0, d.Part(b, gates, 1));
        Value hidden = c.Int("linear_before_reset", 0) != 0 ? b.Mul(reset, d.Recurrent(c, h, 2, 3)) : d.Recurrent(c, b.Mul(reset, h), 2, 3);
        var candidate = d.Activation(c, 1, b.Add(d.Part(b, x, 2), hidden));
        return [b.Add(b.Mul(b.Sub(b.Scalar(1, update), update), candidate), b.Mul(update, h))];
    });

    // The gates are input, output, forget, cell; P are weights of the cell's state, in the order input, output, forget.
    private static readonly Cell LongShort = new(4, 2, ["Sigmoid", "Tanh", "Tanh"], (c, d, x, state) =>
    {
        var b = c.Builder;
        Value h = state[0], cell = state[1], gates = b.Add(x, d.Recurrent(c, h, 0, 4));
        Value Gate(int gate, Value seen) => d.Peephole is { } weights
            ? b.Add(d.Part(b, gates, gate), b.Mul(seen, d.Part(b, b.InBlock(weights), gate))) : d.Part(b, gates, gate);
        var input = d.Activation(c, 0, Gate(0, cell));
        var forget = c.Int("input_forget", 0) != 0 ? b.Sub(b.Scalar(1, input), input) : d.Activation(c, 0, Gate(2, cell));
        var next = b.Add(b.Mul(forget, cell), b.Mul(input, d.Activation(c, 1, d.Part(b, gates, 3))));
        return [b.Mul(d.Activation(c, 0, Gate(1, next)), d.Activation(c, 2, next, isClipped: false)), next];
    });

    /// <summary>The weights of one direction; those of gates are one after the other along the last axis.</summary>
    private sealed record Direction(
        Value Input, Value Hidden, Value? InputOffset, Value? HiddenOffset, Value? Peephole, Dim Units, string[] Names, double? Clip)
    {
        /// <summary>The state times the weights of some gates.</summary>
        public Value Recurrent(NodeReader c, Value state, int first, int end)
        {
            var b = c.Builder;
            var sums = b.Dot(state, Slice(b, b.InBlock(Hidden), 0, Units * first, Units * end), [1], [1]);
            return HiddenOffset is { } offset ? b.Add(sums, Slice(b, b.InBlock(offset), 0, Units * first, Units * end)) : sums;
        }

        public Value Part(GraphBuilder b, Value gates, int first, int count = 1) =>
            Slice(b, gates, gates.Shape.Rank - 1, Units * first, Units * (first + count));

        public Value Activation(NodeReader c, int i, Value x, bool isClipped = true)
        {
            var b = c.Builder;
            if (isClipped && Clip is { } limit)
                x = b.Emit(OpDefs.Clip, x, b.Scalar(-limit, x), b.Scalar(limit, x));
            return Names[i].ToUpperInvariant() switch
            {
                "SIGMOID" => b.Emit(OpDefs.Sigmoid, x),
                "TANH" => b.Emit(OpDefs.Tanh, x),
                "RELU" => b.Emit(OpDefs.Relu, x),
                "SOFTSIGN" => Softsign(b, x),
                "SOFTPLUS" => b.Emit(OpDefs.Softplus, x),
                "HARDSIGMOID" => HardSigmoid(b, x, 0.2f, 0.5f),
                _ => throw c.Refuse($"its activation is '{Names[i]}'"),
            };
        }
    }

    private static Value?[] Layer(NodeReader c, Cell cell)
    {
        var b = c.Builder;
        string direction = c.Text("direction", "forward");
        int count = direction switch
        {
            "forward" or "reverse" => 1,
            "bidirectional" => 2,
            _ => throw c.Refuse($"its direction is '{direction}'"),
        };
        if (c.Floats("activation_alpha") is { Length: > 0 } || c.Floats("activation_beta") is { Length: > 0 })
            throw c.Refuse("its activations have numbers of their own");
        bool isBatchFirst = c.Opset >= 14 && c.Int("layout", 0) != 0;
        Value x = isBatchFirst ? Moved(b, c.X, 1, 0) : c.X, hidden = c.In(2);
        if (x.Shape.Rank != 3 || c.Y.Shape.Rank != 3 || hidden.Shape.Rank != 3 || !c.Y.Shape[0].Is(count) || !hidden.Shape[0].Is(count))
            throw c.Refuse($"its inputs are {c.X.Type}, {c.Y.Type} and {hidden.Type}");
        Dim length = x.Shape[0], batch = x.Shape[1], units = hidden.Shape[2];
        if (c.Int("hidden_size") is { } said && !units.Is(said))
            throw c.Refuse($"hidden_size is {said}, its weights have {units}");
        Value? lengths = c.Optional(4) is { } given && !IsAll(c, given, length) ? given : null;
        Value?[] offsets = [c.Optional(3), cell.States == 2 ? c.Optional(7) : null];
        Value?[] initial = [c.Optional(5), cell.States == 2 ? c.Optional(6) : null];

        Value Of(Value all, int i) => b.Reshape(Slice(b, all, 0, i, i + 1), new([.. all.Shape.Skip(1)]));
        List<Value> outputs = [];
        List<Value>[] last = [.. Enumerable.Range(0, cell.States).Select(_ => new List<Value>())];
        string[] names = c.Texts("activations") is { Length: > 0 } own ? own : [.. Enumerable.Repeat(cell.Activations, count).SelectMany(all => all)];
        if (names.Length != count * cell.Activations.Length)
            throw c.Refuse($"it has {names.Length} activations");
        for (int i = 0; i < count; i++)
        {
            Value? both = offsets[0] is { } all ? Of(all, i) : null;
            Dim gates = units * cell.Gates;
            var weights = new Direction(
                Of(c.Y, i), Of(hidden, i), both is { } first ? Slice(b, first, 0, 0, gates) : null,
                both is { } second ? Slice(b, second, 0, gates, gates * 2) : null, offsets[1] is { } peepholes ? Of(peepholes, i) : null, units,
                names[(i * cell.Activations.Length)..((i + 1) * cell.Activations.Length)], c.Float("clip"));
            Value[] state = [.. Enumerable.Range(0, cell.States).Select(s => initial[s] is { } start
                ? Of(isBatchFirst ? Moved(b, start, 1, 0) : start, i) : b.Zeros(new(x.DType, [batch, units])))];
            var (rows, final) = Run(c, cell, weights, x, state, lengths, direction == "reverse" || i == 1);
            outputs.Add(b.ExpandDims(rows, 1));
            foreach (var (s, value) in final.Index())
                last[s].Add(b.ExpandDims(value, 0));
        }

        Value Joined(List<Value> parts, long axis) => parts.Count == 1 ? parts[0] : b.Emit(OpDefs.Concat, Attrs.Of("axis", axis), [.. parts])[0];
        Value sequence = Joined(outputs, 1);
        return
        [
            isBatchFirst ? b.Transpose(sequence, [2, 0, 1, 3]) : sequence,
            .. last.Select(parts => (Value?)(isBatchFirst ? Moved(b, Joined(parts, 0), 0, 1) : Joined(parts, 0))),
        ];
    }

    private static bool IsAll(NodeReader c, Value lengths, Dim length) => c.Importer.Known.Constant(lengths) is { } known && length.IsConstant
        && Enumerable.Range(0, (int)known.Count).All(i => known.GetLong(i) == length.Value);

    // With lengths, a sequence keeps its state after its last step, and gives zeros.
    private static (Value Rows, Value[] Final) Run(NodeReader c, Cell cell, Direction weights, Value x, Value[] initial, Value? lengths, bool reverse)
    {
        var b = c.Builder;
        Dim length = x.Shape[0];
        if (reverse && lengths is { } some)
            x = Reversed(c, x, some, 0, 1);
        var sums = b.Dot(x, weights.Input, [2], [1]);
        if (weights.InputOffset is { } offset)
            sums = b.Add(sums, offset);
        Value[] through = lengths is null ? [sums] : [sums, b.Iota([length], 0)];
        b.BeginRegion();
        Value[] state = [.. initial.Select(value => b.Parameter(value.Type))];
        Value[] slices = [.. through.Select(value => b.Parameter(value.Type.Element))];
        Value[] next = cell.Step(c, weights, slices[0], state);
        Value row = next[0];
        if (lengths is { } ends)
        {
            var goesOn = b.ExpandDims(b.Emit(OpDefs.Less, slices[1], b.Cast(b.InBlock(ends), DType.I64)), 1);
            row = b.Select(goesOn, row, b.Scalar(0, row));
            next = [.. next.Select((value, i) => b.Select(goesOn, value, state[i]))];
        }

        var found = b.Scan(initial, through, length, b.EndRegion([.. next, row]), reverse && lengths is null);
        var rows = found[^1];
        if (reverse && lengths is { } back)
            rows = Reversed(c, rows, back, 0, 1);
        return (rows, [.. found.Take(initial.Length)]);
    }
}
