using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Which values must lie in a block of their own: results, what a variable keeps, what inner programs take. Through a
/// reshape, and through a transpose that the producer can write directly, the value itself escapes: both share memory.
/// </summary>
internal static class Escape
{
    public static void Mark(Flatten flat)
    {
        foreach (Ref result in flat.Results) result.Instance.Escapes = true;
        for (int i = flat.Instances.Count - 1; i >= 0; i--)
        {
            Instance instance = flat.Instances[i];
            bool passesOn = instance.Escapes && (instance.Op == Op.Reshape || instance.Op == Op.Transpose);
            bool keeps = instance.Op == Op.AssignVariable || instance.Op == Op.ListOf || instance.Op == Op.ListSet || !instance.Node.Regions.IsEmpty || passesOn;
            if (!keeps) continue;
            foreach (Ref input in instance.Inputs) input.Instance.Escapes = true;
        }
    }
}
