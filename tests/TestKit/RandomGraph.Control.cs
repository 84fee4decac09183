using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Control flow with random blocks, which capture what they like.</summary>
public sealed partial class RandomGraph
{
    private void MakeIf()
    {
        if (_depth >= _options.Depth || _options.Skip(OpDefs.If))
            return;
        var condition = Any(value => value.DType == DType.Bool && value.Shape.Rank == 0)
            ?? _build.Constant(Literal.Scalar(DType.Bool, _random.Next(2)));
        TensorType[] types = RandomResults();
        Add(_build.Branch(OpDefs.If, condition, Block([], _ => Results(types)), Block([], _ => Results(types))));
    }

    private void MakeSwitch()
    {
        if (_depth >= _options.Depth || _options.Skip(OpDefs.Switch))
            return;
        var index = Any(value => value.DType == DType.I32 && value.Shape.Rank == 0)
            ?? _build.Constant(Literal.Scalar(DType.I32, _random.Next(-1, 4)));
        TensorType[] types = RandomResults();
        Add(_build.Branch(OpDefs.Switch, index, [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Block([], _ => Results(types)))]));
    }

    private void MakeCall()
    {
        if (_depth >= _options.Depth || _options.Skip(OpDefs.Call))
            return;
        // The first parameter of the graph binds both names for sizes, in the called block too.
        var (region, captures) = Block([], _ => [Any(), Any(), _pool[0]]);
        Add(_build.Emit(OpDefs.Call, Attrs.Empty, captures.AsSpan(), [region]));
    }

    private void MakeOnDevice()
    {
        if (_depth >= _options.Depth || _options.Skip(OpDefs.OnDevice))
            return;
        TensorType[] types = RandomResults();
        var (region, captures) = Block([], _ => Results(types));
        Add(_build.Emit(OpDefs.OnDevice, Attrs.Of("device", _random.Next(2) == 0 ? "managed" : "interpreter"), captures.AsSpan(), [region]));
    }

    // A counter ends the loop; the condition may also read what else is carried.
    private void MakeLoop()
    {
        if (_depth >= _options.Depth || _options.Skip(OpDefs.While))
            return;
        long trips = _random.Next(4);
        Value[] carried = [_build.Constant(Literal.Scalar(DType.I32, 0)), .. Enumerable.Range(0, _random.Next(4)).Select(_ => Any())];
        TensorType[] types = [.. carried.Select(value => value.Type)];
        var condition = Block(types, parameters =>
        {
            var more = _build.Emit(OpDefs.Greater, _build.Constant(Literal.Scalar(DType.I32, trips)), parameters[0]);
            return [Any(value => value.DType == DType.Bool && value.Shape.Rank == 0) is { } also && _random.Next(3) == 0
                ? _build.Emit(OpDefs.And, more, also)
                : more];
        });
        var body = Block(types, parameters => [_build.Add(parameters[0], _build.Constant(Literal.Scalar(DType.I32, 1))),
            .. Results(types[1..], parameters[1..])]);
        Add(_build.Loop(carried, condition, body));
    }

    private void MakeScan()
    {
        if (_depth >= _options.Depth || _options.Skip(OpDefs.Scan) || Any(value => value.Shape.Rank > 0) is not { } first)
            return;
        Dim length = first.Shape[0];
        Value[] sequences = [first, .. Any(value => value.Shape.Rank > 0 && value.Shape[0] == length) is { } second
            ? [second]
            : Array.Empty<Value>()];
        Value[] carried = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Any())];
        TensorType[] types = [.. carried.Select(value => value.Type)], slices =
            [.. sequences.Select(value => value.Type.As(new Shape(value.Shape.Dims.RemoveAt(0))))];
        var body = Block([.. types, .. slices], parameters => [.. Results(types, parameters), Any(), Pick(parameters)]);
        if (body.Region.Results.Skip(carried.Length).Any(result => Size(length * result.Shape.ElementCount) > MostElements))
            return;
        _pool.AddRange(_build.Scan(carried, sequences, length, body, reverse: _random.Next(2) == 0));
    }

    // A block with parameters of those types; inside, what was made outside can be used, and what is made inside is forgotten after.
    private (Region Region, ImmutableArray<Value> Captures) Block(TensorType[] types, Func<Value[], IEnumerable<Value>> results)
    {
        var outer = _pool;
        _pool = [.. outer];
        _depth++;
        _build.BeginRegion();
        Value[] parameters = [.. types.Select((type, i) => _build.Parameter(type, _random.Next(3) == 0 ? "" : "x" + i))];
        _pool.AddRange(parameters);
        Fill(_options.Nodes / 3);
        var block = _build.EndRegion(results(parameters).ToArray());
        _depth--;
        _pool = outer;
        return block;
    }

    private TensorType[] RandomResults() => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Any().Type)];

    private IEnumerable<Value> Results(TensorType[] types, Value[]? carried = null) =>
        types.Select((type, i) => carried is not null && _random.Next(4) == 0 ? carried[i] : OfType(type)).ToArray();
}
