namespace TensorGraph;

/// <summary>
/// A layer that goes along a sequence with a state; in a graph it is one loop, whatever the length. Shape: (n, length, inputs) → (n, units), the last
/// output, or (n, length, units), all of them. DType: that of the layer. Errors: TG2001 features, TG2002 dtype, TG2003 rank. With several layers each
/// one reads all outputs of the one before, and the last one's are the result; variables of those after the first are in <see cref="Upper"/>.
/// </summary>
public abstract class Recurrent : Module
{
    private readonly string _op;
    private readonly int _units;

    private protected Recurrent(string op, int gates, int inputs, int units, bool returnSequences, RandomGenerator? random, DType dtype)
    {
        Check.AtLeast(1, inputs, op);
        Check.AtLeast(1, units, op);
        (_op, _units, ReturnSequences) = (op, units, returnSequences);
        int width = Check.Product(gates, units, op);
        var initializer = Initializers.Uniform(1 / Math.Sqrt(units));
        Kernel = Weights.Initial("kernel", initializer, new Shape(inputs, width), inputs, units, random, dtype);
        RecurrentKernel = Weights.Initial("recurrent_kernel", initializer, new Shape(units, width), units, units, random, dtype);
        Bias = Weights.Filled("bias", new Shape(width), 0, dtype);
    }

    /// <summary>Weights of the input, (inputs, gates · units), gate after gate.</summary>
    public Variable Kernel { get; }

    /// <summary>Weights of the state, (units, gates · units).</summary>
    public Variable RecurrentKernel { get; }

    /// <summary>The offset of each gate, (gates · units).</summary>
    public Variable Bias { get; }

    /// <summary>True when <see cref="Module.Call"/> gives all outputs, and not the last one.</summary>
    public bool ReturnSequences { get; }

    /// <summary>The layers after this one, of one layer each; none unless it was made with several.</summary>
    public IReadOnlyList<Recurrent> Upper { get; private set; } = [];

