using System.Runtime.CompilerServices;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>
/// Runs graphs node by node on torch tensors of a place, as a GPU. An op without a row in <see cref="TorchKernels"/> runs as the specification defines
/// it, on copies in the memory of the host.
/// </summary>
internal sealed class TorchGraphDevice(string name, torch.Device place) : Device(name)
{
    private readonly ConditionalWeakTable<Literal, TensorData> _constants = [];

    /// <summary>The place.</summary>
    public torch.Device Place => place;

    public override Executable Compile(Ir.Graph graph) => new TorchGraph(this, Legalize.Run(graph));

    /// <summary>A result as a tensor; the caller keeps no other use of it.</summary>
    public TensorData Take(torch.Tensor result, DType dtype)
    {
        torch.Tensor own = result.contiguous().alias().DetachFromDisposeScope();
        return new(TensorLayout.Of(new TensorType(dtype, new Shape(own.shape))), new TorchBuffer(this, own));
    }

    /// <summary>The torch tensor of a value.</summary>
    public torch.Tensor TensorOf(TensorData data) => ((TorchBuffer)data.Buffer).View(data);

    /// <summary>A constant of a graph, with one more holder. It is copied here once.</summary>
    public TensorData Constant(Literal value)
    {
        TensorData constant = _constants.GetValue(value, From);
        constant.Retain();
        return constant;
    }

    protected override SpecializedProgram Specialize(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs) =>
        Compile(SingleOp.Graph(op, attrs, inputs)).Specialize(inputs);

    protected override TensorData AllocateElements(TensorLayout layout)
    {
        using TorchCalls.Call call = TorchCalls.BeginOrStay();
        torch.Tensor memory = torch.empty(layout.Sizes, (torch.ScalarType)TorchTypes.NumberOf(layout.Type.DType), place).DetachFromDisposeScope();
        return new(layout, new TorchBuffer(this, memory));
    }
}
