using System.Collections.Immutable;

namespace TensorGraph.Tests.Modules;

/// <summary>Variables and modules are found by the members that hold them, and these name them.</summary>
public sealed partial class ModuleTests
{
    private sealed record Gate(Variable Weight, Dense Inner);

    internal abstract partial class Base : Module
    {
        private readonly Variable _ofBase = new(1f);

        protected override Tensor Forward(Tensor x, bool training) => x * _ofBase;
    }

    internal sealed partial class Everything(Dense given) : Base
    {
        private readonly Dense[] _array = [new(1, 1), new(1, 1)];
        private readonly Dictionary<string, Module> _map = new() { ["left"] = new Dense(1, 1, bias: false), ["right"] = new Flatten() };
        private readonly ImmutableArray<Variable> _immutable = [new Variable(1f)];
        private readonly ImmutableArray<Variable> _uninitialised = default;
        private readonly (Variable First, Module Second) _pair = (new(1f), new Dense(1, 1, bias: false));
        private readonly Gate _gate = new(new(1f), new Dense(1, 1, bias: false));
        private readonly object[] _itself = new object[1];
        private readonly Variable? _none = null;
        private readonly float[] _numbers = [1, 2];
        private readonly RandomGenerator _random = new(1);

        public List<Module> MaxPool2DList { get; } = [new Dense(1, 1, bias: false)];

        public Module? Late { get; set; }

        protected override Tensor Forward(Tensor x, bool training)
        {
            _itself[0] = _itself;
            return given.Call(x, training) + _numbers[0] + (_none is null && _uninitialised.IsDefault && _random is not null ? 1f : 0f)
                + _array.Length + _map.Count + _immutable.Length + _gate.Weight + _pair.First;
        }
    }

    [Fact]
    public void What_members_hold_is_found_and_named_by_them()
    {
        var module = new Everything(new Dense(1, 1));
        module.Call(Ops.Ones(1, 1));
        string[] paths =
        [
            "of_base", "immutable.0", "pair.0", "gate.weight",
            "given.kernel", "given.bias", "array.0.kernel", "array.0.bias", "array.1.kernel", "array.1.bias", "map.left.kernel", "pair.1.kernel",
            "gate.inner.kernel", "max_pool2d_list.0.kernel",
        ];
        Assert.Equal(paths.Order(StringComparer.Ordinal), module.NamedVariables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(module.NamedVariables.Values, module.Variables);
        Assert.Contains("map.right", module.Modules.Keys);
        Assert.Same(module, module.Modules[""]);
        // What is set later is found later.
        module.Late = new Dense(1, 1, bias: false);
        Assert.Same(((Dense)module.Late).Kernel, module.NamedVariables["late.kernel"]);
    }

    [Fact]
    public void A_module_in_two_places_has_its_first_path_and_a_circle_ends()
    {
        var shared = new Dense(1, 1);
        var model = new Sequential(shared, new Residual(shared));
        Assert.Equal(["layers.0.kernel", "layers.0.bias"], model.NamedVariables.Keys);
        var circle = new Circle();
        circle.Other = new Circle { Other = circle };
        Assert.Equal(["", "other"], circle.Modules.Keys);
    }

    private sealed class Circle : Module
    {
        public Module? Other { get; set; }
    }

    [Fact]
    public void Names_follow_members_unless_they_are_set()
    {
        var head = new Dense(2, 2) { Name = "head" };
        var model = new Sequential(new Dense(2, 2), head);
        Assert.Equal("dense", model.Layers[0].Name);
        model.Call(Ops.Ones(1, 2));
        Assert.Equal(["layers.0", "head"], model.Layers.Select(layer => layer.Name));
        Assert.Equal("sequential", model.Name);
        Assert.Equal("max_pool2d", new MaxPool2D(2).Name);
        Assert.Equal(["layers.0.kernel", "layers.0.bias", "head.kernel", "head.bias"], model.NamedVariables.Keys);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => head.Name = "", []);
    }

    internal sealed partial class Trained(Module model)
    {
        [GraphFunction]
        public Tensor Count(Tensor x) => x + model.TrainableVariables.Count;

