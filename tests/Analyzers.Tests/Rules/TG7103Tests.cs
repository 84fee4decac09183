namespace TensorGraph.Tests.Rules;

/// <summary>C# state that changes is frozen while tracing.</summary>
public sealed class TG7103Tests
{
    private const string Id = "TG7103";

    [Theory]
    [InlineData("foreach (Layer layer in _layers) x = x * layer.[|Rate|]; return x;")]
    [InlineData("Layer first = _layers[0]; return x * first.[|Rate|];")]
    [InlineData("return x * Pick().[|Rate|];")]
    [InlineData("return x * [|_rates|][0];")]
    [InlineData("foreach (float rate in [|_rates|]) x = x * rate; return x;")]
    [InlineData("return x * _names.Count;", "_names")]
    [InlineData("return _layers[0].Bad(x);")]
    public void Is_reported_where_it_stands(string body, string marked = "") =>
        Rule.Reports(Id, $$"""
            public class Layer
            {
                public float Rate = 1;
                public Tensor Bad(Tensor x) => x * {{(body.Contains("Bad", StringComparison.Ordinal) ? "[|Rate|]" : "1f")}};
            }
            public partial class Model
            {
                private readonly Layer[] _layers = [new()];
                private readonly float[] _rates = [1];
                private readonly List<string> _names = [];
                private Layer Pick() => _layers[0];
                public void Tune(float rate) { _layers[0].Rate = rate; _rates[0] = rate; _names.Add("tuned"); }

                [GraphFunction]
                public Tensor Step(Tensor x) { {{(marked.Length > 0 ? body.Replace(marked, $"[|{marked}|]", StringComparison.Ordinal) : body)}} }
            }
            """);

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
    public void Is_reported_in_patterns() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                public float Rate { get; set; }
                public void Set(float value) => Rate = value;

                [GraphFunction]
                public Tensor Step(Tensor x) => this is { [|Rate|]: > 1 } ? x * 2 : x;
            }
            """);

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
                private readonly List<string> _log = [];
                public Model() { _rates = new float[1]; _rates[0] = 2; }
                public float Rate { get; set; }
                public Layer Options { get; set; } = new();
                public IReadOnlyList<float> Rates { get; private set; } = [];
                public static float Static;
                private float Twice => 2 * Rate;
                private Tensor Scaled(Tensor x) => x * Rate;
                public void Tune(float rate) { Rate = rate; Options.Rate = rate; Static = rate; Rates = [rate]; }

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
                private readonly float[] _rates = [1];
                public void Tune() => _rates[0] = 2;
                [GraphFunction] public Tensor Step(Tensor x) => x * _rates[0];
            }
            """));
        Assert.StartsWith("'Model._rates' is read while 'Step' is traced and keeps that value in the graph, but 'Model.Tune()' changes it.", found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
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
            Flow.Reads(this, ["Model._rate", "Layer.Rate"], static (__owner, __state) =>
            {
            var __it = (global::Model)__owner!;
            __state.AddStatic(__it._rate);
            __state.AddStatic(__it._layer?.Rate);
            });
            """.Split('\n'), twin.Split('\n').SkipWhile(line => !line.Contains("Flow.Reads", StringComparison.Ordinal)).Take(6).Select(line => line.Trim()));
    }
}