    /// <summary>Drops outputs between two layers while training; null for nothing.</summary>
    public Dropout? Between { get; private set; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => Chosen(Go(x, null, null, false, training));

    /// <summary>
    /// All outputs and the last state. What lies beyond the end of a sequence leaves its state as it is and gives outputs of 0. Shape:
    /// (n, length, inputs), (n) → (n, length, units), and (n, units) for each part of the state, layer after layer. Errors: as the layer's; TG2001
    /// also lengths or a state of another shape, TG2002 lengths that are no integers.
    /// </summary>
    /// <param name="x">Sequences, padded to one length.</param>
    /// <param name="lengths">How many entries of each one count, i32 or i64; null for all.</param>
    /// <param name="state">State to begin with, as another run gave it; null for 0.</param>
    /// <param name="reverse">From the last entry to the first, in each layer.</param>
    /// <param name="training">True while training: outputs between layers are dropped.</param>
    public (Tensor Outputs, IReadOnlyList<Tensor> State) Run(
        Tensor x, Tensor? lengths = null, IReadOnlyList<Tensor>? state = null, bool reverse = false, TrainingFlag training = default)
    {
        using var scope = OpenScope();
        return Go(x, lengths, state, reverse, training);
    }

    /// <summary>A new layer of the same kind, size and dtype for other inputs.</summary>
    internal abstract Recurrent Like(int inputs, bool returnSequences, RandomGenerator? random);

    /// <summary>Size of the output.</summary>
    internal int Units => _units;

    /// <summary>Makes the layers after the first. Errors: TG2004.</summary>
    private protected void Stack(int layers, double dropout, RandomGenerator? random)
    {
        Check.AtLeast(1, layers, _op);
        Between = Dropped(_op, layers, dropout, random);
        Upper = [.. Enumerable.Range(1, layers - 1).Select(_ => Like(_units, ReturnSequences, random))];
    }

    /// <summary>The dropout between layers, or null without one. Errors: TG2004 a rate outside of [0, 1), or one for a single layer.</summary>
    internal static Dropout? Dropped(string op, int layers, double dropout, RandomGenerator? random)
    {
        Check.Range(dropout is >= 0 and < 1, op, nameof(dropout), dropout, "in [0, 1)");
        Check.Range(dropout == 0 || layers > 1, op, nameof(dropout), dropout, "0 for one layer: it is between layers");
        return dropout == 0 ? null : new Dropout(dropout, random);
    }

    /// <summary>Parts of the state; the first one is the output.</summary>
    private protected virtual int Parts => 1;

    /// <summary>Values that a step reads besides its input and state, read once before the loop.</summary>
    private protected virtual Tensor[] Constants() => [RecurrentKernel];

    /// <summary>The state after an entry.</summary>
    /// <param name="gates">x · kernel + bias, for the gates.</param>
    /// <param name="state">The state before.</param>
    /// <param name="constants">From <see cref="Constants"/>.</param>
    private protected abstract Tensor[] Step(Tensor gates, Tensor[] state, Tensor[] constants);

    /// <summary>One gate of several.</summary>
    private protected Tensor Gate(Tensor gates, int index) => gates[.., (index * _units)..((index + 1) * _units)];

    /// <summary>The part of a run that the layer gives: all outputs or the last one.</summary>
    internal Tensor Chosen((Tensor Outputs, IReadOnlyList<Tensor> State) run) => ReturnSequences ? run.Outputs : run.State[^Parts];

    private (Tensor Outputs, IReadOnlyList<Tensor> State) Go(
        Tensor x, Tensor? lengths, IReadOnlyList<Tensor>? state, bool reverse, TrainingFlag training)
    {
        int parts = Parts * (Upper.Count + 1);
        if (state is not null && state.Count != parts)
            Throw.Shape(_op, $"the state has {state.Count} tensors", $"Pass the {parts} that a run gave.");
        var (outputs, last) = Along(x, lengths, PartsOf(0), reverse);
        List<Tensor> states = [.. last];
        foreach (var (i, layer) in Upper.Index())
        {
            Tensor between = Between is null ? outputs : Between.Call(outputs, training);
            (outputs, last) = layer.Run(between, lengths, PartsOf(i + 1), reverse);
            states.AddRange(last);
        }

        return (outputs, states);

        Tensor[]? PartsOf(int layer) => state is null ? null : [.. state.Skip(layer * Parts).Take(Parts)];
    }

    private (Tensor Outputs, IReadOnlyList<Tensor> State) Along(Tensor x, Tensor? lengths, IReadOnlyList<Tensor>? state, bool reverse)
    {
        Check.Rank(_op, x, 3, "(examples, length, features)");
        Check.Size(_op, x, axis: 2, Kernel.Shape[0], "features", Kernel);
        Tensor? inSequence = lengths is null ? null : InSequence(x, lengths);
        // The gradient of what is beyond the end is 0, also where a sequence is filled up with NaN.
        if (inSequence is not null)
            x = Ops.Where(Ops.Transpose(inSequence, 1, 0, 2), x, 0.0);
        Tensor[] first = state is null ? Zeros(x) : Checked(state, x);
        // All entries at once; the loop only multiplies by what depends on the state. Features are fewer than gates, so they are what is transposed.
        // The loop adds to them in any case, so it adds the bias too.
        Tensor gates = Ops.MatMul(Ops.Transpose(x, 1, 0, 2), Kernel), bias = Bias;
        Tensor[] constants = Constants();
        var (last, outputs) = inSequence is null
            ? Ops.Scan(first, gates, (before, entry) => Result(Step(entry + bias, before, constants)), reverse)
            : Ops.Scan(first, (gates, inSequence), (before, entry) =>
            {
                Tensor[] after = Step(entry.Item1 + bias, before, constants);
                after = [.. after.Zip(before, (now, old) => Ops.Where(entry.Item2, now, old))];
                return (after, Ops.Where(entry.Item2, after[0], 0.0));
            }, reverse);
        return (Ops.Transpose(outputs, 1, 0, 2), last);

        static (Tensor[], Tensor) Result(Tensor[] after) => (after, after[0]);
    }

    private Tensor[] Zeros(Tensor x) =>
        [.. Enumerable.Range(0, Parts).Select(_ => Ops.Full(Shape.Create([x.Shape[0], _units]), 0, Kernel.DType))];

    private Tensor[] Checked(IReadOnlyList<Tensor> state, Tensor x)
    {
        foreach (var part in state)
        {
            Check.Rank(_op, part, 2, $"a state of (examples, {_units})");
            Check.SameShape(_op, part, Ops.Full(Shape.Create([x.Shape[0], _units]), 0, Kernel.DType), "the state is", "it must be",
                "Pass what a run on as many examples gave.");
            if (part.DType != Kernel.DType)
                Throw.DType(_op, $"the state is {part.Type}, the layer {Kernel.DType}", "Cast the state.");
        }

        return [.. state];
    }

    // (length, n, 1): true within each sequence.
    private Tensor InSequence(Tensor x, Tensor lengths)
    {
        Check.Rank(_op, lengths, 1, "one length for each example");
        if (lengths.DType is not (DType.I32 or DType.I64))
            Throw.DType(_op, $"the lengths are {lengths.Type}", "Pass i32 or i64.");
        Check.SameShape(_op, lengths, Ops.Full(Shape.Create([x.Shape[0]]), 0), "the lengths are", "for examples of", "Pass one length for each.");
        return Ops.ExpandDims(Ops.ExpandDims(Ops.Iota(x.Shape[1], lengths.DType), -1) < lengths, -1);
    }
}

/// <summary>h = tanh(x·W + h·U + b). The rest as <see cref="Recurrent"/>. Source: Elman 1990, torch.nn.RNN.</summary>
public sealed class SimpleRnn : Recurrent
{
    private readonly Func<Tensor, Tensor> _activation;

