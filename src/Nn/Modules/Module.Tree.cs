using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <content>The variables and modules inside, which are found and not registered.</content>
public abstract partial class Module
{
    /// <summary>
    /// All modules by their paths, the module itself first, under <c>""</c>: <c>encoder.layers.0.attention</c>. One that is in several places has
    /// its first path. Errors: TG1010 two modules under one path.
    /// </summary>
    public IReadOnlyDictionary<string, Module> Modules => ModuleTree.Of(this).Modules;

    /// <summary>
    /// All variables by their paths, <c>encoder.layers.0.attention.query.kernel</c>: names of members in snake_case, joined by dots. The same names
    /// are in weight files. A module's own variables come before those of the modules in it. Errors: TG1010 two variables under one path.
    /// </summary>
    public IReadOnlyDictionary<string, Variable> NamedVariables => ModuleTree.Of(this).Variables;

    /// <summary>All variables, each once, in the order of <see cref="NamedVariables"/>.</summary>
    public IReadOnlyList<Variable> Variables => [.. ModuleTree.Of(this).Variables.Values];

    /// <summary>
    /// The variables that an optimiser changes: those that are trainable, without those of frozen modules. A graph that asked is traced anew after
    /// a module was frozen.
    /// </summary>
    public IReadOnlyList<Variable> TrainableVariables
    {
        get
        {
            var tree = ModuleTree.Of(this);
            if (GraphControl.IsTracing)
            {
                foreach (var module in tree.Modules.Values)
                    GraphControl.Reads(module, [$"{module.Name}.IsFrozen"], static (owner, state) => state.AddStatic(((Module)owner!).IsFrozen));
            }

            return [.. tree.Variables.Values.Where(variable => variable.IsTrainable && !tree.OwnerOf(variable).IsFrozen)];
        }
    }

    /// <summary>True for a module whose own variables are not among <see cref="TrainableVariables"/>.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>
    /// Takes the variables of the module and of all modules in it out of <see cref="TrainableVariables"/>, for fine-tuning. Dropout and batch
    /// normalisation still act as <c>training</c> says. Source: requires_grad_(False) of torch.nn.Module.
    /// </summary>
    public void Freeze() => Apply(module => module.IsFrozen = true);

    /// <summary>Undoes <see cref="Freeze"/>, also of modules inside.</summary>
    public void Unfreeze() => Apply(module => module.IsFrozen = false);

    /// <summary>Calls a function with the module and all modules in it, parents first. Errors: TG1002 null. Source: torch.nn.Module.apply.</summary>
    /// <param name="action">What to do with each.</param>
    public void Apply(Action<Module> action)
    {
        Check.NotNull(action);
        foreach (var module in Modules.Values)
            action(module);
    }

    /// <summary>A table of the modules, with the types of their variables and how many numbers these have. Source: keras.Model.summary.</summary>
    public string Summary() => ModuleSummary.Of(this);
}
