using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG9001, an invariant of ours that does not hold.</summary>
public sealed class TG9001Tests
{
    [Fact]
    public void Asks_for_a_report()
    {
        var build = new GraphBuilder();
        build.BeginRegion();

        Expect.Error(DiagnosticIds.Internal, () => build.Finish("f", []), "'f'", "open block", "bug in TensorGraph", "report");
    }
}