    /// <summary>Makes the layer and its variables. Errors: TG2004 a size below 1, a rate out of range.</summary>
    /// <param name="inputs">Features of an entry.</param>
    /// <param name="units">Size of the state.</param>
    /// <param name="returnSequences">True gives all outputs, false the last one.</param>
    /// <param name="activation">In place of tanh.</param>
    /// <param name="random">Numbers for the kernels, uniform in ±1/√units; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the variables.</param>
    /// <param name="layers">How many layers, each along the outputs of the one before.</param>
    /// <param name="dropout">Share of the outputs between layers that is dropped while training.</param>
    public SimpleRnn(
        int inputs, int units, bool returnSequences = false, Func<Tensor, Tensor>? activation = null, RandomGenerator? random = null,
        DType dtype = DType.F32, int layers = 1, double dropout = 0)
        : base("simple_rnn", 1, inputs, units, returnSequences, random, dtype)
    {
        _activation = activation ?? Ops.Tanh;
        Stack(layers, dropout, random);
    }

    internal override Recurrent Like(int inputs, bool returnSequences, RandomGenerator? random) =>
        new SimpleRnn(inputs, Units, returnSequences, _activation, random, Kernel.DType);

    private protected override Tensor[] Step(Tensor gates, Tensor[] state, Tensor[] constants) =>
        [_activation(gates + Ops.MatMul(state[0], constants[0]))];
}

/// <summary>
/// Long short-term memory: i, f, o = σ(…), g = tanh(…), c = f·c + i·g, h = o·tanh(c), each of x·W + h·U + b; gates in the order i, f, g, o. The
/// rest as <see cref="Recurrent"/>; the state is h and c. Source: Hochreiter and Schmidhuber 1997, torch.nn.LSTM.
/// </summary>
/// <example>
/// <code>
/// var lstm = new Lstm(4, 16);
/// Console.WriteLine(lstm.Call(Ops.Ones(2, 7, 4)).Shape); // [2, 16]
/// </code>
/// </example>
public sealed class Lstm : Recurrent
{
    /// <summary>Makes the layer and its variables. Errors: TG2004 a size below 1, a rate out of range.</summary>
    /// <param name="inputs">Features of an entry.</param>
    /// <param name="units">Size of the state.</param>
    /// <param name="returnSequences">True gives all outputs, false the last one.</param>
    /// <param name="random">Numbers for the kernels, uniform in ±1/√units; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the variables.</param>
    /// <param name="layers">How many layers, each along the outputs of the one before.</param>
    /// <param name="dropout">Share of the outputs between layers that is dropped while training.</param>
    public Lstm(
        int inputs, int units, bool returnSequences = false, RandomGenerator? random = null, DType dtype = DType.F32, int layers = 1,
        double dropout = 0)
        : base("lstm", 4, inputs, units, returnSequences, random, dtype) => Stack(layers, dropout, random);

