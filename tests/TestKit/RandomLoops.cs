using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// A random graph of loops, branches, lists, views and updates over a few types, so that values of one type meet under many names: carried twice or
/// swapped, captured, kept in a list, returned by a branch, assigned to a variable. Smooth in its float parameters. The same seed gives the same
/// graph.
/// </summary>
public sealed class RandomLoops
{
    private const int MostDepth = 3;

    // Larger than the small pieces of memory, which no program writes over.
    private static readonly TensorType s_vector = new(DType.F64, [81]), s_matrix = new(DType.F64, [9, 9]), s_integer = new(DType.I64, Shape.Scalar);

    private readonly Random _random;
    private readonly GraphBuilder _build = new() { Source = SourceSpan.None };
    private readonly Resource? _variable;
    private List<Value> _pool = [];
    private int _depth;

    private RandomLoops(int seed, Resource? variable)
    {
        (_random, _variable) = (new Random(seed), variable);
        _pool.AddRange([_build.Parameter(s_vector, "x"), _build.Parameter(s_matrix, "m"), _build.Parameter(s_integer, "n")]);
        Fill(8);
        var results = _pool.Where(value => value.Type == s_vector || value.Type == s_matrix).TakeLast(6).Concat(_pool.Take(2)).ToList();
        results.AddRange(_pool.Where(value => value.Type.IsList).TakeLast(2).Select(list => Element(list, Integer(1))).ToArray());
        Graph = _build.Finish($"loops{seed}", [.. results]);
    }

    /// <summary>Type of the variable.</summary>
    public static TensorType VariableType => s_vector;

    /// <summary>Values for the parameters.</summary>
    public static Literal[] Arguments =>
        [Literal.FromDoubles(s_vector, i => 0.3 + (0.2 * (i % 7))), Literal.FromDoubles(s_matrix, i => 0.7 - (0.3 * (i % 5))),
        Literal.FromLongs(s_integer, _ => 3)];

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>The graph of a seed; it reads and assigns the variable if there is one.</summary>
    public static Graph Make(int seed, Resource? variable = null) => new RandomLoops(seed, variable).Graph;

    private void Fill(int steps)
    {
        for (int i = 0; i < steps; i++)
            Step();
    }

    private void Step()
    {
        switch (_random.Next(_depth < MostDepth ? 20 : 14))
        {
            case 0: _pool.Add(_build.Add(Any(s_vector), _build.Mul(Any(s_vector), 0.5))); break;
            case 1: _pool.Add(_build.Emit(OpDefs.Sin, _build.Mul(Any(s_vector), Any(s_vector)))); break;
            case 2 or 3: _pool.Add(_build.Emit(OpDefs.DynamicUpdateSlice, Any(s_vector), _build.Slice(Any(s_vector), [1], [3]), Place())); break;
            case 4 or 5: _pool.Add(_build.ScatterAdd(Any(s_vector), Place(), _build.Reshape(_build.Slice(Any(s_vector), [2], [3]), Shape.Scalar),
                axis: 0)); break;
            case 6: _pool.Add(_build.Emit(OpDefs.DynamicUpdateSlice, Any(s_matrix), _build.Slice(_build.Transpose(Any(s_matrix), 1, 0), [0, 0], [1, 9]),
                Place(), Integer(0))); break;
            case 7: _pool.Add(_random.Next(2) == 0 ? _build.Reshape(Any(s_vector), s_matrix.Shape) : _build.Reshape(Any(s_matrix),
                s_vector.Shape)); break;
            case 8: _pool.Add(_build.Transpose(Any(s_matrix), 1, 0)); break;
            case 9: _pool.Add(_build.Emit(OpDefs.Concat, Attrs.Of("axis", 0L),
                [_build.Slice(Any(s_vector), [2], [81]), _build.Slice(Any(s_vector), [0], [2])])[0]); break;
            case 10: _pool.Add(Element(Any(s_vector.List), Place())); break;
            case 11:
                var list = Any(s_vector.List);
                _pool.Add(_build.Emit(OpDefs.ListSet, list, _random.Next(2) == 0 ? Count(list) : Within(Place(), Count(list)), Any(s_vector)));
                break;
            case 12: _pool.Add(_build.Add(Any(s_integer), Integer(_random.Next(3)))); break;
            case 13 when _variable is null: break;
            case 13 when _random.Next(2) == 0: _pool.Add(_build.Emit(OpDefs.ReadVariable, Attrs.Of("var", _variable), [])[0]); break;
            case 13: _build.Emit(OpDefs.AssignVariable, Attrs.Of("var", _variable), [Any(s_vector)]); break;
            case 14 or 15: MakeIf(); break;
            default: MakeLoop(); break;
        }
    }

