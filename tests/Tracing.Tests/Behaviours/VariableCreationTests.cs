namespace TensorGraph.Tests;

/// <summary>Behaviour 3.6: when a variable may be made while a function is traced, and what it starts with.</summary>
[Collection(DefaultGenerator.Name)]
public sealed partial class VariableCreationTests
{
    [Fact]
    public void Made_by_a_trace_that_fails_it_is_there_for_the_next()
    {
        var (results, _) = Modes.Both(() =>
        {
            var layer = new Lazily();
            Assert.Throws<InvalidOperationException>(() => layer.Scale(2f, fail: true));
            return new[] { layer.Scale(2f, fail: false), layer.Scale(4f, fail: false), layer.Weight!.Value };
        });
        Assert.Equal(["6", "12", "3"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void The_start_may_not_depend_on_an_argument()
    {
        var layer = new FromArgument();
        Expect.ErrorHere(DiagnosticIds.VariableCreation, () => layer.Scale(new[] { 1f, 2f }), ["'x'", nameof(FromArgument.Scale), "initial value"]);
        Assert.Empty(GraphFunction.Of((Func<Tensor, Tensor>)layer.Scale).ConcreteFunctions);
    }

    [Fact]
    public void Ahead_of_branches_and_loops()
    {
        var (results, _) = Modes.Both(() =>
        {
            var layer = new InControlFlow();
            return new[] { layer.Branch(2f, 0), layer.Branch(2f, 1), layer.Loop(2), layer.Loop(1), layer.Loop(0), layer.Weight!.Value };
        });
        Assert.Equal(["2", "10", "11", "7", "0", "8"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void In_a_function_that_another_one_calls()
    {
        var (results, _) = Modes.Both(() =>
        {
            var layer = new Nested();
            return new[] { layer.Outer(1f), layer.Inner(1f), layer.Outer(1f), layer.Weight!.Value };
        });
        Assert.Equal(["13", "8", "19", "10"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void Several_in_a_list()
    {
        var (results, _) = Modes.Both(() =>
        {
            var layer = new Several();
            return new[] { layer.Sum(1f), layer.Sum(2f), layer.Count };
        });
        Assert.Equal(["4", "5", "3"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void A_start_out_of_ops_and_random_numbers_is_made_once()
    {
        var (results, _) = Modes.Both(() =>
        {
            Ops.SetSeed(5);
            var layer = new Computed();
            return new[] { layer.Scale(1f), layer.Scale(1f), layer.Scale(Ops.Ones(2)), Ops.RandomUniform(new Shape(2)) };
        });
        Assert.Equal(results[0].ToString(), results[1].ToString());
    }

    public static TheoryData<string> Forms => [.. typeof(Maker).GetMethods().Where(method => method.ReturnType == typeof(Tensor) && !method.Name.StartsWith("__", StringComparison.Ordinal)).Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_call_that_makes_it_runs_what_it_traced(string form)
    {
        Modes.Both(() =>
        {
            Ops.SetSeed(7);
            Maker.Reset();
            var maker = new Maker();
            var call = GraphFunction.Compile(typeof(Maker).GetMethod(form)!.CreateDelegate<Func<Tensor, Tensor>>(maker));
            string[] results = [.. Enumerable.Range(1, 5).Select(i => $"{call(10f * i)} {maker.Shown}")];
            return (string.Join(" | ", results), Ops.RandomUniform(new Shape(2)));
        });
    }

    [Fact]
    public void One_that_each_call_makes_is_an_error_at_once()
    {
        Assert.Throws<VariableCreationException>(() => Careless(2f));
    }

    [GraphFunction]
    private static Tensor Careless(Tensor x) => x * new Variable(2f);

    [Fact]
    public void A_concrete_function_asked_for_makes_them_too()
    {
        var layer = new Lazily();
        var concrete = GraphFunction.Of((Func<Tensor, bool, Tensor>)layer.Scale).GetConcreteFunction(TensorSpec.Parse("f32"), false);
        Assert.Equal("3", layer.Weight!.Value.ToString());
        layer.Weight.Assign(10f);
        Assert.Equal("20", concrete.Call(2f)[0].ToString());
        Assert.Equal("20", layer.Scale(2f, fail: false).ToString());
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, bool, Tensor>)layer.Scale).TraceCount);
    }

    internal sealed partial class Lazily
    {
        public Variable? Weight { get; private set; }

        [GraphFunction]
        public Tensor Scale(Tensor x, bool fail)
        {
            Weight ??= new Variable(3f, "weight");
            if (fail)
                throw new InvalidOperationException("after the variable was made");
            return x * Weight;
        }
    }

    internal sealed partial class FromArgument
    {
        private Variable? _weight;

        [GraphFunction]
        public Tensor Scale(Tensor x)
        {
            _weight ??= new Variable(x * 2, "weight");
            return x * _weight;
        }
    }

    internal sealed partial class InControlFlow
    {
        public Variable? Weight { get; private set; }

        [GraphFunction]
        public Tensor Branch(Tensor x, Tensor scale)
        {
            Weight ??= new Variable(5f);
            if (scale > 0)
                return x * Weight;
            return x;
        }

        [GraphFunction]
        public Tensor Loop(Tensor n)
        {
            Weight ??= new Variable(5f);
            Tensor sum = 0f;
            while (n > 0)
            {
                sum += Weight;
                Weight.AssignAdd(1f);
                n -= 1;
            }

            return sum;
        }
    }

    internal sealed partial class Nested
    {
        public Variable? Weight { get; private set; }

        [GraphFunction]
        public Tensor Outer(Tensor x) => Inner(x) + Inner(x);

        [GraphFunction]
        public Tensor Inner(Tensor x)
        {
            Weight ??= new Variable(5f);
            Weight.AssignAdd(1f);
            return x * Weight;
        }
    }

    internal sealed partial class Several
    {
        private readonly List<Variable> _weights = [];

        public Tensor Count => _weights.Count;

        [GraphFunction]
        public Tensor Sum(Tensor x)
        {
            for (int i = _weights.Count; i < 3; i++)
                _weights.Add(new Variable((float)i));
            foreach (var weight in _weights)
                x += weight;
            return x;
        }
    }

#pragma warning disable TG7101 // These methods change C# state on purpose.
    internal sealed partial class Maker
    {
        private static Variable? s_weight;
        private readonly List<Variable> _list = [];
        private readonly Dictionary<string, Variable> _named = [];
        private Variable? _weight, _other;
        private bool _isBuilt;
        private int _count;

        public string Shown => $"{_count} {_isBuilt} {_weight?.Value} {_other?.Value} {s_weight?.Value}";

        public static void Reset() => s_weight = null;

        [GraphFunction]
        public Tensor ReturnsEarly(Tensor x)
        {
            if (_weight is null)
            {
                _weight = new Variable(3f);
                return x;
            }

            return x * _weight;
        }

        [GraphFunction]
        public Tensor Static(Tensor x)
        {
            if (s_weight is null)
            {
                s_weight = new Variable(3f);
                return x;
            }

            return x * s_weight;
        }

        [GraphFunction]
        public Tensor InList(Tensor x)
        {
            if (_list.Count == 0)
            {
                _list.Add(new Variable(3f));
                return x;
            }

            return x * _list[0];
        }

        [GraphFunction]
        public Tensor InDictionary(Tensor x)
        {
            if (!_named.ContainsKey("a"))
            {
                _named["a"] = new Variable(3f);
                return x;
            }

            return x * _named["a"];
        }

        [GraphFunction]
        public Tensor BesideACount(Tensor x)
        {
            _count++;
            _weight ??= new Variable(3f);
            return x * _weight + _count;
        }

        [GraphFunction]
        public Tensor BuiltOnce(Tensor x)
        {
            if (!_isBuilt)
            {
                _weight = new Variable(Ops.RandomNormal(new Shape(2)));
                _other = new Variable(Ops.RandomNormal(new Shape(2)));
                _isBuilt = true;
                x = -x;
            }

            return x * _weight! + _other!;
        }

        [GraphFunction]
        public Tensor Changed(Tensor x)
        {
            if (_weight is null)
            {
                _weight = new Variable(3f);
                x = x + 100;
            }

            _weight.AssignAdd(1f);
            return x * _weight;
        }

        [GraphFunction]
        public Tensor AmongDraws(Tensor x)
        {
            Tensor before = Ops.RandomUniform(new Shape());
            if (_weight is null)
            {
                Tensor start = Ops.RandomUniform(new Shape());
                _weight = new Variable(start * 2);
                x = x + start;
            }

            return x * _weight + before + Ops.RandomUniform(new Shape());
        }

        [GraphFunction]
        public Tensor FromAnotherOne(Tensor x)
        {
            _weight ??= new Variable(3f);
            Tensor before = _weight;
            _weight.AssignAdd(1f);
            _other ??= new Variable(_weight.Value * 2 + before);
            _weight.AssignAdd(1f);
            return x + _weight + _other * 10 + before * 100;
        }

        [GraphFunction]
        public Tensor InALoop(Tensor x)
        {
            while (x < 100)
                x = Scaled(x);
            return x;
        }

        private Tensor Scaled(Tensor x)
        {
            _weight ??= new Variable(Ops.RandomUniform(new Shape()) + 1f);
            return x * 2 * _weight;
        }
    }
#pragma warning restore TG7101

    internal sealed partial class Computed
    {
        private Variable? _weight;

        [GraphFunction]
        public Tensor Scale(Tensor x)
        {
            Tensor two = 2f;
            _weight ??= new Variable((two * two).Sqrt() + Ops.RandomUniform(new Shape()));
            return x * _weight;
        }
    }
}
