namespace TensorGraph.Tests.Rules;

/// <summary>A graph function returns a tensor that it has disposed of.</summary>
public sealed class TG7104Tests
{
    private const string Id = "TG7104";

    [Theory]
    [InlineData("using Tensor a = x * 2; return [|a|];")]
    [InlineData("using var a = x * 2; return [|a|]!;")]
    [InlineData("using (Tensor a = x * 2) { return [|a|]; }")]
    [InlineData("using (Tensor a = x * 2) return [|a|];")]
    [InlineData("using Tensor a = x * 2; Tensor b = a; return [|b|];")]
    [InlineData("using Tensor a = x * 2; return flag ? [|a|] : x;")]
    [InlineData("Tensor a = x * 2; a.Dispose(); return [|a|];")]
    [InlineData("if (x > 0) { using Tensor a = x * 2; return [|a|]; } return x;")]
    public void Is_reported_at_what_is_returned(string body) => Rule.Reports(Id, Model("Tensor", body));

    [Theory]
    [InlineData("(Tensor, Tensor)", "using Tensor a = x * 2; return (x, [|a|]);")]
    [InlineData("Tensor[]", "using Tensor a = x * 2; return [x, [|a|]];")]
    [InlineData("Tensor[]", "using Tensor a = x * 2; return new[] { [|a|], x };")]
    [InlineData("Tensor[]", "using Tensor a = x * 2; return new Tensor[] { [|a|], x };")]
    public void Is_reported_in_a_result_of_several(string result, string body) => Rule.Reports(Id, Model(result, body));

    // What an op makes is another tensor; a variable that gets another value, or is disposed of elsewhere, is left alone.
    [Theory]
    [InlineData("using Tensor a = x * 2; return a + 1;")]
    [InlineData("using Tensor a = x * 2; Tensor b = a * 1; return b;")]
    [InlineData("using Tensor a = x * 2; return Ops.Exp(a);")]
    [InlineData("Tensor a; using (Tensor b = x * 2) { a = b + 1; } return a;")]
    [InlineData("Tensor a = x * 2; Tensor b = a + 1; a.Dispose(); return b;")]
    [InlineData("Tensor a = x * 2; a.Dispose(); a = x; return a;")]
    [InlineData("using var tape = new GradientTape(); return x;")]
    [InlineData("Func<Tensor> f = () => { using Tensor a = x * 2; return a * 1; }; return f();")]
    public void Is_not_reported_otherwise(string body) => Rule.Silent(Model("Tensor", body));

    [Fact]
    public void Is_not_reported_in_a_plain_method() =>
        Rule.Silent("public static class Model { public static Tensor Step(Tensor x) { using Tensor a = x * 2; return a; } }");

    [Theory]
    [InlineData("public class Model { public Tensor Value { get { using Tensor a = 2f; return a; } } }")]
    [InlineData("public class Model { public static Tensor operator +(Model one, Model other) { using Tensor a = 2f; return a; } }")]
    [InlineData("public class Model { public Func<Tensor> F = () => { using Tensor a = 2f; return a; }; }")]
    public void Is_not_reported_in_other_code(string program) => Rule.Silent(program);

    [Fact]
    public void Is_not_reported_in_a_program_without_methods()
    {
        var program = Roslyn.Compilation(Roslyn.Usings + "Console.WriteLine(1); return;");
        Assert.Empty(Roslyn.Diagnostics(program.WithOptions(program.Options.WithOutputKind(Microsoft.CodeAnalysis.OutputKind.ConsoleApplication))));
    }

    [Fact]
    public void Says_what_to_leave_out() => Rule.Says(Id, Model("Tensor", "using Tensor a = x * 2; return a;"), "'a' is disposed of before graph function 'Step' returns it", "Leave out 'using'");

    private static string Model(string result, string body) => $$"""
        public static partial class Model
        {
            [GraphFunction] public static {{result}} Step(Tensor x, bool flag) { {{body}} }
        }
        """;
}
