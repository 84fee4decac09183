namespace TensorGraph.Tests.Rules;

/// <summary>C# state that changes is frozen while tracing.</summary>
public sealed class TG7103Tests
{
    private const string Id = "TG7103";

    [Theory]
    [InlineData("foreach (Layer layer in _layers) x = x * layer.[|Rate|]; return x;")]
    [InlineData("Layer first = _layers[0]; return x * first.[|Rate|];")]
    [InlineData("return x * Pick().[|Rate|];")]
    [InlineData("return _layers[0].Bad(x);")]
    [InlineData("foreach (Layer layer in _layers) x = layer is { [|Rate|]: > 1 } ? x * 2 : x; return x;")]
    [InlineData("float rate = Pick() switch { { [|Rate|]: var r } => r }; return x * rate;")]
    public void Is_reported_where_it_stands(string body) =>
        Rule.Reports(Id, $$"""
            public class Layer
            {
                public float Rate = 1;
                public Tensor Bad(Tensor x) => x * {{(body.Contains("Bad", StringComparison.Ordinal) ? "[|Rate|]" : "1f")}};
            }
            public partial class Model
            {
                private readonly Layer[] _layers = [new()];
                private Layer Pick() => _layers[0];
                public void Tune(float rate) { _layers[0].Rate = rate; }

                [GraphFunction]
                public Tensor Step(Tensor x) { {{body}} }
            }
            """);

    // Code that runs without a call by its name, and all that such code calls.
    [Theory]
    [InlineData("var (a, b) = _other; return x * a * b;")]
    [InlineData("return _other is (var a, var b) ? x * a * b : x;")]
    [InlineData("foreach (float rate in _other) x = x * rate; return x;")]
    [InlineData("foreach (float rate in Behind) x = x * rate; return x;")]
    [InlineData("float[] rates = [.. _other]; return x * rates[0];")]
    [InlineData("return x * _other.Sum();")]
    [InlineData("float rate = _other; return x * rate;")]
    [InlineData("return x * (_other + 1);")]
    [InlineData("return x * new Copy(_other).Rate;")]
    [InlineData("return x * $\"{_other}\".Length;")]
    [InlineData("return x * (\"\" + _other).Length;")]
    [InlineData("return x * string.Format(\"{0}\", _other).Length;")]
    [InlineData("return x * new[] { _other }.Max()!.Fixed;")]
    [InlineData("return x * (from rate in _other select rate).Sum();")]
    [InlineData("return x * _other[^1];")]
    [InlineData("return _other is [var rate, ..] ? x * rate : x;")]
    [InlineData("return x * Plain.Of(_other);")]
    public void Is_reported_in_what_runs_unnamed(string body) =>
        Rule.Reports(Id, $$"""
            public partial class Other : IEnumerable<float>, IComparable<Other>
            {
                private float _rate = 1;
                public float Fixed = 1;
                public void Set(float rate) => _rate = rate;
                public float Get() => [|_rate|];
                public int Length => 1;
                public float this[int i] => Get();
                public void Deconstruct(out float a, out float b) => (a, b) = (Get(), 1);
                public IEnumerator<float> GetEnumerator() { yield return Get(); }
                System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
                public int CompareTo(Other? other) => Get().CompareTo(1f);
                public override string ToString() => Get().ToString();
                public static implicit operator float(Other other) => other.Get();
                public static float operator +(Other other, int more) => other.Get() + more;
            }
            public class Copy(Other other) { public readonly float Rate = other.Get(); }
            public static class Plain { public static float Of(Other other) => other.Get(); }
            public partial class Model
            {
                private readonly Other _other = new();
                private IEnumerable<float> Behind => _other;

                [GraphFunction]
                public Tensor Step(Tensor x) { {{body}} }
            }
            """);

    [Theory]
    [InlineData("return _a == _b ? x * 2 : x;")]
    [InlineData("return x * _a.ToString().Length;")]
    [InlineData("Part copy = _a with { Fixed = 2 }; return x * copy.Fixed;")]
    [InlineData("var (rate, _) = _a; return x * rate;")]
    public void Is_reported_in_what_the_compiler_writes_of_a_record(string body) =>
        Rule.Reports(Id, $$"""
            public record Part(float Rate, float Fixed) { public float [|Rate|] { get; set; } = Rate; }
            public partial class Model
            {
                private readonly Part _a = new(1, 1), _b = new(2, 1);
                public void Tune(float rate) => _a.Rate = rate;
                [GraphFunction] public Tensor Step(Tensor x) { {{body}} }
            }
            """);

