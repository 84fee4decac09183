using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// Ways to add a node. Pointwise ops and reductions come from their traits, ops with rules of their own from <see cref="OpSamples"/>.
/// </summary>
public sealed partial class RandomGraph
{
    private static readonly OpDef[] Pointwise = [.. OpTable.All.Where(op => op.Is(Traits.Pointwise) && op.Signature is not null)];
    private static readonly OpDef[] Reductions = [.. OpTable.All.Where(op => op.Is(Traits.Reduction))];
    private static readonly string[] Sampled =
        [.. OpSamples.Ops.Where(name => name != "bitcast" && OpTable.Find(name) is { } op && !Pointwise.Contains(op) && !Reductions.Contains(op))];

    // How often out of ten it is done when it is drawn, and what.
    private static readonly (int Weight, Action<RandomGraph> Make)[] Makers =
    [
        (10, g => g.MakePointwise()), (10, g => g.MakePointwise()), (10, g => g.MakePointwise()), (10, g => g.MakePointwise()),
        (8, g => g._pool.Add(g._build.Constant(g.RandomLiteral(g.RandomType() is var type && type.Shape.IsConstant ? type : type.As(Shape.Scalar))))),
        (10, g => g.MakeSpecialOperand()), (10, g => g.MakeSpecialOperand()), (10, g => g.MakeSpecialOperand()), (10, g => g.MakeSpecialOperand()),
        (10, g => g.MakeSpecialOperand()),
        (8, g => g.Try(OpDefs.Cast, Attrs.Of("dtype", g.RandomDType()), g.Any())),
        (6, g => g.MakeBitcast()),
        (6, g => g.MakeSelect()),
        (8, g => g.MakeReshape()),
        (8, g => g.MakeTranspose()),
        (8, g => g.MakeBroadcast()),
        (6, g => g.MakeSlice()),
        (5, g => g.MakePad()),
        (5, g => g.MakeConcat()),
        (5, g => g.MakeReverse()),
        (9, g => g.MakeReduction()), (9, g => g.MakeReduction()),
        (9, g => g.MakeSample()), (9, g => g.MakeSample()), (9, g => g.MakeSample()),
        (9, g => g.MakeEffect()), (9, g => g.MakeEffect()),
        (7, g => g.MakeIf()), (7, g => g.MakeLoop()), (6, g => g.MakeScan()), (4, g => g.MakeSwitch()), (4, g => g.MakeCall()), (4, g => g.MakeOnDevice()),
    ];

    private void MakePointwise()
    {
        var op = Pick(Pointwise);
        var first = Any();
        Try(op, Attrs.Empty, [.. Enumerable.Range(0, op.Arity).Select(i => i == 0 ? first : Any(value => value.DType == first.DType)!.Value)]);
    }

    // Numbers that algebra has rules for: x · 1, x + −0, −(−x), x ÷ 2, x − x.
    private void MakeSpecialOperand()
    {
        var x = Any();
        if (!x.DType.IsNumber())
            return;
        var op = Pick([OpDefs.Add, OpDefs.Sub, OpDefs.Mul, OpDefs.Div, OpDefs.Max]);
        var number = _build.Scalar(Pick([0.0, -0.0, 1, -1, 2, 0.5]), x);
        var other = _random.Next(3) switch { 0 => x, 1 => _build.BroadcastTo(number, x.Shape), _ => number };
        _ = _random.Next(3) == 0 ? Try(op, Attrs.Empty, other, x) : Try(op, Attrs.Empty, x, other);
    }

    // Between integers: the bits of a NaN are not the same everywhere.
    private void MakeBitcast()
    {
        DType dtype = RandomDType();
        if (dtype.IsInteger() && Any(value => value.DType.IsInteger()) is { } x)
            Try(OpDefs.Bitcast, Attrs.Of("dtype", dtype), x);
    }

    private void MakeSelect()
    {
        var first = Any();
        if (Any(value => value.DType == DType.Bool) is { } condition && Any(value => value.DType == first.DType) is { } second)
            Try(OpDefs.Select, Attrs.Empty, condition, first, second);
    }

    private void MakeReshape()
    {
        var x = Any();
        Shape shape = _random.Next(4) switch
        {
            0 => [x.Shape.ElementCount],
            1 => [.. x.Shape.Dims.Reverse()],
            2 => [1, .. x.Shape.Dims, 1],
            _ => x.Shape,
        };
        Try(OpDefs.Reshape, Attrs.Of("shape", shape), x);
    }

    private void MakeTranspose()
    {
        var x = Any();
        int[] axes = [.. Enumerable.Range(0, x.Shape.Rank)];
        _random.Shuffle(axes);
        Try(OpDefs.Transpose, Attrs.Of("permutation", axes), x);
    }

