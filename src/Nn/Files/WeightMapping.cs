namespace TensorGraph;

/// <summary>How a file names and lays out the variables of a module: for <see cref="Module.Load"/>.</summary>
public sealed class WeightMapping
{
    private readonly Func<Module, IReadOnlyList<WeightSource>> _sources;
    private readonly Func<string, bool> _ignores;

    private WeightMapping(Func<Module, IReadOnlyList<WeightSource>> sources, Func<string, bool> ignores) => (_sources, _ignores) = (sources, ignores);

    /// <summary>Names and layouts of this library.</summary>
    public static WeightMapping Same { get; } = new(
        module => [.. module.NamedVariables.Select(entry => new WeightSource(entry.Key, entry.Value, [entry.Key]))], _ => false);

    /// <summary>
    /// Names and layouts of a PyTorch <c>state_dict</c>: <c>weight</c> of <c>Linear</c> transposed, <c>0.weight</c> in a <c>Sequential</c>,
    /// <c>in_proj_weight</c> of attention, <c>weight_ih_l0</c> of recurrent layers, <c>running_mean</c>. Members of modules keep their names in
    /// snake_case, which PyTorch's attributes usually have too; <see cref="Renamed"/> changes what differs.
    /// </summary>
    public static WeightMapping PyTorch { get; } = new(TorchNames.Of, name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal));

    /// <summary>The same with other names: <c>WeightMapping.PyTorch.Renamed(name => "model." + name)</c>. Errors: TG1002 null.</summary>
    /// <param name="rename">Gives the name in the file.</param>
    public WeightMapping Renamed(Func<string, string> rename)
    {
        Check.NotNull(rename);
        return new(
            module => [.. _sources(module).Select(source => source with
            {
                Names = [.. source.Names.Select(name => Check.NotNull(rename(name), "what the renaming gives"))],
            })],
            _ignores);
    }

    internal IReadOnlyList<WeightSource> SourcesOf(Module module) => _sources(module);

    internal bool Ignores(string name) => _ignores(name);
}
