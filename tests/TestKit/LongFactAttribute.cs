namespace TensorGraph.Tests;

/// <summary>A test that needs several gigabytes or minutes: it runs with <c>TENSORGRAPH_LONG=1</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = Environment.GetEnvironmentVariable("TENSORGRAPH_LONG") == "1" ? null : "needs up to 6 GB: TENSORGRAPH_LONG=1";
}
