using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG3001, a branch or loop that changes the type of what it carries.</summary>
public sealed class TG3001Tests
{
    [Fact]
    public void Names_both_types_of_a_branch()
    {
        var build = new GraphBuilder();
        Value condition = build.Parameter(new(DType.Bool, Shape.Scalar), "condition");
        Value x = build.Parameter(new(DType.F32, [2]), "x");
        build.BeginRegion();
        var then = build.EndRegion([build.Cast(x, DType.F64)]);
        build.BeginRegion();
        var otherwise = build.EndRegion([x]);

        Expect.ErrorHere(DiagnosticIds.CarriedTypeChanged, () => build.Branch(OpDefs.If, condition, then, otherwise), ["f32[2]", "f64[2]"]);
    }

    [Fact]
    public void Names_both_types_of_a_loop()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, [2]), "x");
        Value go = build.Parameter(new(DType.Bool, Shape.Scalar), "go");
        build.BeginRegion();
        build.Parameter(x.Type, "x");
        var condition = build.EndRegion([go]);
        build.BeginRegion();
        Value inner = build.Parameter(x.Type, "x");
        var body = build.EndRegion([build.Sum(inner, [0])]);

        Expect.ErrorHere(DiagnosticIds.CarriedTypeChanged, () => build.Loop([x], condition, body), ["f32[2]", "f32"]);
    }
}
