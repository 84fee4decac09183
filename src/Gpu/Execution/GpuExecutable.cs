using System.Collections.Concurrent;
using System.Text;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Gpu;

/// <summary>A graph on a device, with a program for each binding of its symbolic sizes that has come up.</summary>
internal sealed class GpuExecutable(GpuDevice device, Ir.Graph graph) : Executable(device, graph)
{
    // One that sees more bindings than this starts over.
    private const int MaxPrograms = 256;

    private readonly ConcurrentDictionary<LayoutKey, GpuProgram> _programs = new();
    private readonly GpuConstants _constants = new(device);

    public override SpecializedProgram Specialize(ReadOnlySpan<TensorData> inputs)
    {
        Check(inputs);
        var layouts = new TensorLayout[inputs.Length];
        for (int i = 0; i < layouts.Length; i++) layouts[i] = inputs[i].Layout;
        var key = new LayoutKey(layouts);
        if (_programs.TryGetValue(key, out GpuProgram? known)) return known;
        if (_programs.Count >= MaxPrograms) _programs.Clear();
        return _programs.GetOrAdd(key, Lower(layouts));
    }

    public override string Dump()
    {
        var text = new StringBuilder();
        foreach (GpuProgram program in _programs.Values) text.Append(program.Dump()).Append('\n');
        return text.ToString();
    }

    private GpuProgram Lower(TensorLayout[] layouts)
    {
        SizeBindings sizes = SizeBindings.Of(Graph, Array.ConvertAll(layouts, layout => layout.Type));
        LoweredRegion region = RegionBuilder.Lower(Graph.Entry, sizes, GpuDevice.Lowered);
        ProgramProfile? profile = Profile?.Add(layouts, region);
        return new GpuProgram(region, _constants, profile?.Body) { Source = (Graph, sizes), Profile = profile };
    }
}