    internal override Recurrent Like(int inputs, bool returnSequences, RandomGenerator? random) =>
        new Lstm(inputs, Units, returnSequences, random, Kernel.DType);

    private protected override int Parts => 2;

    private protected override Tensor[] Step(Tensor gates, Tensor[] state, Tensor[] constants)
    {
        Tensor all = gates + Ops.MatMul(state[0], constants[0]);
        Tensor input = Ops.Sigmoid(Gate(all, 0)), forget = Ops.Sigmoid(Gate(all, 1)), candidate = Ops.Tanh(Gate(all, 2));
        Tensor cell = (forget * state[1]) + (input * candidate);
        return [Ops.Sigmoid(Gate(all, 3)) * Ops.Tanh(cell), cell];
    }
}

/// <summary>
/// Gated recurrent unit: r, z = σ(x·W + h·U + b + c), n = tanh(x·W + b + r·(h·U + c)), h = (1 − z)·n + z·h; gates in the order r, z, n. The rest as
/// <see cref="Recurrent"/>. Source: Cho et al. 2014, torch.nn.GRU.
/// </summary>
public sealed class Gru : Recurrent
{
    /// <summary>Makes the layer and its variables. Errors: TG2004 a size below 1, a rate out of range.</summary>
    /// <param name="inputs">Features of an entry.</param>
    /// <param name="units">Size of the state.</param>
    /// <param name="returnSequences">True gives all outputs, false the last one.</param>
    /// <param name="random">Numbers for the kernels, uniform in ±1/√units; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the variables.</param>
    /// <param name="layers">How many layers, each along the outputs of the one before.</param>
    /// <param name="dropout">Share of the outputs between layers that is dropped while training.</param>
    public Gru(
        int inputs, int units, bool returnSequences = false, RandomGenerator? random = null, DType dtype = DType.F32, int layers = 1,
        double dropout = 0)
        : base("gru", 3, inputs, units, returnSequences, random, dtype)
    {
        RecurrentBias = Weights.Filled("recurrent_bias", Bias.Shape, 0, dtype);
        Stack(layers, dropout, random);
    }

    internal override Recurrent Like(int inputs, bool returnSequences, RandomGenerator? random) =>
        new Gru(inputs, Units, returnSequences, random, Kernel.DType);

    /// <summary>The offset of h·U, (3 · units).</summary>
    public Variable RecurrentBias { get; }

    private protected override Tensor[] Constants() => [RecurrentKernel, RecurrentBias];

    private protected override Tensor[] Step(Tensor gates, Tensor[] state, Tensor[] constants)
    {
        Tensor recurrent = Ops.MatMul(state[0], constants[0]) + constants[1];
        Tensor reset = Ops.Sigmoid(Gate(gates, 0) + Gate(recurrent, 0)), update = Ops.Sigmoid(Gate(gates, 1) + Gate(recurrent, 1));
        Tensor candidate = Ops.Tanh(Gate(gates, 2) + (reset * Gate(recurrent, 2)));
        return [((1 - update) * candidate) + (update * state[0])];
    }
}
