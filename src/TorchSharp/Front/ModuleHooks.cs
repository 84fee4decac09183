using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using Module = global::TorchSharp.torch.nn.Module;

/// <summary>Functions of the program that TorchSharp runs before and after a module: a graph would leave them out.</summary>
internal static class ModuleHooks
{
    private static readonly ConditionalWeakTable<Module, IDictionary[]> OfModules = [];

    /// <summary>Makes sure that a module has none, at this call and at later ones.</summary>
    /// <exception cref="GraphException">TG1014 for a module with hooks.</exception>
    public static void Check(Module module)
    {
        GraphControl.Reads(module, ["hooks"], static (owner, state) => state.AddStatic(Has((Module)owner!)));
        if (!Has(module)) return;
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, module.GetType().Name, "it has hooks, which a graph would not run",
            "Remove the hooks, or run the module outside of the graph function.");
    }

    private static bool Has(Module module) => Array.Exists(OfModules.GetValue(module, Find), hooks => hooks.Count > 0);

    // Nothing public tells.
    private static IDictionary[] Find(Module module)
    {
        List<IDictionary> found = [];
        for (Type? type = module.GetType(); type is not null; type = type.BaseType)
        {
            foreach (string name in new[] { "pre_hooks", "post_hooks", "module_pre_hooks", "module_post_hooks" })
            {
                FieldInfo? field = type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
                if (field?.GetValue(module) is IDictionary hooks) found.Add(hooks);
            }
        }
        return [.. found];
    }
}