    private void MakeBroadcast()
    {
        var x = Any();
        var dims = x.Shape.Dims.Select(dim => dim.Is(1) && _random.Next(2) == 0 ? RandomDim() : dim);
        Try(OpDefs.BroadcastTo, Attrs.Of("shape", new Shape([.. _random.Next(2) == 0 ? [RandomDim()] : Array.Empty<Dim>(), .. dims])), x);
    }

    private void MakeSlice()
    {
        var x = Any();
        var start = x.Shape.Select(dim => (Dim)_random.NextInt64(Size(dim) + 1)).ToArray();
        var stop = x.Shape.Select((dim, axis) => _random.Next(2) == 0 ? dim : start[axis] + _random.NextInt64(Size(dim) - start[axis].Value + 1));
        Try(OpDefs.Slice, Attrs.Of(("start", new Shape([.. _random.Next(3) == 0 ? x.Shape.Select(_ => (Dim)0) : start])),
            ("stop", new Shape([.. stop])), ("step", x.Shape.Select(_ => _random.Next(1, 3)))), x);
    }

    private void MakePad()
    {
        var x = Any();
        Shape Amounts() => new([.. x.Shape.Select(dim => (Dim)_random.Next(dim.IsConstant ? -1 : 0, 3))]);
        Try(OpDefs.Pad, Attrs.Of(("low", Amounts()), ("high", Amounts()), ("interior", x.Shape.Select(_ => _random.Next(2))),
            ("fill", (double)_random.Next(2))), x);
    }

    private void MakeConcat()
    {
        var x = Any();
        if (x.Shape.Rank > 0 && Any(value => value.DType == x.DType && value.Shape.Rank == x.Shape.Rank) is { } other)
            Try(OpDefs.Concat, Attrs.Of("axis", (long)_random.Next(x.Shape.Rank)), x, other);
    }

    private void MakeReverse()
    {
        var x = Any();
        Try(OpDefs.Reverse, Attrs.Of("axes", RandomAxes(x)), x);
    }

    private void MakeReduction()
    {
        var x = Any();
        Try(Pick(Reductions), Attrs.Of(("axes", RandomAxes(x)), ("keep", _random.Next(2) == 0)), x);
    }

    private int[] RandomAxes(Value value) => [.. Enumerable.Range(0, value.Shape.Rank).Where(_ => _random.Next(2) == 0)];

    // A use of any other op, on inputs of its own: parameters in the entry block, constants inside.
    private void MakeSample()
    {
        string name = Pick(Sampled);
        if (_options.Skip(OpTable.Find(name)!) || (!_options.Effects && OpTable.Find(name)!.Effects is not null))
            return;
        bool symbolic = _depth == 0 && _random.Next(2) == 0;
        long n = Math.Max(1, _sizes["a"]);
        if (symbolic && n != _sizes["a"])
            return;
        var sample = Pick(OpSamples.Of(name, symbolic ? Dim.Symbol("a") : n));
        var inputs = sample.Inputs.Select(input =>
        {
            if (Any(value => input is { Low: -2, High: 2 } && value.Type == input.Type && _random.Next(2) == 0) is { } known)
                return known;
            var literal = input.Value(_random.Next(), size => _sizes[size]);
            if (!symbolic)
                return _build.Constant(literal);
            _arguments.Add(literal);
            return _build.Parameter(input.Type, "p" + (_arguments.Count - 1));
        });
        Try(sample.Op, sample.Attrs, inputs.ToArray());
    }

    private void MakeEffect()
    {
        if (!_options.Effects)
            return;
        if (_variables.Count == 0 || (_variables.Count < 3 && _random.Next(4) == 0))
        {
            var type = new TensorType(RandomDType(), [.. Enumerable.Range(0, _random.Next(3)).Select(_ => (Dim)Pick(Sizes))]);
            _variables.Add((_options.Variable("v" + _variables.Count, type), RandomLiteral(type)));
        }

        var variable = Pick(_variables).Variable;
        switch (_random.Next(4))
        {
            case 0 when !_options.Skip(OpDefs.Print):
                _build.Emit(OpDefs.Print, Attrs.Of("format", "{0}"), [Any()]);
                break;
            case 1 or 2:
                Try(OpDefs.ReadVariable, Attrs.Of("var", variable));
                break;
            default:
                _build.Emit(OpDefs.AssignVariable, Attrs.Of("var", variable), [OfType(variable.Type!.Value)]);
                break;
        }
    }

    // Some value of that type; a new one when there is none.
    private Value OfType(TensorType type) => Any(value => value.Type == type)
        ?? _build.BroadcastTo(_build.Constant(RandomLiteral(type.As(Shape.Scalar))), type.Shape);
}
