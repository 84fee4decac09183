using System.ComponentModel;

namespace TensorGraph.CompilerServices;

/// <summary>On the generated form of a method that is traced.</summary>
/// <param name="method">Name of the user's method.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TracedTwinAttribute(string method) : Attribute
{
    /// <summary>Name of the user's method.</summary>
    public string Method { get; } = method;
}

/// <summary>
/// On a method that runs another, virtual one of its class: what overrides that in a program is converted as if the program called it itself.
/// </summary>
/// <param name="method">Name of the virtual method.</param>
[AttributeUsage(AttributeTargets.Method)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RunsOverridesAttribute(string method) : Attribute
{
    /// <summary>Name of the virtual method.</summary>
    public string Method { get; } = method;
}

/// <summary>On the generated method that calls of a graph function are routed to.</summary>
/// <param name="method">Name of the user's method.</param>
[AttributeUsage(AttributeTargets.Method)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GraphEntryAttribute(string method) : Attribute
{
    /// <summary>Name of the user's method.</summary>
    public string Method { get; } = method;

    /// <summary>Name of the static field, or of the generic class with field <c>Value</c>, that holds the graph function.</summary>
    public string Function { get; set; } = "";
}

/// <summary>
/// On an assembly: methods that other assemblies can see, that hold control flow on tensors, themselves or in what they call, and that are no
/// graph functions. They cannot be called as they are while something is traced.
/// </summary>
/// <param name="methods">Documentation IDs.</param>
[AttributeUsage(AttributeTargets.Assembly)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class StagedMethodsAttribute(params string[] methods) : Attribute
{
    /// <summary>Documentation IDs.</summary>
    public IReadOnlyList<string> Methods { get; } = methods;
}

/// <summary>The first parameter of a constructor's traced twin, which has no name of its own.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct TracedConstructor;

/// <summary>The result of a method without a result.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Unit;
