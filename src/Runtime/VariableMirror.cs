namespace TensorGraph.Backends;

/// <summary>
/// A tensor of another library that has the value of a variable. A call whose graph uses the variable takes the value from it first, and leaves
/// what it has assigned there; it touches no other variable, since calls on other threads may be using those.
/// </summary>
internal abstract class VariableMirror
{
    /// <summary>
    /// Its memory, where the variable's value belongs; null while the value is a copy. A run that assigns the variable may make the value there:
    /// other than elsewhere, who has read the variable then sees it change.
    /// </summary>
    public abstract TensorData? Home { get; }

    /// <summary>A call begins.</summary>
    public abstract void Enter();

    /// <summary>A call ends.</summary>
    /// <param name="completed">False where it failed.</param>
    public abstract void Leave(bool completed);
}
