#pragma warning disable TG7101 // One of these methods counts its calls in a field, to show that the count is right nevertheless.
namespace TensorGraph.Tests;

/// <summary>C# state that a graph function reads: a trace serves a call only while the state is as it was.</summary>
public sealed partial class HostStateTests
{
    [Fact]
    public void A_field_that_changes_is_never_frozen()
    {
        var model = new Model();
        float[] results = Modes.Both(() =>
        {
            model.Rate = 2f;
            float first = model.Scale(3f).Item<float>();
            model.Rate = 5f;
            float second = model.Scale(3f).Item<float>();
            model.Rate = 2f;
            return new[] { first, second, model.Scale(3f).Item<float>() };
        }).Result;
        Assert.Equal([6f, 15f, 6f], results);

        var function = GraphFunction.Of((Func<Tensor, Tensor>)model.Scale);
        Assert.Equal(2, function.TraceCount);
        Assert.Equal("Model.Rate", function.Retraces[0].Argument);
        Assert.Equal(("2", "5"), (function.Retraces[0].Old, function.Retraces[0].New));
        Assert.Contains("Model.Rate = 2", function.ConcreteFunctions.SelectMany(concrete => concrete.State));
    }

    [Theory]
    [InlineData(nameof(Model.ThroughHelper))]
    [InlineData(nameof(Model.ThroughProperty))]
    [InlineData(nameof(Model.ThroughObject))]
    [InlineData(nameof(Model.ThroughOtherFunction))]
    [InlineData(nameof(Model.ThroughMethodOfAnother))]
    [InlineData(nameof(Model.InLambda))]
    [InlineData(nameof(Model.ThroughInterface))]
    [InlineData(nameof(Model.InCast))]
    [InlineData(nameof(Model.InObject))]
    public void Wherever_it_is_read(string method)
    {
        var results = Modes.Both(() =>
        {
            var model = new Model();
            var values = new List<float>();
            foreach (float rate in new[] { 1f, 2f, 2f, 3f })
            {
                model.Rate = model.Inner.Rate = rate;
                model.Steps = (int)rate;
                model.Boxed = rate;
                values.Add(model.Call(method, 10f).Item<float>());
            }

            return values;
        }).Result;
        Assert.Equal([10f, 20f, 20f, 30f], results);
    }

    [Fact]
    public void State_of_an_argument_and_static_state()
    {
        var results = Modes.Both(() =>
        {
            var options = new Options();
            var values = new List<float>();
            for (int i = 1; i <= 3; i++)
            {
                options.Rate = i;
                Model.Bias = 10 * i;
                values.Add(Model.WithOptions(options, 1f).Item<float>());
            }

            values.Add(Model.WithOptions(null, 1f).Item<float>());
            return values;
        }).Result;
        Assert.Equal([11f, 22f, 33f, 31f], results);
        Model.Bias = 0;
    }

    [Fact]
    public void An_object_that_is_replaced_is_another_one()
    {
        var results = Modes.Both(() =>
        {
            var model = new Model();
            float first = model.ThroughObject(1f).Item<float>();
            model.Inner = new Options { Rate = 7 };
            return (first, model.ThroughObject(1f).Item<float>());
        }).Result;
        Assert.Equal((1f, 7f), results);
    }

    [Fact]
    public void A_tensor_in_a_field_is_an_input()
    {
        var results = Modes.Both(() =>
        {
            var model = new Model { Offset = 1f };
            float first = model.AddOffset(1f).Item<float>();
            model.Offset = 5f;
            return (first, model.AddOffset(1f).Item<float>(), model.AddOffset(1f).Item<float>());
        }).Result;
        Assert.Equal((2f, 6f, 6f), results);
    }