        [GraphFunction]
        public Tensor Run(Tensor x, Tensor training) => model.Call(x, training);

        [GraphFunction]
        public Tensor RunAs(Tensor x, bool training) => model.Call(x, training);
    }

    [Fact]
    public void A_frozen_module_leaves_the_trainable_variables_also_of_a_graph()
    {
        var model = new Sequential(new Dense(1, 1), new Sequential(new Dense(1, 1)));
        var trained = new Trained(model);
        Assert.Equal([4f], Both.Agree(() => trained.Count(Ops.Zeros(1)).ToArray<float>()));
        model.Layers[1].Freeze();
        Assert.Equal([2f], Both.Agree(() => trained.Count(Ops.Zeros(1)).ToArray<float>()));
        Assert.Equal(4, model.Variables.Count);
        model.Unfreeze();
        Assert.Equal([4f], Both.Agree(() => trained.Count(Ops.Zeros(1)).ToArray<float>()));
        var names = new List<string>();
        model.Apply(module => names.Add(module.GetType().Name));
        Assert.Equal(["Sequential", "Dense", "Sequential", "Dense"], names);
    }

    [Fact]
    public void A_tensor_decides_whether_a_model_trains_within_one_graph()
    {
        var trained = new Trained(new Sequential(new ClippedLayer(3), new Activation(Ops.Tanh)));
        foreach (bool training in new[] { true, false, true })
        {
            float expected = MathF.Tanh(training ? -2 : 2);
            Close.Within([expected], Both.Agree(() => trained.Run(new[] { 8f }, training).ToArray<float>()));
            Close.Within([expected], Both.Agree(() => trained.RunAs(new[] { 8f }, training).ToArray<float>()));
        }

        Assert.Equal(1, GraphFunction.Of(trained.Run).TraceCount);
        Assert.Equal(2, GraphFunction.Of(trained.RunAs).TraceCount);
        Assert.Single(GraphFunction.Of(trained.Run).ConcreteFunctions[0].Graph.Entry.Body, node => node.Op == Ir.OpDefs.If);
    }

    internal sealed partial class Scaled : Module
    {
        public float Rate { get; set; } = 1;

        protected override Tensor Forward(Tensor x, bool training) => x * Rate;
    }

    [Fact]
    public void State_that_a_module_reads_leads_to_a_new_trace()
    {
        var scaled = new Scaled();
        var forward = new Forward(new Sequential(scaled));
        Assert.Equal([2f], Both.Agree(() => forward.Run(new[] { 2f }).ToArray<float>()));
        scaled.Rate = 3;
        Assert.Equal([6f], Both.Agree(() => forward.Run(new[] { 2f }).ToArray<float>()));
    }

    [Fact]
    public void The_summary_is_a_table()
    {
        var model = new Sequential(new Dense(20, 50, Ops.Relu), new Flatten(), new Dense(50, 3, bias: false));
        model.Layers[0].Freeze();
        Assert.Equal(
            """
            path          module          variables                         numbers
            (sequential)  Sequential                                              0
            layers.0      Dense (frozen)  kernel f32[20, 50], bias f32[50]    1,050
            layers.1      Flatten                                                 0
            layers.2      Dense           kernel f32[50, 3]                     150
            total 1,200 numbers in 4,800 bytes, 150 trainable
            """,
            model.Summary());
    }

    [Fact]
    public void A_residual_adds_what_its_body_gives()
    {
        var doubled = new Forward(new Residual(new Activation(x => x * 2)));
        Assert.Equal([3f, 6], Both.Agree(() => doubled.Run(new[] { 1f, 2 }).ToArray<float>()));
        var around = new Forward(new Residual(new Activation(Ops.Relu), new Activation(x => -x)));
        Assert.Equal([1f, 0], Both.Agree(() => around.Run(new[] { -1f, 2 }).ToArray<float>()));
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => new Residual(new Dense(2, 1)).Call(Ops.Ones(1, 2)), ["f32[1, 1]", "f32[1, 2]"]);
    }
}