    private void MakeIf()
    {
        TensorType[] types = RandomTypes();
        Value condition = _build.Emit(OpDefs.Less, Any(s_integer), Integer(_random.Next(4)));
        Node node = _build.Branch(OpDefs.If, condition, Block([], _ => types.Select(Any)), Block([], _ => types.Select(Any)));
        _pool.AddRange(types.Select((_, i) => node[i]));
    }

    private void MakeLoop()
    {
        TensorType[] types = RandomTypes();
        Value[] initial = [.. types.Select(Any)];
        for (int i = 1; i < types.Length; i++)
        {
            if (types[i] == types[0] && _random.Next(3) == 0)
                initial[i] = initial[0];
        }

        TensorType[] carried = [s_integer, .. types];
        Value turns = Integer(_random.Next(5));
        _build.BeginRegion();
        Value[] parameters = [.. carried.Select(type => _build.Parameter(type))];
        var condition = _build.EndRegion([_build.Emit(OpDefs.Less, parameters[0], turns)]);
        bool rotates = _random.Next(4) == 0;
        var body = Block(carried, own =>
        [
            _build.Add(own[0], Integer(1)),
            .. types.Select((type, i) => rotates && types[(i + 1) % types.Length] == type ? own[1 + ((i + 1) % types.Length)] : Any(type)),
        ]);
        Node node = _build.Loop([Integer(0), .. initial], condition, body);
        _pool.AddRange(types.Select((_, i) => node[1 + i]));
    }

    private (Region Region, ImmutableArray<Value> Captures) Block(TensorType[] types, Func<Value[], IEnumerable<Value>> results)
    {
        var outer = _pool;
        _pool = [.. outer];
        _depth++;
        _build.BeginRegion();
        Value[] parameters = [.. types.Select(type => _build.Parameter(type))];
        _pool.AddRange(parameters);
        Fill(_random.Next(1, 6));
        var block = _build.EndRegion(results(parameters).ToArray());
        _pool = outer;
        _depth--;
        return block;
    }

    private TensorType[] RandomTypes() => [.. Enumerable.Range(0, _random.Next(1, 4))
        .Select(_ => _random.Next(6) switch { < 3 => s_vector, 3 => s_matrix, 4 => s_vector.List, _ => s_integer })];

    // The newest one more often, since that is what is at hand where it was made.
    private Value Any(TensorType type)
    {
        Value[] fitting = [.. _pool.Where(value => value.Type == type)];
        if (fitting.Length > 0)
            return _random.Next(3) == 0 ? fitting[^1] : fitting[_random.Next(fitting.Length)];
        _pool.Add(type.IsList ? _build.Emit(OpDefs.ListOf, _build.BroadcastTo(Any(s_vector), [3, 81])) : Integer(_random.Next(4)));
        return _pool[^1];
    }

    private Value Place() => Within(_random.Next(2) == 0 ? Any(s_integer) : Integer(_random.Next(4)), Integer(3));

    private Value Element(Value list, Value place) => _build.Emit(OpDefs.ListGet, list, Within(place, Count(list)));

    private Value Count(Value list) => _build.Emit(OpDefs.ListCount, list);

    private Value Within(Value place, Value size) => _build.Emit(OpDefs.Rem, place, size);

    private Value Integer(long number) => _build.Constant(Literal.Scalar(DType.I64, number));
}