    [Theory]
    [InlineData("private readonly Func<float> _get; public Model() { _get = () => [|Rate|]; }", "_get()")]
    [InlineData("private readonly Func<Tensor, Tensor> _get; public Model() { _get = y => y * [|Rate|]; }", "_get(1f)")]
    [InlineData("private readonly Func<float> _get; private float Read() => [|Rate|]; public Model() { _get = Read; }", "_get()")]
    [InlineData("private readonly List<Func<float>> _gets = []; public Model() { _gets.Add(() => [|Rate|]); }", "_gets[0]()")]
    [InlineData("private event Func<float>? Ask; public Model() { Ask += () => [|Rate|]; }", "Ask!()")]
    [InlineData("private readonly Asked _asked; public Model() { _asked = new Asked(() => [|Rate|]); }", "_asked.Get()")]
    [InlineData("private Func<float> Get => () => [|Rate|]; private Func<float>? _get; public Model() { _get = Get; }", "_get!()")]
    public void Is_reported_in_a_delegate_from_elsewhere(string members, string read) =>
        Rule.Reports(Id, $$"""
            public class Asked(Func<float> get) { public float Get() => get(); }
            public partial class Model
            {
                {{members}}
                public float Rate { get; set; }
                public void Tune(float rate) => Rate = rate;
                [GraphFunction] public Tensor Step(Tensor x) => x * {{read}};
            }
            """);

    [Theory]
    [InlineData("DateTime.[|UtcNow|].Ticks")]
    [InlineData("Environment.[|TickCount|]")]
    [InlineData("Guid.[|NewGuid|]().GetHashCode()")]
    [InlineData("Environment.[|GetEnvironmentVariable|](\"SCALE\")!.Length")]
    [InlineData("System.Diagnostics.Stopwatch.[|GetTimestamp|]()")]
    public void Is_reported_for_what_the_world_changes(string read) =>
        Rule.Reports(Id, $$"""
            public static class Plain { public static float Now() => {{read}}; }
            public partial class Model
            {
                [GraphFunction] public Tensor Step(Tensor x) => x * Plain.Now();
            }
            """);

    [Theory]
    [InlineData("_bytes.[|ReadByte|]()")]
    [InlineData("_text.[|GetChunks|]().GetHashCode()")]
    [InlineData("_tokens[0].[|IsCancellationRequested|] ? 1 : 2")]
    [InlineData("new List<System.Text.StringBuilder>(_texts)[0].[|Length|]")]
    [InlineData("(reader.[|ReadLine|]() ?? \"\").Length")]
    public void Is_reported_for_what_the_framework_keeps(string read) =>
        Rule.Reports(Id, $$"""
            public partial class Model
            {
                private readonly System.IO.MemoryStream _bytes = new();
                private readonly System.Text.StringBuilder _text = new();
                private readonly System.Text.StringBuilder[] _texts = [new()];
                private readonly System.Threading.CancellationToken[] _tokens = [default];
                [GraphFunction] public Tensor Step(Tensor x, System.IO.TextReader reader) => x * ({{read}});
            }
            """);

    [Theory]
    [InlineData("token.IsCancellationRequested ? x : x * 2")]
    [InlineData("x * new System.Text.StringBuilder().Append(3).Length")]
    [InlineData("x * new System.IO.StringReader(\"a\").ReadLine()!.Length")]
    [InlineData("x * _text.Length + _text.ToString().Length")]
    public void Is_not_reported_for_what_is_compared_or_made_here(string result) =>
        Rule.Silent($$"""
            public partial class Model
            {
                private readonly System.Text.StringBuilder _text = new();
                [GraphFunction] public Tensor Step(Tensor x, System.Threading.CancellationToken token) => {{result}};
            }
            """);

