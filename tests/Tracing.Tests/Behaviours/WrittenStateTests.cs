#pragma warning disable TG7101 // These methods change C# state on purpose: each call must see what the last one left.
namespace TensorGraph.Tests;

/// <summary>Behaviour 7.4: C# state that a graph function writes as well as reads. Each call sees what the calls ahead of it left, as imperatively.</summary>
public sealed partial class WrittenStateTests
{
    public static TheoryData<string> Forms => [.. typeof(Machine).GetMethods().Where(method => method.ReturnType == typeof(Tensor) && method.DeclaringType == typeof(Machine) && !method.Name.StartsWith("__", StringComparison.Ordinal)).Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Each_call_sees_what_the_last_one_left(string form)
    {
        Modes.Both(() =>
        {
            var machine = new Machine();
            Machine.Reset();
            var call = typeof(Machine).GetMethod(form)!.CreateDelegate<Func<Tensor, Tensor>>(machine);
            var results = new List<string>();
            for (int i = 1; i <= 9; i++)
            {
                // What the first calls met comes again.
                if (i == 5)
                {
                    machine.Restart();
                    Machine.Reset();
                }

                results.Add($"{GraphFunction.Compile(call)((float)i)} {machine.Shown}");
            }

            return results;
        });
    }

    [Fact]
    public void A_trace_that_wrote_state_serves_no_other_call()
    {
        var machine = new Machine();
        var function = GraphFunction.Of((Func<Tensor, Tensor>)machine.First);
        Assert.Equal([2f, 1f, 1f], Enumerable.Range(0, 3).Select(_ => machine.First(1f).Item<float>()));
        Assert.Equal(2, function.TraceCount);
        Assert.Equal(("Machine._first", "true", "false"), (function.Retraces[0].Argument, function.Retraces[0].Old, function.Retraces[0].New));
        machine.Restart();
        machine.First(1f);
        machine.Restart();
        machine.First(1f);
        Assert.Equal(("Machine._first", "true", "set by the method itself"), (function.Retraces[^1].Argument, function.Retraces[^1].Old, function.Retraces[^1].New));
        Assert.Equal(2, function.ConcreteFunctions.Count);
    }

    [Theory]
    [InlineData(nameof(Keeper.Static), "Keeper.s_cache")]
    [InlineData(nameof(Keeper.Field), "Keeper._cache")]
    [InlineData(nameof(Keeper.Checked), "Keeper._cache")]
    [InlineData(nameof(Keeper.InObject), "Keeper._box.Content")]
    public void A_tensor_that_is_cached_in_a_field_is_an_error_and_no_other_value(string form, string variable)
    {
        Keeper.Reset();
        var keeper = new Keeper();
        var call = GraphFunction.Compile(typeof(Keeper).GetMethod(form)!.CreateDelegate<Func<Tensor, Tensor>>(keeper));
        Assert.Equal(3f, call(1f).Item<float>());
        for (int i = 0; i < 2; i++)
        {
            var error = Assert.Throws<EscapedTensorException>(() => call(2f));
            Assert.StartsWith($"TG7002: a symbolic tensor in '{variable}' is used after the trace ended", error.Message, StringComparison.Ordinal);
            Assert.Contains("keep state in a Variable", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_tensor_without_arguments_in_it_may_be_cached()
    {
        var results = Modes.Both(() =>
        {
            var keeper = new Keeper();
            return Enumerable.Range(1, 3).Select(i => keeper.Constant((float)i)).ToArray();
        }).Result;
        Assert.Equal([3f, 4f, 5f], results.Select(result => result.Item<float>()));
    }

    [Fact]
    public void A_tensor_in_a_field_of_which_only_the_shape_is_read()
    {
        Modes.Both(() =>
        {
            var keeper = new Keeper();
            var results = new List<Tensor>();
            foreach (int size in new[] { 2, 3, 3, 2, 5 })
            {
                keeper.Given = Ops.Ones(size);
                results.Add(keeper.BySize(1f));
            }

            keeper.Given = null;
            results.Add(keeper.BySize(1f));
            return results;
        });
    }

    // A trace with open sizes that fails, since a size must be known, is made again.
    [Theory]
    [InlineData(nameof(Sizes.Value))]
    [InlineData(nameof(Sizes.Broadcast))]
    [InlineData(nameof(Sizes.Flagged))]
    [InlineData(nameof(Sizes.Logged))]
    [InlineData(nameof(Sizes.MakesAVariable))]
    [InlineData(nameof(Sizes.ThroughAHelper))]
    public void State_changes_once_in_a_call_whatever_the_sizes(string form)
    {
        Modes.Both(() =>
        {
            var sizes = new Sizes();
            var call = GraphFunction.Compile(typeof(Sizes).GetMethod(form)!.CreateDelegate<Func<Tensor, Tensor, Tensor>>(sizes));
            var results = new List<string>();
            foreach (int length in new[] { 1, 3, 1, 3, 3 })
            {
                results.Add($"{call(1f, Ops.Ones(length))} {sizes.Shown}");
                sizes.Flag = !sizes.Flag;
            }

            return results;
        });
    }

    internal sealed partial class Sizes
    {
        private static readonly Tensor s_three = new[] { 1f, 2f, 3f };
        private readonly List<string> _log = [];
        private Variable? _weight;
        private int _count;

        public bool Flag { get; set; }

        public string Shown => $"{_count} {_log.Count}";

        [GraphFunction]
        public Tensor Value(Tensor x, Tensor xs)
        {
            _count++;
            return x + xs.Shape[0].Value;
        }

        [GraphFunction]
        public Tensor Broadcast(Tensor x, Tensor xs)
        {
            _count = _count + 1;
            return x + (xs + s_three).Sum();
        }

        [GraphFunction]
        public Tensor Flagged(Tensor x, Tensor xs)
        {
            if (Flag)
                _count++;
            return x + (xs + s_three).Sum();
        }

        [GraphFunction]
        public Tensor Logged(Tensor x, Tensor xs)
        {
            _log.Add("called");
            return x + (xs + s_three).Sum() + _log.Count;
        }

        [GraphFunction]
        public Tensor MakesAVariable(Tensor x, Tensor xs)
        {
            _log.Add("called");
            _weight ??= new Variable(2f);
            return x * _weight + (xs + s_three).Sum() + _log.Count;
        }

        [GraphFunction]
        public Tensor ThroughAHelper(Tensor x, Tensor xs)
        {
            Count();
            return x + (xs + s_three).Sum();
        }

        private void Count()
        {
            _count++;
            _log.Add("counted");
        }
    }

    internal sealed class Box
    {
        public Tensor? Content;
    }

    internal sealed partial class Keeper
    {
        private static Tensor? s_cache;
        private Tensor? _cache;
        private readonly Box _box = new();

        public Tensor? Given { get; set; }

        public static void Reset() => s_cache = null;

        [GraphFunction]
        public Tensor Static(Tensor x)
        {
            s_cache ??= x * 2;
            return x + s_cache;
        }

        [GraphFunction]
        public Tensor Field(Tensor x)
        {
            _cache ??= x * 2;
            return x + _cache;
        }

        [GraphFunction]
        public Tensor Checked(Tensor x)
        {
            if (_cache is null)
                _cache = x * 2;
            return x + _cache;
        }

        [GraphFunction]
        public Tensor InObject(Tensor x)
        {
            _box.Content ??= x * 2;
            return x + _box.Content;
        }

        [GraphFunction]
        public Tensor Constant(Tensor x)
        {
            _cache ??= 2f;
            return x + _cache;
        }

        [GraphFunction]
        public Tensor BySize(Tensor x) => Given is null ? x : x * Given.Shape[0].Value;
    }

    internal sealed class Part
    {
        public int Count;

        public string? Mode { get; set; }

        public Part? Next { get; set; }
    }

    internal record Settings(int Count, bool IsFirst);

    internal sealed partial class Machine
    {
        private static int s_count;
        private static string? s_mode;
        private static Part s_part = new();
        private int _count;
        private bool _first = true;
        private string? _mode;
        private Part _part = new() { Next = new() };
        private Settings _settings = new(0, true);
        private (int Count, bool First) _pair = (0, true);
        private readonly Dictionary<string, int> _counts = [];
        private readonly List<int> _list = [];
        private int[] _array = new int[2];
        private Part? _lazy;
        private List<float>? _made;

        public string Shown => $"{s_count} {s_mode} {s_part.Count} {_count} {_first} {_mode} {_part.Count} {_part.Mode} {_part.Next!.Count} {_settings} {_pair} "
            + $"{string.Join(',', _counts)} {string.Join(',', _list)} {string.Join(',', _array)} {_lazy?.Count} {_made?.Count}";

        public static void Reset()
        {
            (s_count, s_mode, s_part) = (0, null, new());
        }

        public void Restart()
        {
            (_count, _first, _mode, _settings, _pair, _array, _lazy, _made) = (0, true, null, new(0, true), (0, true), new int[2], null, null);
            (_part.Count, _part.Mode, _part.Next!.Count) = (0, null, 0);
            _counts.Clear();
            _list.Clear();
        }

        [GraphFunction]
        public Tensor Counts(Tensor x)
        {
            _count++;
            return _count > 2 ? x * 2 : x;
        }

        [GraphFunction]
        public Tensor First(Tensor x)
        {
            if (_first)
            {
                _first = false;
                return x * 2;
            }

            return x;
        }

        [GraphFunction]
        public Tensor Mode(Tensor x)
        {
            bool wasThere = _mode is not null;
            _mode ??= "a";
            return wasThere ? x + _mode.Length : -x;
        }

        [GraphFunction]
        public Tensor StaticCount(Tensor x)
        {
            s_count += 2;
            return x + s_count;
        }

        [GraphFunction]
        public Tensor StaticMode(Tensor x)
        {
            if (s_mode is null)
            {
                s_mode = "once";
                return -x;
            }

            return x;
        }

        [GraphFunction]
        public Tensor InObject(Tensor x)
        {
            _part.Count++;
            return x * _part.Count;
        }

        [GraphFunction]
        public Tensor InStaticObject(Tensor x) => x * s_part.Count++;

        [GraphFunction]
        public Tensor InInnerObject(Tensor x)
        {
            _part.Next!.Count += 3;
            return x * _part.Next.Count;
        }

        [GraphFunction]
        public Tensor InProperty(Tensor x)
        {
            if (_part.Mode == null)
                _part.Mode = "a";
            else if (_part.Mode.Length < 3)
                _part.Mode += "b";
            return x + _part.Mode.Length;
        }

        [GraphFunction]
        public Tensor InRecord(Tensor x)
        {
            bool first = _settings.IsFirst;
            _settings = _settings with { Count = _settings.Count + 1, IsFirst = false };
            return first ? -x : x * _settings.Count;
        }

        [GraphFunction]
        public Tensor InTuple(Tensor x)
        {
            _pair = (_pair.Count + 1, false);
            return _pair.First ? -x : x * _pair.Count;
        }

        [GraphFunction]
        public Tensor InDictionary(Tensor x)
        {
            _counts.TryGetValue("a", out int count);
            _counts["a"] = count + 1;
            return x * _counts["a"];
        }

        [GraphFunction]
        public Tensor InList(Tensor x)
        {
            _list.Add(_list.Count);
            return _list.Count > 2 ? x * 2 : x;
        }

        [GraphFunction]
        public Tensor InArray(Tensor x)
        {
            _array[1]++;
            return x * _array[1];
        }

        [GraphFunction]
        public Tensor LazyObject(Tensor x)
        {
            if (_lazy is null)
            {
                _lazy = new Part { Count = 7 };
                return -x;
            }

            return x * _lazy.Count;
        }

        [GraphFunction]
        public Tensor LazyList(Tensor x)
        {
            _made ??= [];
            _made.Add(1);
            return x * _made.Count;
        }

        [GraphFunction]
        public Tensor InHelper(Tensor x)
        {
            Bump();
            return x * _count;
        }

        private void Bump() => _count++;

        [GraphFunction]
        public Tensor ThereAndBack(Tensor x)
        {
            _count += 5;
            Tensor y = x * _count;
            _count -= 5;
            return y;
        }

        [GraphFunction]
        public Tensor ThroughAnother(Tensor x) => Counts(x) + Counts(x);

        [GraphFunction]
        public Tensor Toggles(Tensor x)
        {
            _first = !_first;
            return _first ? x : -x;
        }
    }
}
