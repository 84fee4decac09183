namespace TensorGraph;

/// <summary>
/// Puts a name before the ops that a piece of code runs or records: graphs and errors show it, <c>encoder/dense_1</c>. It belongs to the thread, so a
/// scope cannot contain an <c>await</c>; a trace begins without names of its caller.
/// </summary>
public readonly ref struct NameScope
{
    [ThreadStatic]
    private static string? s_current;

    private readonly string? _outer;

    private NameScope(string current)
    {
        _outer = s_current;
        s_current = current;
    }

    /// <summary>The names of all open scopes, outermost first; empty without one.</summary>
    public static string Current => s_current ?? "";

    /// <summary>Puts other names in the place of <see cref="Current"/>, which it returns: a trace is named by itself.</summary>
    public static string Replace(string names)
    {
        string before = Current;
        s_current = names;
        return before;
    }

    /// <summary>Opens a scope inside those that are open.</summary>
    /// <exception cref="GraphException">TG1002 for null.</exception>
    public static NameScope Open(string name)
    {
        Throw.IfNull(name);
        return new(string.IsNullOrEmpty(s_current) ? name : $"{s_current}/{name}");
    }

    /// <summary>Closes the scope.</summary>
    public void Dispose() => s_current = _outer;
}