    // Module.Call runs the twin of Forward, which compares what it reads; what it cannot compare is reported as elsewhere.
    [Theory]
    [InlineData("x * Rate", true)]
    [InlineData("x * _others[0].Rate", false)]
    public void State_of_a_module_that_a_delegate_calls_is_compared_by_the_twin(string result, bool isCompared)
    {
        string program = Roslyn.Usings + $$"""
            public class Other { public float Rate { get; set; } = 1; }
            public partial class Scaled : Module
            {
                private readonly Other[] _others = [new()];
                public float Rate { get; set; } = 1;
                protected override Tensor Forward(Tensor x, bool training) => {{result}};
                public void Halve() { Rate /= 2; _others[0].Rate /= 2; }
            }
            public partial class Model
            {
                private readonly Scaled _scaled = new();
                [GraphFunction] public static Tensor Apply(Tensor x, Func<Tensor, Tensor> f) => f(x) + 1;
                public Tensor Outside(Tensor x) => Apply(x, v => _scaled.Call(v));
            }
            """;
        Assert.Equal(isCompared ? [] : ["TG7103"], Roslyn.Diagnostics(program).Select(found => found.Id));
    }

    // In a graph function too, where the program passes the module on and the library calls it.
    [Fact]
    public void State_of_a_module_that_a_graph_function_calls_is_compared_by_the_twin() => Rule.Silent("""
        public sealed partial class Block : Module
        {
            public Module First = new Dense(2, 2);
            public List<Module> Others = [new Dense(2, 2)];
            public Func<Tensor, Tensor> Act = Ops.Tanh;
            public double Scale = 1;
            protected override Tensor Forward(Tensor x, bool training)
            {
                x = First.Call(x, training);
                foreach (var other in Others)
                    x = other.Call(x, training);
                return Act(x) * Scale;
            }
        }
        public partial class Model(Block block)
        {
            public Block Block = block;
            [GraphFunction] public Tensor Run(Tensor x) => Block.Call(x);
            [GraphFunction] public Tensor Trained(Tensor x) { using var tape = new GradientTape(); Tensor y = Block.Call(x, true); return tape.Gradient(y, Block.TrainableVariables)[0]!; }
            public static void Change(Model model)
            {
                var block = model.Block;
                block.First = new Dense(2, 2);
                block.Others.Add(new Dense(2, 2));
                block.Act = Ops.Sin;
                block.Scale = 2;
                model.Block = new Block();
            }
        }
        """);

    [Fact]
    public void A_token_that_is_cancelled_is_seen_by_the_next_call()
    {
        System.Reflection.Assembly program = Roslyn.Load("""
            public static partial class Model
            {
                [GraphFunction] public static Tensor Step(Tensor x, System.Threading.CancellationToken token) { token.ThrowIfCancellationRequested(); return x + 1; }
            }
            """);
        System.Reflection.MethodInfo step = program.GetType("Model")!.GetMethod(TensorGraph.Analyzers.TwinNames.Entry("Step"))!;
        using var source = new CancellationTokenSource();
        object?[] arguments = [(Tensor)1, source.Token];
        Assert.Equal(2, (int)(Tensor)step.Invoke(null, arguments)!);
        Assert.Equal(2, (int)(Tensor)step.Invoke(null, arguments)!);
        source.Cancel();
        var failure = Assert.Throws<System.Reflection.TargetInvocationException>(() => step.Invoke(null, arguments));
        Assert.IsType<OperationCanceledException>(failure.InnerException);
    }

    [Fact]
    public void Is_reported_for_a_parameter_of_a_primary_constructor() =>
        Rule.Reports(Id, """
            public partial class Scaler(float factor, float unchanged)
            {
                public void Set(float value) => factor = value;
                [GraphFunction] public Tensor Step(Tensor x) => x * [|factor|] * unchanged;
            }
            """);

    [Fact]
    public void A_parameter_of_a_primary_constructor_is_explained() => Rule.Says(Id, """
        public partial class Scaler(float factor)
        {
            public void Set(float value) => factor = value;
            [GraphFunction] public Tensor Step(Tensor x) => x * factor;
        }
        """, "A parameter of the class has no name that a call could compare: keep it in a field, as in 'private float _factor = factor;'");

