namespace TensorGraph;

/// <summary>Settings for all graph functions.</summary>
public static class GraphFunctions
{
    /// <summary>Runs every graph function as plain C#, op by op: breakpoints hit, nothing is traced.</summary>
    public static bool RunImperatively { get; set; }

    /// <summary>Most concrete functions that one function of one instance keeps; the least recently used one goes first.</summary>
    public static int ConcreteFunctionLimit { get; set; } = 64;
}
