using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Conformance;

/// <summary>A condition of a graph is one bool; anything else is an error while tracing, at the line of the condition.</summary>
public sealed class ConditionTests
{
    private const string Source = """
        public partial class Model
        {
            [GraphFunction] public Tensor If(Tensor x) { if (x > 0) return x; return -x; }
            [GraphFunction] public Tensor While(Tensor x) { while (x > 0) x = x - 1; return x; }
            [GraphFunction] public Tensor For(Tensor x) { for (Tensor i = 0; x > 0; i++) x = x - 1; return x; }
            [GraphFunction] public Tensor Do(Tensor x) { do { x = x - 1; } while (x > 0); return x; }
            [GraphFunction] public Tensor Ternary(Tensor x) => x > 0 ? x : -x;
            [GraphFunction] public Tensor And(Tensor x) { if (x > 0 && x < 9) return x; return -x; }
            [GraphFunction] public Tensor Break(Tensor x) { while (true) { x = x - 1; if (x < 0) break; } return x; }
            [GraphFunction] public Tensor IfNumber(Tensor x) { if (x) return x; return -x; }
            [GraphFunction] public Tensor WhileNumber(Tensor x) { while (x - 1) x = x - 1; return x; }
            [GraphFunction] public Tensor TernaryNumber(Tensor x) => x ? x : -x;
        }
        """;

    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(Source));

    [Theory]
    [InlineData("If")]
    [InlineData("While")]
    [InlineData("For")]
    [InlineData("Do")]
    [InlineData("Ternary")]
    [InlineData("And")]
    [InlineData("Break")]
    public void Many_bools_are_not_a_condition(string method) => Expect.Error("TG2003", () => Trace(method, new[] { 1f, 2f }), "bool[2]", "Model.cs:", "Any or All");

    [Theory]
    [InlineData("IfNumber")]
    [InlineData("WhileNumber")]
    [InlineData("TernaryNumber")]
    public void A_number_is_not_a_condition(string method) => Expect.Error("TG2002", () => Trace(method, 3), "i32[]", "Model.cs:", "Compare it");

    private static void Trace(string method, Tensor x)
    {
        Type type = s_program.Value.GetType("Model")!;
        type.GetMethod(TwinNames.Entry(method))!.Invoke(Activator.CreateInstance(type), BindingFlags.DoNotWrapExceptions, null, [x], null);
    }
}