    [Fact]
    public void A_field_that_the_method_overwrites_first_is_no_input()
    {
        var model = new Model { Offset = 1f };
        Assert.Equal([4f, 6f, 8f], new[] { 2f, 3f, 4f }.Select(x => model.Scratch(x).Item<float>()));
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)model.Scratch).TraceCount);
    }

    [Fact]
    public void What_the_method_overwrites_first_may_go()
    {
        var model = new Model();
        Start(model);
        foreach (Tensor x in new Tensor[] { 2f, new[] { 2f }, 3f })
        {
            model.Scratch(x);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(2, GraphFunction.Of((Func<Tensor, Tensor>)model.Scratch).TraceCount);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Start(Model model) => model.Offset = 1f;
    }

    [Fact]
    public void A_tensor_kept_in_a_field_from_call_to_call_is_an_error_and_no_old_value()
    {
        var model = new Model { Offset = 1f };
        model.Accumulate(2f);
        var error = Assert.Throws<EscapedTensorException>(() => model.Accumulate(2f));
        Assert.Contains(nameof(Model.Accumulate), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_made_by_the_first_call_needs_no_second_trace()
    {
        var model = new Model();
        Assert.Equal([2f, 3f], new[] { 1f, 2f }.Select(x => model.Lazy(x).Item<float>()));
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)model.Lazy).TraceCount);
    }

    [Fact]
    public void A_counter_retraces_but_counts()
    {
        var results = Modes.Both(() =>
        {
            var model = new Model();
            return new[] { model.Counted(1f), model.Counted(1f), model.Counted(1f) }.Select(t => t.Item<float>()).ToArray();
        }).Result;
        Assert.Equal([2f, 3f, 4f], results);
    }

    [Fact]
    public void What_never_changes_costs_no_trace_and_new_sizes_still_relax()
    {
        var model = new Model();
        foreach (int size in new[] { 1, 2, 3, 4, 5 })
            Assert.Equal(size, model.Scale(Ops.Ones([size])).Sum().Item<float>());
        Assert.Equal(2, GraphFunction.Of((Func<Tensor, Tensor>)model.Scale).TraceCount);
    }

    [Fact]
    public void A_collected_owner_is_not_held()
    {
        var weak = CallWithNewOptions();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(weak.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference CallWithNewOptions()
        {
            var options = new Options { Rate = 3 };
            Assert.Equal(3f, Model.WithOptions(options, 1f).Item<float>());
            return new(options);
        }
    }

    [Fact]
    public void An_object_that_a_trace_makes_for_itself_may_go_during_and_after_it()
    {
        var results = Modes.Both(() => Enumerable.Range(0, 3).Select(_ =>
        {
            GC.Collect();
            return Model.WithOwnObject(2f).Item<float>();
        }).ToArray()).Result;
        Assert.Equal([7f, 7f, 7f], results);
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)Model.WithOwnObject).TraceCount);
    }

    internal sealed class Options
    {
        public float Rate { get; set; } = 1;
    }

    internal sealed partial class Model
    {
        public static float Bias;

        [GraphFunction]
        public static Tensor WithOwnObject(Tensor x)
        {
            Tensor y = Made(x);
            GC.Collect();
            return y + 1;
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        private static Tensor Made(Tensor x) => new Model { Rate = 3 }.Rated(x);

        private Tensor Rated(Tensor x) => x * Rate;

        private Variable? _weight;
        private int _calls;

        public float Rate { get; set; } = 1;

        public Options Inner { get; set; } = new();

        public Tensor Offset { get; set; } = 0f;

        public int Steps { get; set; }

        public object Boxed { get; set; } = 1f;

        private float Twice => 2 * Rate;

        private readonly Other _other = new();
        private readonly IRate _behind;

        public Model() => _behind = _other;

        public Tensor Call(string method, Tensor x)
        {
            _other.Rate = Rate;
            return method switch
            {
                nameof(ThroughHelper) => ThroughHelper(x),
                nameof(ThroughProperty) => ThroughProperty(x),
                nameof(ThroughObject) => ThroughObject(x),
                nameof(ThroughOtherFunction) => ThroughOtherFunction(x),
                nameof(ThroughMethodOfAnother) => ThroughMethodOfAnother(x),
                nameof(InLambda) => InLambda(x),
                nameof(ThroughInterface) => ThroughInterface(x),
                nameof(InCast) => InCast(x),
                nameof(InObject) => InObject(x),
                _ => throw new ArgumentException(method),
            };
        }

        [GraphFunction]
        public Tensor Scale(Tensor x) => x * Rate;

        [GraphFunction]
        public Tensor ThroughHelper(Tensor x) => Scaled(x);

        [GraphFunction]
        public Tensor ThroughProperty(Tensor x) => x * Twice / 2;

        [GraphFunction]
        public Tensor ThroughObject(Tensor x) => x * Inner.Rate;

        [GraphFunction]
        public Tensor ThroughOtherFunction(Tensor x) => Scale(x);

        [GraphFunction]
        public Tensor ThroughMethodOfAnother(Tensor x) => _other.Scaled(x);

        [GraphFunction]
        public Tensor InLambda(Tensor x)
        {
            Func<Tensor, Tensor> scale = y => y * Rate;
            return scale(x);
        }

        [GraphFunction]
        public Tensor ThroughInterface(Tensor x) => x * _behind.Rate;

        [GraphFunction]
        public Tensor InCast(Tensor x) => x * (float)Steps;

        [GraphFunction]
        public Tensor InObject(Tensor x) => x * (float)Boxed;

        [GraphFunction]
        public static Tensor WithOptions(Options? options, Tensor x) => x * (options?.Rate ?? 1) + Bias;

        [GraphFunction]
        public Tensor AddOffset(Tensor x) => x + Offset;

        [GraphFunction]
        public Tensor Scratch(Tensor x)
        {
            Offset = x * 2;
            return Offset;
        }

        [GraphFunction]
        public Tensor Accumulate(Tensor x)
        {
            Offset = Offset + x;
            return Offset;
        }

        [GraphFunction]
        public Tensor Lazy(Tensor x)
        {
            _weight ??= new Variable(1f);
            return x + _weight;
        }

        [GraphFunction]
        public Tensor Counted(Tensor x)
        {
            _calls++;
            return x + (float)_calls;
        }

        private Tensor Scaled(Tensor x) => x * Rate;
    }

    internal interface IRate
    {
        float Rate { get; }
    }

    internal sealed partial class Other : IRate
    {
        public float Rate { get; set; } = 1;

        public Tensor Scaled(Tensor x) => x * Rate;
    }
}
