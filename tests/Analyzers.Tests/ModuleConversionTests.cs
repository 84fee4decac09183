namespace TensorGraph.Tests;

/// <summary>Modules of a program are run by code of the library: each override of Forward has a twin of its own, also without a graph function.</summary>
public sealed class ModuleConversionTests
{
    private const string Clipped = "public partial class Clipped : Module { protected override Tensor Forward(Tensor x, bool training) { while (x.Sum() > 3) x = x / 2; return x; } }\n";

    private static string Twins(string source) => string.Join("\n", Roslyn.Generate(Roslyn.Usings + source).GeneratedTrees.Select(tree => tree.ToString()));

    [Fact]
    public void A_module_has_a_twin_although_no_graph_function_of_the_program_runs_it()
    {
        Assert.Contains("protected override Tensor __Forward_Traced(Tensor x, bool training)", Twins(Clipped), StringComparison.Ordinal);
        // What it calls is converted along.
        Assert.Contains("__Half_Traced", Twins("public partial class Deep : Module { protected override Tensor Forward(Tensor x, bool training) => Half(x); private static Tensor Half(Tensor x) { if (x.Sum() > 1) x = x / 2; return x; } }"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_without_control_flow_or_state_needs_no_twin_and_no_partial_class()
    {
        const string plain = "public class Plain : Module { protected override Tensor Forward(Tensor x, bool training) => x * 2; }\n";
        Assert.DoesNotContain("Plain", Twins(Clipped + plain), StringComparison.Ordinal);
        Rule.Silent(Roslyn.Usings + Clipped + plain + "public partial class Model { private readonly Module _inner = new Clipped(); [GraphFunction] public Tensor Run(Tensor x) => _inner.Call(x); }");
    }

    [Fact]
    public void A_module_behind_a_call_of_the_library_is_converted_and_compares_its_state()
    {
        string twins = Twins("public partial class Scaled : Module { public float Rate { get; set; } = 1; protected override Tensor Forward(Tensor x, bool training) => x * Rate; }");
        Assert.Contains("\"Scaled.Rate\"", twins, StringComparison.Ordinal);
    }

    [Fact]
    public void The_twin_of_a_derived_module_overrides_that_of_its_base()
    {
        var program = Roslyn.Load(Roslyn.Usings + Clipped.Replace("partial class Clipped", "partial class Base") + """
            public partial class Derived : Base { protected override Tensor Forward(Tensor x, bool training) => base.Forward(x, training) + 1; }
            public partial class Model
            {
            """ + BothWays.LogMember + """
                private readonly Sequential _all = new(new Derived(), new Base());
                [GraphFunction] public Tensor Run(Tensor x) => _all.Call(x, training: true);
            }
            """);
        BothWays.AssertEqual(program, "Run", () => [(Tensor)new float[] { 8, 4 }], () => [(Tensor)new float[] { 1, 1 }]);
    }
}
