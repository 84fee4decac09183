namespace TensorGraph.Ir;

/// <summary>A gradient rule given with a node instead of with its op; compared by identity.</summary>
/// <param name="name">Name in the text form.</param>
/// <param name="rule">The rule.</param>
public sealed class CustomGradient(string name, VjpRule rule)
{
    /// <summary>Name in the text form.</summary>
    public string Name => name;

    /// <summary>The rule.</summary>
    public VjpRule Rule => rule;
}
