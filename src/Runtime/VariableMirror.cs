namespace TensorGraph.Backends;

/// <summary>
/// A tensor of another library that has the value of a variable. A call whose graph uses the variable takes the value from it first, and leaves
/// what it has assigned there; it touches no other variable, since calls on other threads may be using those.
/// </summary>
internal abstract class VariableMirror
{
    /// <summary>A call begins.</summary>
    public abstract void Enter();

    /// <summary>A call ends.</summary>
    /// <param name="completed">False where it failed.</param>
    public abstract void Leave(bool completed);
}