    [Fact]
    public void Twins_are_no_writers()
    {
        Microsoft.CodeAnalysis.CSharp.CSharpCompilation program = Roslyn.Compilation(Roslyn.Usings + """
            public partial class Model
            {
                private readonly List<Variable> _weights = new();

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    if (_weights.Count == 0)
                        _weights.Add(new Variable(1f));
                    return x * _weights[0];
                }
            }
            """);
        Roslyn.Driver().RunGeneratorsAndUpdateCompilation(program, out Microsoft.CodeAnalysis.Compilation output, out _);
        Assert.DoesNotContain(Roslyn.Diagnostics((Microsoft.CodeAnalysis.CSharp.CSharpCompilation)output), found => found.Id == Id);
    }

    [Theory]
    // Nobody but the constructor changes it.
    [InlineData("return x * _rates[0] * _layers[0].Fixed;")]
    // Each call compares it.
    [InlineData("return x * Rate * Options.Rate * Twice + Static;")]
    [InlineData("return x * argument.Rate;")]
    [InlineData("return x * (int)Rate * (double)argument.Rate;")]
    [InlineData("return Scaled(x) + Rates.Count;")]
    [InlineData("foreach (float rate in _changed) x = x * rate; return x * _changed[0] * _names.Count;")]
    [InlineData("return this is { Rate: > 1, Options.Rate: > 2 } ? x * 2 : x;")]
    [InlineData("return Options is { Rate: > 1 } ? x * 2 : x;")]
    // Only written, or written first by the trace itself.
    [InlineData("_log.Add(x.ToString()!); return x + _log.Count;")]
    [InlineData("return x + nameof(Rate).Length;")]
    // An object that each call makes anew.
    [InlineData("var made = new Layer(); made.Rate = 3; return x * made.Rate;")]
    public void Is_not_reported_for(string body) =>
        Rule.Silent($$"""
            public class Layer { public float Rate = 1; public float Fixed = 2; }
            public partial class Model
            {
                private readonly Layer[] _layers = [new()];
                private readonly float[] _rates;
                private readonly List<string> _log = [], _names = [];
                private readonly float[] _changed = [1];
                public Model() { _rates = new float[1]; _rates[0] = 2; }
                public float Rate { get; set; }
                public Layer Options { get; set; } = new();
                public IReadOnlyList<float> Rates { get; private set; } = [];
                public static float Static;
                private float Twice => 2 * Rate;
                private Tensor Scaled(Tensor x) => x * Rate;
                public void Tune(float rate) { Rate = rate; Options.Rate = rate; Static = rate; Rates = [rate]; _changed[0] = rate; _names.Add("tuned"); }

                [GraphFunction]
                public Tensor Step(Tensor x, Layer argument) { {{body}} }
            }
            """);

    [Fact]
    public void Names_who_reads_and_who_writes()
    {
        var found = Assert.Single(Roslyn.Diagnostics(Roslyn.Usings + """
            public partial class Model
            {
                private readonly Layer[] _layers = [new()];
                public void Tune() => _layers[0].Rate = 2;
                [GraphFunction] public Tensor Step(Tensor x) => x * _layers[0].Rate;
            }
            public class Layer { public float Rate; }
            """));
        Assert.StartsWith("'Layer.Rate' is read while 'Step' is traced and keeps that value in the graph, but 'Model.Tune()' changes it.", found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void Twins_name_what_they_read()
    {
        string twin = Roslyn.Converted("""
            public class Layer { public float Rate; }
            public partial class Model
            {
                private float _rate;
                private readonly Layer _layer = new();
                [GraphFunction] public Tensor Step(Tensor x) => x * _rate * _layer.Rate;
            }
            """);
        Assert.Equal(
            """
            GraphControl.Reads(this, ["Model._rate"], static (__owner, __state) =>
            {
            var __it = (global::Model)__owner!;
            __state.AddStatic(__it._rate);
            });
            if (this._layer is { } __holder1) GraphControl.Reads(__holder1, ["Layer.Rate"], static (__owner, __state) =>
            {
            var __it = (global::Layer)__owner!;
            __state.AddStatic(__it.Rate);
            });
            """.Split('\n'), twin.Split('\n').SkipWhile(line => !line.Contains("GraphControl.Reads", StringComparison.Ordinal)).Take(10).Select(line => line.Trim()));
    }
}
