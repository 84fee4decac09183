namespace TensorGraph.Tests.Rules;

/// <summary>A tensor of a graph function is kept and read outside of it.</summary>
public sealed class TG7002Tests
{
    private const string Id = "TG7002";

    [Theory]
    [InlineData("[|Last|] = x * 2; return x;")]
    [InlineData("[|Model.Shared|] = x * 2; return x;")]
    [InlineData("[|Kept|] = x; return x;")]
    [InlineData("var twice = x * 2; [|this.Last|] = twice; return twice;")]
    [InlineData("[|All.Add(x * 2)|]; return x;")]
    public void Is_reported_where_it_is_kept(string body) => Rule.Reports(Id, Program(body,
        "Console.WriteLine(model.Last); Console.WriteLine(Model.Shared); Console.WriteLine(model.Kept); Console.WriteLine(model.All.Count);"));

    [Fact]
    public void Is_reported_where_a_getter_gives_it() =>
        Rule.Reports(Id, Program("[|_last|] = x * 2; return x;", "Console.WriteLine(model.LastOne);"));

    // What no code outside of traces reads, what such code gives a value of its own, and values that are not certainly symbolic.
    [Theory]
    [InlineData("Last = x * 2; return Last;", "")]
    [InlineData("Last = x * 2; return Last;", "model.Last = 1f; Console.WriteLine(model.Last);")]
    [InlineData("Last = x * 2; return Last;", "Console.WriteLine(nameof(Model.Last));")]
    [InlineData("Last = x * 2; Tensor y = Last; Last = null; return y;", "Console.WriteLine(model.Last);")]
    [InlineData("Last = 3f; return x;", "Console.WriteLine(model.Last);")]
    [InlineData("Last = Read(); return x;", "Console.WriteLine(model.Last);")]
    [InlineData("_state.Assign(x); return x;", "Console.WriteLine(model.State);")]
    [InlineData("var all = new List<Tensor>(); all.Add(x); return all[0];", "Console.WriteLine(model.All.Count);")]
    [InlineData("var own = new Model(); own.Last = x; return own.Last!;", "Console.WriteLine(model.Last);")]
    [InlineData("_last = x * 2; return x;", "")]
    [InlineData("Count = x.Rank; return x;", "Console.WriteLine(model.Count);")]
    public void Is_not_reported_otherwise(string body, string use)
    {
        string program = Program(body, use);
        Assert.DoesNotContain(Roslyn.Diagnostics(Roslyn.Usings + program), found => found.Id == Id);
        Roslyn.Generate(Roslyn.Usings + program);
    }

    [Fact]
    public void Is_not_reported_for_a_layer_whose_method_a_training_step_elsewhere_may_call() => Rule.Silent("""
        public partial class Layer
        {
            private Tensor? _activity;

            [GraphFunction]
            public Tensor Forward(Tensor x)
            {
                _activity = x * x;
                return x + 1;
            }

            public Tensor Penalty() => _activity!.Sum();
        }
        """);

    [Fact]
    public void Names_the_reader() =>
        Rule.Says(Id, Program("Last = x * 2; return x;", "Console.WriteLine(model.Last);"), "'Model.Last'", "'Step'", "'User.Run(Model)' reads it", "Variable");

    private static string Program(string body, string use) => $$"""
        public partial class Model
        {
            public static Tensor? Shared;
            public Tensor? Last;
            public int Count;
            public Tensor? Kept { get; set; }
            public List<Tensor> All { get; } = new();
            private readonly Variable _state = new(1f);
            public Tensor State => _state;
            private Tensor? _last;
            public Tensor? LastOne => _last;
            private Tensor Read() => 2f;

            [GraphFunction]
            public Tensor Step(Tensor x) { {{body}} }
        }

        public static class User { public static void Run(Model model) { model.Step(1f); {{use}} } }
        """;
}
