using TensorGraph.Passes;
using TensorGraph.Recording;

namespace TensorGraph;

/// <summary>From a graph as traced to what runs on a device.</summary>
internal static class FunctionCompiler
{
    /// <summary>Optimises a graph and compiles it for a device; for others it is compiled when a call comes with their tensors.</summary>
    public static CompiledFunction Compile(Ir.Graph graph, Device device, RecordedTrace? record)
    {
        using var work = GraphEvents.Compile(graph, device);
        var optimized = Pipeline.Run(graph, record is null ? null : record.OnPass);
        var executable = device.Compile(optimized.Graph);
        GraphEvents.Compiled(work, optimized.Graph, device);
        record?.OnCompiled(executable);
        return new(graph, optimized.Graph, optimized.Passes, executable, record);
    }
}
