using System.Collections.Immutable;

namespace TensorGraph.Tests;

/// <summary>A tensor that outlives its trace in a member of a class, or in what a member leads to: the error names the member.</summary>
public sealed partial class EscapedMemberTests
{
    public static TheoryData<string, string> Members => new()
    {
        { "property", "Model.Kept" },
        { "field", "Model._hidden" },
        { "base class", "Base._below" },
        { "static field", "Model.s_last" },
        { "element of an array", "Model._states[2]" },
        { "element of a matrix", "Model._grid" },
        { "element of a list of lists", "Model._rows[1][0]" },
        { "value of a dictionary", "Model._cache[\"a\"]" },
        { "value under a number", "Model._numbered[7]" },
        { "element of a set", "Model._set" },
        { "part of a tuple", "Model._pair.Item2" },
        { "part of a record", "Model._cell.Second" },
        { "immutable array", "Model._fixed[0]" },
        { "property of an object", "Model._log.Last" },
        { "parameter of the class", "Model.log.Last" },
        { "generic class", "Model._box.Content" },
        { "other class", "Registry.Last" },
        { "out parameter", "Model._hidden" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void A_member_is_named(string way, string member)
    {
        var model = new Model(new Log());
        model.Keep(1f, way);
        Escapes.Says($"a symbolic tensor in '{member}' is used after the trace ended: {Escapes.Made("add", "Model.Keep", "Keep", "kept here")}", Escapes.Return, () => _ = model.Find(way) + 1);
    }

    internal sealed class Log
    {
        public Tensor? Last { get; set; }

        public List<Tensor> Items { get; } = [];
    }

    internal sealed record Cell(Tensor First, Tensor Second);

    internal sealed class Box<T>
    {
        public T? Content;
    }

    internal static class Registry
    {
        public static Tensor? Last;
    }

    internal class Base
    {
        private Tensor? _below;

        protected Tensor? Below
        {
            get => _below;
            set => _below = value;
        }
    }

    internal sealed partial class Model(Log log) : Base
    {
        private static Tensor? s_last;
        private readonly Tensor?[] _states = new Tensor?[3];
        private readonly Tensor?[,] _grid = new Tensor?[2, 2];
        private readonly List<List<Tensor>> _rows = [[], []];
        private readonly Dictionary<string, Tensor> _cache = [];
        private readonly Dictionary<int, Tensor> _numbered = [];
        private readonly HashSet<Tensor> _set = [];
        private readonly Log _log = new();
        private readonly Box<Tensor> _box = new();
        private ImmutableArray<Tensor> _fixed;
        private (Tensor?, Tensor?) _pair;
        private Cell? _cell;
        private Tensor? _hidden;

        public Tensor? Kept { get; private set; }

        [GraphFunction]
        public Tensor Keep(Tensor x, string way)
        {
            Tensor y = x + 1; // kept here
            switch (way)
            {
                case "property": Kept = y; break;
                case "field": _hidden = y; break;
                case "base class": Below = y; break;
                case "static field": s_last = y; break;
                case "element of an array": _states[2] = y; break;
                case "element of a matrix": _grid[1, 0] = y; break;
                case "element of a list of lists": _rows[1].Add(y); break;
                case "value of a dictionary": _cache["a"] = y; break;
                case "value under a number": _numbered[7] = y; break;
                case "element of a set": _set.Add(y); break;
                case "part of a tuple": _pair = (null, y); break;
                case "part of a record": _cell = new(x, y); break;
                case "immutable array": _fixed = [y]; break;
                case "property of an object": _log.Last = y; break;
                case "parameter of the class": log.Last = y; break;
                case "generic class": _box.Content = y; break;
                case "other class": Registry.Last = y; break;
                case "out parameter": Give(y, out _hidden); break;
            }

            return x;
        }

        public Tensor Find(string way) => way switch
        {
            "property" => Kept!,
            "field" or "out parameter" => _hidden!,
            "base class" => Below!,
            "static field" => s_last!,
            "element of an array" => _states[2]!,
            "element of a matrix" => _grid[1, 0]!,
            "element of a list of lists" => _rows[1][0],
            "value of a dictionary" => _cache["a"],
            "value under a number" => _numbered[7],
            "element of a set" => _set.Single(),
            "part of a tuple" => _pair.Item2!,
            "part of a record" => _cell!.Second,
            "immutable array" => _fixed[0],
            "property of an object" => _log.Last!,
            "parameter of the class" => log.Last!,
            "generic class" => _box.Content!,
            "other class" => Registry.Last!,
            _ => throw new ArgumentOutOfRangeException(nameof(way)),
        };

        private static void Give(Tensor value, out Tensor? place) => place = value;
    }
}
