namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Results of modules and methods that are changed in place.</summary>
public sealed partial class ResultChangeTests
{
    public static TheoryData<string, bool> Modules() => new()
    {
        { "linear", true }, { "linear, flatten", true }, { "linear, relu", true }, { "flatten", false }, { "identity", false }, { "", false }, { "dropout", false },
        { "own", true }, { "same", false }, { "chosen", false }, { "own, same", true },
    };

    [TorchTheory]
    [MemberData(nameof(Modules))]
    public void A_result_with_memory_of_its_own_may_change(string parts, bool isOwn)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var program = new Program(Sequential(parts.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(part => (part, Part(part)))));
        torch.Tensor x = torch.linspace(-1, 1, 6).reshape(2, 3);
        Assert.NotNull(program.Layers);
        if (isOwn)
        {
            Same.AsEager(() => program.Added(x.clone()));
            Same.AsEager(() => program.Kept(x.clone()));
            Same.AsEager(() => program.InBranch(x.clone()));
            return;
        }
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.Added(x), ["in place"]);
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.Kept(x), ["in place"]);
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.InBranch(x), ["in place"]);
    }

    [TorchFact]
    public void A_residual_block_adds_in_place() => Twins.Train(
        () => new Program(Sequential(Conv2d(3, 4, 3, padding: 1L), BatchNorm2d(4), ReLU(), Conv2d(4, 4, 3, padding: 1L), BatchNorm2d(4))), p => p.All,
        (p, _) => p.Block(torch.randn(2, 3, 5, 5)));

    [TorchFact]
    public void Results_of_methods_are_told_too()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program(Sequential(Linear(3, 3)));
        Assert.Equal(3, program.Layers.parameters().First().shape[0]);
        torch.Tensor x = torch.ones(2, 3);
        Same.AsEager(() => program.ByMethod(x.clone(), true));
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.ByMethod(x, false), ["Doubled"]);
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.OfHelper(x), ["Weights"]);
    }

    public static TheoryData<string> Replacements() => ["layer", "op", "chain", "branch", "loop", "twice", "same"];

    // y = relu.forward(y), as y.relu_() does.
    [TorchTheory]
    [MemberData(nameof(Replacements))]
    public void A_module_may_change_the_variable_that_gets_its_result(string kind) => Twins.Train(
        () => new Program(Sequential(Conv2d(3, 4, 3, padding: 1L))), p => p.All, (p, i) => p.Replaced(torch.randn(2, 3, 5, 5) * (i - 1), kind));

    [TorchTheory]
    [InlineData("other")]
    [InlineData("view")]
    [InlineData("made")]
    [InlineData("helper")]
    [InlineData("argument")]
    [InlineData("identity")]
    [InlineData("told")]
    [InlineData("told view")]
    [InlineData("twice")]
    [InlineData("twice in loop")]
    [InlineData("weight of a module")]
    public void What_has_another_name_is_not_changed_by_a_module(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program(Sequential(Conv2d(3, 4, 3, padding: 1L)));
        Assert.NotEmpty(program.All.parameters());
        string reason = kind is "twice" or "twice in loop" or "weight of a module" ? "may share its memory" : "inplace";
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.NotReplaced(torch.randn(2, 3, 5, 5), kind), [reason]);
    }

    [TorchFact]
    public void A_module_may_change_what_nothing_names()
    {
        Twins.Train(
            () => new Program(Sequential(Conv2d(3, 4, 3, padding: 1L), BatchNorm2d(4), ReLU(inplace: true), Conv2d(4, 4, 3, padding: 1L), BatchNorm2d(4))),
            p => p.All, (p, _) => p.Nested(torch.randn(2, 3, 5, 5)));
        using var scope = torch.NewDisposeScope();
        var program = new Program(Sequential());
        Assert.NotNull(program.Layers);
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.Named(torch.ones(2, 3)), ["inplace"]);
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.Given(torch.ones(2, 3)), ["inplace"]);
        // What the function gives a module has a name in it.
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.OfModule(torch.ones(2, 3)), ["inplace"]);
    }

    private static Module<torch.Tensor, torch.Tensor> Part(string name) => name switch
    {
        "linear" => Linear(3, 3),
        "relu" => ReLU(inplace: true),
        "flatten" => Flatten(),
        "identity" => Identity(),
        "dropout" => Eval(Dropout()),
        "own" => new Own(),
        "same" => new Given(),
        _ => new Chosen(),
    };

    private static Module<torch.Tensor, torch.Tensor> Eval(Module<torch.Tensor, torch.Tensor> module)
    {
        module.eval();
        return module;
    }

    internal sealed partial class Own() : Module<torch.Tensor, torch.Tensor>("own")
    {
        public override torch.Tensor forward(torch.Tensor x)
        {
            torch.Tensor h = x * 2;
            h.add_(x);
            return h.view(-1, 3);
        }
    }

    internal sealed partial class Given() : Module<torch.Tensor, torch.Tensor>("given")
    {
        public override torch.Tensor forward(torch.Tensor x) => x.view(-1, 3);
    }

    internal sealed partial class Weight : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Parameter _weight = Parameter(torch.ones(2, 3));

        public Weight()
            : base("weight") => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor x) => _weight;
    }

    internal sealed partial class Chosen() : Module<torch.Tensor, torch.Tensor>("chosen")
    {
        public override torch.Tensor forward(torch.Tensor x)
        {
            if ((bool)(x.sum() > 100)) x = x * 2;
            return x;
        }
    }

    internal sealed partial class Residual() : Module<torch.Tensor, torch.Tensor>("residual")
    {
        private readonly ReLU _inPlace = ReLU(inplace: true);

        public override torch.Tensor forward(torch.Tensor x)
        {
            torch.Tensor h = _inPlace.forward(x);
            return h + x;
        }
    }

    internal sealed partial class Program
    {
        private readonly Sequential _layers;
        private readonly Conv2d _shortcut = Conv2d(3, 4, 1);
        private readonly ReLU _relu = ReLU(), _inPlace = ReLU(inplace: true);
        private readonly Given _given = new();
        private readonly Identity _same = Identity();
        private readonly Module<torch.Tensor, torch.Tensor> _dropped = Dropout(0), _weight = new Weight();
        private readonly Module<torch.Tensor, torch.Tensor> _unknown = Identity(), _flatten = Flatten();
        private readonly Module<torch.Tensor, torch.Tensor> _residual = new Residual();
        private readonly torch.optim.Optimizer _optimizer;

        public Program(Sequential layers)
        {
            _layers = layers;
            All = Sequential(_layers, _shortcut);
            _optimizer = torch.optim.SGD(All.parameters(), 0.01);
        }

        public Module All { get; }

        [GraphFunction]
        public torch.Tensor Replaced(torch.Tensor x, string kind)
        {
            torch.Tensor k = torch.tensor(0f), y = _shortcut.forward(x);
            switch (kind)
            {
                case "layer":
                    y = _inPlace.forward(y);
                    break;
                case "op":
                    y = y * 2 - 1;
                    y = _inPlace.forward(y);
                    y = y + 1;
                    break;
                case "chain":
                    y = _relu.forward(y);
                    y = y - 0.2f;
                    y = _inPlace.forward(y);
                    y = y.view(2, -1);
                    y = y - 0.1f;
                    y = _inPlace.call(y);
                    break;
                case "same":
                    y = _dropped.forward(y);
                    y = _unknown.call(y);
                    y.add_(0.1f);
                    y = _flatten.forward(y);
                    y.mul_(2);
                    y = _inPlace.forward(y);
                    break;
                case "branch":
                    if ((bool)(x.sum() > 0)) y = _inPlace.forward(y);
                    else y = _inPlace.forward(-y);
                    break;
                case "loop":
                    while ((bool)(k < 2))
                    {
                        y = y - 0.1f;
                        y = _inPlace.forward(y);
                        k = k + 1;
                    }
                    break;
                default:
                    for (int i = 0; i < 2; i++)
                    {
                        y = y - i * 0.1f;
                        y = _inPlace.forward(y);
                    }
                    break;
            }
            torch.Tensor loss = y.pow(2).mean();
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor NotReplaced(torch.Tensor x, string kind) => kind switch
        {
            "other" => OfOther(x),
            "view" => OfView(x),
            "made" => OfMade(x),
            "helper" => OfSame(x),
            "identity" => OfIdentity(x),
            "twice" => OfTwice(x),
            "twice in loop" => OfTwiceInLoop(x),
            "weight of a module" => OfWeight(x),
            "told" => OfTold(x),
            "told view" => OfToldView(x),
            _ => OfArgument(x),
        };

        private torch.Tensor OfOther(torch.Tensor x)
        {
            torch.Tensor y = _shortcut.forward(x), z = y;
            y = _inPlace.forward(y);
            return y + z;
        }

        private torch.Tensor OfView(torch.Tensor x)
        {
            torch.Tensor y = _shortcut.forward(x), z = y.view(2, -1);
            y = _inPlace.forward(y);
            return y.sum() + z.sum();
        }

        private torch.Tensor OfMade(torch.Tensor x)
        {
            torch.Tensor y = _shortcut.forward(x), z = _relu.forward(y);
            y = _inPlace.forward(y);
            return y + z;
        }

        private torch.Tensor OfTwice(torch.Tensor x)
        {
            torch.Tensor z = x * 2, y = SameAs(z);
            y = SameAs(y);
            y.add_(1);
            return y.sum() + z.sum();
        }

        private torch.Tensor OfTwiceInLoop(torch.Tensor x)
        {
            torch.Tensor z = x * 2, y = _given.call(z);
            for (int i = 0; i < 2; i++)
            {
                y = _given.call(y);
                y.mul_(2);
            }
            return y.sum() + z.sum();
        }

        private torch.Tensor OfWeight(torch.Tensor x)
        {
            torch.Tensor w = x * 2;
            w = _weight.call(w);
            using (torch.no_grad()) w.mul_(0.5f);
            return w.sum() + x;
        }

        private torch.Tensor OfTold(torch.Tensor x)
        {
            torch.Tensor z = _shortcut.forward(x), y = _unknown.forward(z);
            y = _inPlace.forward(y);
            return y + z;
        }

        private torch.Tensor OfToldView(torch.Tensor x)
        {
            torch.Tensor z = x * 2, y = _flatten.forward(z);
            y = _unknown.forward(y);
            y = _inPlace.forward(y);
            return y.sum() + z.sum();
        }

        private torch.Tensor OfIdentity(torch.Tensor x)
        {
            torch.Tensor y = _shortcut.forward(x), z = y;
            y = _same.forward(y);
            y = _inPlace.forward(y);
            return y + z;
        }

        private static torch.Tensor SameAs(torch.Tensor x) => x;

        private torch.Tensor OfSame(torch.Tensor x)
        {
            torch.Tensor z = _shortcut.forward(x), y = SameAs(z);
            y = _inPlace.forward(y);
            return y + z;
        }

        private torch.Tensor OfArgument(torch.Tensor x)
        {
            torch.Tensor y = x;
            y = _inPlace.forward(y);
            return y + x;
        }

        public Sequential Layers => _layers;

        [GraphFunction]
        public torch.Tensor Added(torch.Tensor x)
        {
            torch.Tensor y = _layers.forward(x);
            y.add_(1);
            return y;
        }

        [GraphFunction]
        public torch.Tensor Kept(torch.Tensor x)
        {
            torch.Tensor h = x * 2, z = _layers.call(h);
            h.mul_(3);
            h[0] = 1;
            return h + z;
        }

        [GraphFunction]
        public torch.Tensor InBranch(torch.Tensor x)
        {
            torch.Tensor h = x * 2;
            if ((bool)(x.sum() < 100))
            {
                torch.Tensor y = _layers.call(h);
                y.mul_(3);
                h = h + y;
            }
            return h;
        }

        [GraphFunction]
        public torch.Tensor Block(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor y = _layers.forward(x);
            y.add_(_shortcut.forward(x));
            y = _relu.forward(y);
            torch.Tensor loss = y.pow(2).mean();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        // As residual networks are written.
        [GraphFunction]
        public torch.Tensor Nested(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor y = _layers.forward(x);
            torch.Tensor loss = _inPlace.call(_inPlace.forward(y.add_(_shortcut.forward(x)).relu_() - 0.5f).view(2, -1) - 0.1f).pow(2).mean();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Named(torch.Tensor x)
        {
            torch.Tensor h = x * 2;
            return _inPlace.call(h) + h;
        }

        [GraphFunction]
        public torch.Tensor Given(torch.Tensor x)
        {
            torch.Tensor h = x * 2;
            return _inPlace.call(_layers.call(h)) + h;
        }

        [GraphFunction]
        public torch.Tensor ByMethod(torch.Tensor x, bool twice)
        {
            torch.Tensor y = Doubled(x, twice);
            y.add_(x);
            return y;
        }

        [GraphFunction]
        public torch.Tensor OfHelper(torch.Tensor x)
        {
            torch.Tensor w = Weights();
            w.mul_(0.5f);
            return w.sum() + x;
        }

        private torch.Tensor Weights() => _shortcut.weight;

        [GraphFunction]
        public torch.Tensor OfModule(torch.Tensor x) => _residual.forward(x * 2);

        private static torch.Tensor Doubled(torch.Tensor x, bool twice) => twice ? x * 2 : x;
    }
}
