using TensorGraph.Backends.Torch;
using TorchSharp;

namespace TensorGraph;

/// <summary>Tensors of TorchSharp as tensors, and tensors as those of TorchSharp.</summary>
public static class TorchTensors
{
    extension(Tensor)
    {
        /// <summary>
        /// A torch tensor as a tensor on its memory, without copying it: each sees what torch writes there. A call on it is finished when it returns,
        /// and results, values of variables, what a tape keeps and elements of lists never share memory with torch. Other threads must not write to
        /// the torch tensor while a call uses it. The memory lives until both are gone.
        /// A torch tensor that is no row of elements in memory, as a transposed one, is copied.
        /// Shape: that of the torch tensor.
        /// DType: the same one: bool, the integers up to 64 bits, f16, bf16, f32 and f64.
        /// Errors: TG1002 for null, TG1008 for a disposed torch tensor, TG5001 for one that is not on the CPU, TG5008 for one that has no
        /// counterpart: complex, quantised, sparse.
        /// Gradient: none flows to torch; the tensor is detached from torch's graph.
        /// </summary>
        /// <param name="tensor">On the CPU.</param>
        /// <param name="copy">True for memory of its own.</param>
        public static Tensor FromTorch(torch.Tensor tensor, bool copy = false) => new(TorchImport.Import(Throw.IfNull(tensor), copy));
    }

    extension(Tensor tensor)
    {
        /// <summary>
        /// The tensor as a torch tensor on the same memory, without copying it, unless something else has that memory too: a variable, a view, a
        /// tape, a list, a slab of small tensors. From then on each sees what torch writes there, as with <see cref="FromTorch"/>. The torch tensor
        /// belongs to the current dispose scope of TorchSharp. The memory lives until both are gone; to dispose of the tensor leaves it to torch.
        /// Shape: the same. DType: the same.
        /// Errors: TG1001 for a symbolic tensor, TG1008 for a disposed one, TG5007 when LibTorch can't be loaded, TG5008 for text and lists.
        /// Gradient: none flows from torch.
        /// </summary>
        /// <param name="copy">True for memory of its own.</param>
        public torch.Tensor ToTorch(bool copy = false)
        {
            LibTorch.Require("to_torch");
            return TorchExport.Export(Throw.IfNull(tensor).Data, copy);
        }
    }
}
