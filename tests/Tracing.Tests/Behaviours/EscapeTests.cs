using System.Runtime.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>A tensor that outlives its trace, by each way out that C# has: the error names the variable that holds it, the method and the line.</summary>
public sealed partial class EscapeTests
{
    [Theory]
    [MemberData(nameof(Uses))]
    public void Every_use_says_so(string use)
    {
        var model = new Model();
        model.Keep(1f);
        Tensor kept = model.Kept!;
        var error = Assert.Throws<EscapedTensorException>(() => s_uses[use](kept));
        Assert.StartsWith($"TG7002: a symbolic tensor in 'Model.Kept' is used after the trace ended: {Escapes.Made("add", "Model.Keep", "Keep", "kept here")}, at EscapeTests.cs:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_argument_that_holds_it_is_named()
    {
        var bag = new Log();
        Fill(1f, bag);
        Escapes.Says($"a symbolic tensor in 'bag.Items[0]' is used after the trace ended: {Escapes.Made("mul", "Fill", "Fill", "filled here")}", Escapes.Return, () => _ = bag.Items[0] + 1);
    }

    [Fact]
    public void A_local_that_a_lambda_captures_is_named()
    {
        Tensor? kept = null;
        Apply(1f, x => kept = x - 1); // in a lambda
        Escapes.Says($"a symbolic tensor in 'kept' is used after the trace ended: {Escapes.Made("sub", "Apply", nameof(A_local_that_a_lambda_captures_is_named), "in a lambda")}", Escapes.Return, () => _ = kept! + 1);
    }

    [Fact]
    public void What_an_event_gave_away_is_named()
    {
        var heard = new List<Tensor>();
        Source source = new(), direct = new();
        source.Changed += x => heard.Add(x * 3); // heard here
        source.Raise(1f);
        direct.Changed += heard.Add;
        direct.Raise(1f);
        Escapes.Says($"a symbolic tensor in 'heard[0]' is used after the trace ended: {Escapes.Made("mul", "Source.Raise", nameof(What_an_event_gave_away_is_named), "heard here")}", Escapes.Return, () => _ = heard[0] + 1);
        Escapes.Says("a symbolic tensor in 'Source.Changed.Target[1]' is used after the trace ended: Tensor(x: f32[]), made while tracing 'TensorGraph.Tests.EscapeTests.Source.Raise'", Escapes.Return, () => _ = heard[1] + 1);
    }

    [Fact]
    public void A_parameter_is_shown_by_its_name()
    {
        var error = Assert.Throws<Carrier>(() => Fail(1f));
        Escapes.Says("a symbolic tensor is used after the trace ended: Tensor(input: f32[]), made while tracing 'TensorGraph.Tests.EscapeTests.Fail'", Escapes.Return, () => _ = error.Load + 1);
    }

    [Fact]
    public void What_a_host_call_captures_is_named()
    {
        var seen = new List<float>();
        Escapes.Says($"a symbolic tensor in 'y' is used after the trace ended: {Escapes.Made("mul", "Late", "Doubled", "captured here")}", Escapes.Return, () => Late(1f, seen), Escapes.LineOf("read late"));
        Assert.Empty(seen);
        Escapes.Says($"a symbolic tensor in 'y' is used after the trace ended: {Escapes.Made("mul", "LateInBranch", "LateInBranch", "captured in a branch")}", Escapes.Return, () => LateInBranch(1f, seen), Escapes.LineOf("read in a branch"));
    }

    [Fact]
    public void A_lazy_sequence_names_what_it_captured()
    {
        var model = new Model();
        model.KeepSequence(1f);
        Escapes.Says(
            $"a symbolic tensor in 'x' is used after the trace ended: Tensor(x: f32[]), made while tracing 'TensorGraph.Tests.EscapeTests.Model.KeepSequence'", Escapes.Return,
            () => _ = model.Sequence!.First(), Escapes.LineOf("lazily"));
    }

    [Fact]
    public void Another_thread_is_told_that_it_is_one()
    {
        const string Remedy = "A trace records what its own thread does: do not use tensors of a graph function on other threads.";
        var error = Assert.Throws<EscapedTensorException>(() => Elsewhere(1f));
        Assert.Equal(
            $"TG7002: a symbolic tensor is used by code that the trace does not see: {Escapes.Made("mul", "Elsewhere", "Elsewhere", "made for a thread")}, at EscapeTests.cs:{Escapes.LineOf("on a thread")}. {Remedy}",
            error.Message);
    }

    [Fact]
    public void Another_trace_that_goes_on_meanwhile_is_told_to_take_an_argument()
    {
        var model = new Model();
        Escapes.Says(
            $"a symbolic tensor in 'Model.Kept' is used in another trace: {Escapes.Made("add", "Model.During", "During", "kept for another")}", Escapes.NoValue + "pass it as an argument.",
            () => model.During(1f, () => Run(() => Reads(1f, model))), Escapes.LineOf("read in another"));
    }

    [Fact]
    public void Another_trace_afterwards_names_the_member()
    {
        var model = new Model();
        model.Keep(1f);
        Escapes.Says($"a symbolic tensor in 'Model.Kept' is used after the trace ended: {Escapes.Made("add", "Model.Keep", "Keep", "kept here")}", Escapes.Return, () => Reads(1f, model), Escapes.LineOf("read in another"));
    }

    [Fact]
    public void A_graph_function_that_was_inlined_names_its_own_object()
    {
        Outer(1f);
        Escapes.Says($"a symbolic tensor in 'Model.Kept' is used after the trace ended: {Escapes.Made("add", "Outer", "Keep", "kept here")}", Escapes.Return, () => _ = Initialized.Inner.Kept! + 1);
    }

    [Fact]
    public void A_gradient_that_is_kept_is_named()
    {
        var model = new Model();
        model.Differentiate(3f);
        var error = Assert.Throws<EscapedTensorException>(() => model.Slope! + 1);
        Assert.StartsWith("TG7002: a symbolic tensor in 'Model.Slope' is used after the trace ended: Tensor(", error.Message, StringComparison.Ordinal);
        Expect.ErrorHere(DiagnosticIds.BadGradientTarget, () => model.Tape!.Gradient(model.Slope!, model.Slope!), ["tape", "outside of the function"]);
    }

    [Fact]
    public void A_tensor_array_is_named()
    {
        var model = new Model();
        model.KeepArray(1f);
        Escapes.Says("a tensor array in 'Model._array' is used after the trace ended: it was made while tracing 'TensorGraph.Tests.EscapeTests.Model.KeepArray'", Escapes.Return, () => _ = model.Array![0]);
    }

    [Fact]
    public void Where_nothing_is_found_the_op_and_its_line_remain()
    {
        KeepElsewhere(1f);
        Escapes.Says($"a symbolic tensor is used after the trace ended: {Escapes.Made("add", "KeepElsewhere", "KeepElsewhere", "kept elsewhere")}", Escapes.Return, () => _ = Initialized.Last! + 1);
    }

    [Fact]
    public void An_escaped_tensor_keeps_no_object_alive()
    {
        (Tensor kept, WeakReference model) = Forget();
        for (int i = 0; i < 10 && model.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(model.IsAlive);
        Escapes.Says($"a symbolic tensor is used after the trace ended: {Escapes.Made("add", "Model.Keep", "Keep", "kept here")}", Escapes.Return, () => _ = kept + 1);
    }

    [Fact]
    public void Looking_for_the_name_runs_no_code_of_the_user()
    {
        var trap = new Trap();
        trap.Keep(1f);
        var error = Assert.Throws<EscapedTensorException>(() => _ = trap.Kept! + 1);
        Assert.Contains("'Trap._kept'", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, trap.Reads);
    }

    private static readonly Dictionary<string, Action<Tensor>> s_uses = new()
    {
        ["operator"] = x => _ = -x,
        ["op"] = x => Ops.Stack([x, x]),
        ["inside a tape"] = x =>
        {
            using var tape = new GradientTape();
            _ = x * 2;
        },
        ["watched by a tape"] = x =>
        {
            using var tape = new GradientTape();
            tape.Watch(x);
        },
        ["read"] = x => x.Item<float>(),
        ["cast"] = x => _ = (float)x,
        ["awaited"] = x => _ = x.ToLiteral(),
        ["condition"] = x => _ = x > 0 ? 1 : 2,
        ["printed"] = x => Ops.Print("x", x),
        ["input of a host call"] = x => Ops.HostCall(_ => { }, x),
        ["argument of a graph function"] = x => Fill(x, new Log()),
        ["argument of a concrete function"] = x => GraphFunction.Of(Square).GetConcreteFunction(new TensorSpec(DType.F32, [])).Call(x),
        ["start of a variable"] = x => _ = new Variable(x),
        ["assigned to a variable"] = x => new Variable(1f).Assign(x),
        ["element of a tensor array"] = x => new TensorArray { x }.Stack(),
        ["written into a tensor"] = x => Ops.Ones(2).At(0).Set(x),
    };

    public static TheoryData<string> Uses => [.. s_uses.Keys];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Tensor, WeakReference) Forget()
    {
        var model = new Model();
        model.Keep(1f);
        return (model.Kept!, new WeakReference(model));
    }

    private static void Run(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(action));
        thread.Start();
        thread.Join();
        if (error is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
    }

    [GraphFunction]
    private static Tensor Fill(Tensor x, Log bag)
    {
        bag.Items.Add(x * 2); // filled here
        return x;
    }

    [GraphFunction]
    private static Tensor Square(Tensor x) => x * x;

    [GraphFunction]
    private static Tensor Apply(Tensor x, Func<Tensor, Tensor> function) => function(x);

    [GraphFunction]
    private static Tensor Fail(Tensor input) => throw new Carrier(input);

    [GraphFunction]
    private static Tensor Late(Tensor x, List<float> seen)
    {
        Tensor y = Doubled(x);
        Ops.HostCall(_ => seen.Add((y + 1).Item<float>()), x); // read late
        return y;
    }

    // In an optimised build the object of captured variables is on the evaluation stack, so a statement of Late itself may have no line.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static Tensor Doubled(Tensor x) => x * 2; // captured here

    [GraphFunction]
    private static Tensor LateInBranch(Tensor x, List<float> seen)
    {
        if (x > 0)
        {
            Tensor y = x * 2; // captured in a branch
            Ops.HostCall(_ => seen.Add((y + 1).Item<float>()), x); // read in a branch
        }

        return x;
    }

    [GraphFunction]
    private static Tensor Elsewhere(Tensor x)
    {
        Tensor y = x * 2; // made for a thread
        Run(() => _ = y + 1); // on a thread
        return y;
    }

    [GraphFunction]
    private static Tensor Reads(Tensor x, Model model) => x + model.Kept!; // read in another

    [GraphFunction]
    private static Tensor KeepElsewhere(Tensor x)
    {
        Initialized.Last = x + 1; // kept elsewhere
        return x;
    }

    [GraphFunction]
    private static Tensor Outer(Tensor x) => Initialized.Inner.Keep(x) * 2;

    internal sealed class Log
    {
        public Tensor? Last { get; set; }

        public List<Tensor> Items { get; } = [];
    }

    internal sealed class Carrier(Tensor load) : Exception
    {
        public Tensor Load => load;
    }

    internal static class Initialized
    {
        public static readonly Model Inner = new();

        public static Tensor? Last { get; set; }
    }

    internal sealed partial class Source
    {
        public event Action<Tensor>? Changed;

        [GraphFunction]
        public Tensor Raise(Tensor x)
        {
            Changed?.Invoke(x);
            return x;
        }
    }

    internal sealed partial class Trap
    {
        private Tensor? _kept;

        public int Reads { get; private set; }

        public Tensor? Kept
        {
            get
            {
                Reads++;
                return _kept;
            }
        }

        [GraphFunction]
        public Tensor Keep(Tensor x)
        {
            _kept = x + 1;
            return x;
        }
    }

    internal sealed partial class Model
    {
        private TensorArray? _array;

        public Tensor? Kept { get; private set; }

        public Tensor? Slope { get; private set; }

        public GradientTape? Tape { get; private set; }

        public IEnumerable<Tensor>? Sequence { get; private set; }

        public TensorArray? Array => _array;

        [GraphFunction]
        public Tensor KeepArray(Tensor x)
        {
            _array = [x];
            return x;
        }

        [GraphFunction]
        public Tensor KeepSequence(Tensor x)
        {
            Sequence = Twice(x);
            return x;
        }

        [GraphFunction]
        public Tensor During(Tensor x, Action action)
        {
            Kept = x + 1; // kept for another
            action();
            return x;
        }

        [GraphFunction]
        public Tensor Differentiate(Tensor x)
        {
            Tape = new GradientTape(persistent: true);
            Tape.Watch(x);
            Slope = Tape.Gradient(x * x, x);
            return x;
        }

        [GraphFunction]
        public Tensor Keep(Tensor x)
        {
            Kept = x + 1; // kept here
            return x;
        }

        private static IEnumerable<Tensor> Twice(Tensor x)
        {
            yield return x * 2; // lazily
        }
    }
}
