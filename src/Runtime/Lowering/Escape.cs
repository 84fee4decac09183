using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Which values must lie in a block of their own: results, what a variable keeps, what inner programs take. Through a
/// reshape the value itself escapes, since both share their memory.
/// </summary>
internal static class Escape
{
    public static void Mark(Flatten flat)
    {
        foreach (Ref result in flat.Results) result.Instance.Escapes = true;
        for (int i = flat.Instances.Count - 1; i >= 0; i--)
        {
            Instance instance = flat.Instances[i];
            bool keeps = instance.Op == Op.AssignVariable || !instance.Node.Regions.IsEmpty || (instance.Op == Op.Reshape && instance.Escapes);
            if (!keeps) continue;
            foreach (Ref input in instance.Inputs) input.Instance.Escapes = true;
        }
    }
}
