namespace TensorGraph.Tests;

/// <summary>A test that needs ONNX Runtime, whose library is native: it is skipped where that can't be loaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeFactAttribute : FactAttribute
{
    public RuntimeFactAttribute() => Skip = OnnxRuntime.Missing;
}

/// <inheritdoc cref="RuntimeFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeTheoryAttribute : TheoryAttribute
{
    public RuntimeTheoryAttribute() => Skip = OnnxRuntime.Missing;
}
