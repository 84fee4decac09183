using System.Reflection;
using Xunit.Sdk;

namespace TensorGraph.Tests;

/// <summary>Tests of what an optimisation does: it is on, though the whole suite may run with flag <c>PASSES</c> to leave it out.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class WithAllPassesAttribute : BeforeAfterTestAttribute
{
    private IDisposable? _flag;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest) => _flag = Flags.Set("PASSES", "");

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest) => _flag?.Dispose();
}
