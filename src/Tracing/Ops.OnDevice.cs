using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Functions that say where ops run.</summary>
public static partial class Ops
{
    /// <summary>
    /// Runs a part of a program on a device. Tensors that it reads are copied there, its results come back. In a graph it is one node; imperatively
    /// each of its ops runs there, those of graph functions too.
    /// </summary>
    /// <remarks>
    /// Shape: that of the results. Variables stay where they are: their values are copied. Errors: TG1002 null; TG3001 the result is not made of
    /// tensors; TG5004 a device that is not registered. Gradient: computed on the device too, and copied back; of any order. Source: tf.device.
    /// </remarks>
    /// <param name="device">Where the ops run.</param>
    /// <param name="body">Gives a tensor, or a tuple, positional record or array of tensors.</param>
    public static T OnDevice<T>(Device device, Func<T> body)
    {
        Check.NotNull(body);
        string name = Placement.NameOf(Check.NotNull(device));
        return ExecutionContext.Current is TraceContext trace
            ? TracedBlock.Record(trace, RegionKind.Block, OpDefs.OnDevice, Attrs.Of("device", name), body)
            : new Placement(device).Run(body);
    }
}
