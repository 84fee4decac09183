using TorchSharp;

namespace TensorGraph.Torch;

// What rearranges elements, and what picks them.
public static partial class TorchApi
{
    extension(Tensor x)
    {
        /// <summary>The sizes as numbers: a graph that asks for one serves calls with that size.</summary>
        public long[] shape => [.. x.Shape.Dims.Select(dim => dim.Value)];

        public long ndim => x.Rank;

        public long Dimensions => x.Rank;

        public long NumberOfElements => x.Shape.Dims.Aggregate(1L, (product, dim) => product * dim.Value);

        public torch.ScalarType dtype => (torch.ScalarType)Backends.Torch.TorchTypes.NumberOf(x.DType);

        public torch.Device device => torch.CPU;

        public Tensor T => TorchName.View(x, static whole => Ops.Transpose(whole), keepsOrder: false);

        public Tensor mT => transpose(x, -1, -2);
    }

    public static long[] size(this Tensor x) => x.shape;

    public static long size(this Tensor x, int dim) => x.Shape[Axis(x, dim)].Value;

    public static long numel(this Tensor x) => x.NumberOfElements;

    public static long dim(this Tensor x) => x.Rank;

    public static Tensor reshape(this Tensor x, params ReadOnlySpan<long> shape) => Shaped(x, Dims(shape), mayCopy: true);

    public static Tensor view(this Tensor x, params ReadOnlySpan<long> shape) => Shaped(x, Dims(shape), mayCopy: false);

    public static Tensor view_as(this Tensor x, Tensor other) => Shaped(x, [.. other.Shape.Dims], mayCopy: false);

    public static Tensor flatten(this Tensor x, long start_dim = 0, long end_dim = -1)
    {
        if (x.Rank == 0) return Shaped(x, [1], mayCopy: false);
        int first = Axis(x, start_dim), last = Axis(x, end_dim);
        Dim joined = 1;
        for (int axis = first; axis <= last; axis++) joined *= x.Shape[axis];
        return Shaped(x, [.. x.Shape.Dims.Take(first), joined, .. x.Shape.Dims.Skip(last + 1)], mayCopy: true);
    }

    public static Tensor unflatten(this Tensor x, long dim, params ReadOnlySpan<long> sizes)
    {
        int axis = Axis(x, dim);
        long known = 1;
        foreach (long size in sizes) known *= size < 0 ? 1 : size;
        Dim[] split = Dims(sizes);
        for (int i = 0; i < split.Length; i++)
        {
            if (sizes[i] < 0) split[i] = x.Shape[axis].Value / known;
        }
        return Shaped(x, [.. x.Shape.Dims.Take(axis), .. split, .. x.Shape.Dims.Skip(axis + 1)], mayCopy: false);
    }

    public static Tensor squeeze(this Tensor x, long? dim = null)
    {
        if (dim is not { } one) return TorchName.View(x, static whole => Ops.Squeeze(whole));
        int axis = Axis(x, one);
        return x.Rank > 0 && x.Shape[axis].Is(1) ? TorchName.View(x, whole => Ops.Squeeze(whole, axis)) : x;
    }

    public static Tensor unsqueeze(this Tensor x, long dim)
    {
        int axis = Ops.Axis("unsqueeze", dim, x.Rank + 1);
        return TorchName.View(x, whole => Ops.ExpandDims(whole, axis));
    }

    public static Tensor transpose(this Tensor x, long dim0, long dim1)
    {
        int[] axes = [.. Enumerable.Range(0, x.Rank)];
        (int a, int b) = (Axis(x, dim0), Axis(x, dim1));
        if (x.Rank == 0) return x;
        (axes[a], axes[b]) = (axes[b], axes[a]);
        return Moved(x, axes);
    }

    public static Tensor swapaxes(this Tensor x, long dim0, long dim1) => transpose(x, dim0, dim1);

    public static Tensor t(this Tensor x)
    {
        if (x.Rank > 2) Throw.Rank("t", $"the tensor is {x.Type}", "It takes tensors of two axes at most; transpose and permute take others.");
        return x.Rank < 2 ? x : transpose(x, 0, 1);
    }

    public static Tensor permute(this Tensor x, params ReadOnlySpan<long> permutation) => Moved(x, Axes(x, permutation) ?? []);

    public static Tensor movedim(this Tensor x, long[] source, long[] destination)
    {
        int[] from = [.. source.Select(dim => Axis(x, dim))], to = [.. destination.Select(dim => Axis(x, dim))], axes = new int[x.Rank];
        var others = new Queue<int>(Enumerable.Range(0, x.Rank).Except(from));
        for (int axis = 0; axis < axes.Length; axis++) axes[axis] = Array.IndexOf(to, axis) is >= 0 and var at ? from[at] : others.Dequeue();
        return Moved(x, axes);
    }

    public static Tensor expand(this Tensor x, params ReadOnlySpan<long> sizes)
    {
        var wanted = new Dim[sizes.Length];
        for (int i = 0; i < wanted.Length; i++) wanted[i] = sizes[i] < 0 ? x.Shape[x.Rank - wanted.Length + i] : sizes[i];
        return TorchName.View(x, whole => Ops.BroadcastTo(whole, Shape.Create(wanted)), keepsOrder: false);
    }

    public static Tensor expand_as(this Tensor x, Tensor other) => TorchName.View(x, whole => Ops.BroadcastTo(whole, other.Shape), keepsOrder: false);

    public static Tensor broadcast_to(this Tensor x, params ReadOnlySpan<long> shape) => expand(x, shape);

    public static Tensor repeat(this Tensor x, params ReadOnlySpan<long> sizes)
    {
        if (sizes.Length < x.Rank) Throw.Rank("repeat", $"{sizes.Length} numbers for {x.Type}", "Give one number for each axis.");
        Dim[] longer = [.. Enumerable.Repeat((Dim)1, Math.Max(0, sizes.Length - x.Rank)), .. x.Shape.Dims];
        return Ops.Tile(Ops.Reshape(x, longer), sizes);
    }

    public static Tensor repeat_interleave(this Tensor x, long repeats, long? dim = null) =>
        dim is { } axis ? Ops.Repeat(x, repeats, Axis(x, axis)) : Ops.Repeat(Ops.Reshape(x, -1), repeats);

    public static Tensor narrow(this Tensor x, long dim, long start, long length)
    {
        long first = start < 0 ? start + x.Shape[Axis(x, dim)].Value : start;
        return Part(x, Axis(x, dim), first, first + length, 1);
    }

    public static Tensor slice(this Tensor x, long dim, long start, long finish, long step)
    {
        int axis = Axis(x, dim);
        long size = x.Shape[axis].Value;
        long first = Within(start, size);
        return Part(x, axis, first, Math.Max(first, Within(finish, size)), step);
    }

    public static Tensor select(this Tensor x, long dim, long index)
    {
        int axis = Axis(x, dim);
        TensorGraph.TensorIndex[] at = [.. Enumerable.Repeat((TensorGraph.TensorIndex)System.Range.All, axis), (int)index];
        return TorchName.View(x, whole => whole.Pick(at), keepsOrder: axis == 0);
    }

    public static Tensor flip(this Tensor x, params ReadOnlySpan<long> dims) => dims.IsEmpty ? x.Unnamed : Ops.Reverse(x, Axes(x, dims)!);

    public static Tensor roll(this Tensor x, long shifts, long? dims = null) => dims is { } dim
        ? Ops.Roll(x.Unnamed, shifts, Axis(x, dim))
        : Ops.Reshape(Ops.Roll(Ops.Reshape(x.Unnamed, -1), shifts), [.. x.Shape.Dims]);

    public static Tensor[] split(this Tensor x, long size, int dim = 0)
    {
        int axis = Axis(x, dim);
        long whole = x.Shape[axis].Value;
        List<long> sizes = [];
        for (long at = 0; at < whole; at += size) sizes.Add(Math.Min(size, whole - at));
        return split(x, [.. sizes], axis);
    }

    public static Tensor[] split(this Tensor x, long[] sizes, long dim = 0)
    {
        int axis = Axis(x, dim);
        Tensor[] Parts(Tensor whole) => Ops.Split(whole, new Shape(sizes), axis);
        return TorchName.Views(x, Parts, sizes.Length, keepsOrder: axis == 0);
    }

    public static Tensor[] chunk(this Tensor x, long chunks, long dim = 0)
    {
        long size = x.Shape[Axis(x, dim)].Value;
        return split(x, Math.Max(1, (size + chunks - 1) / chunks), (int)dim);
    }

    public static Tensor[] unbind(this Tensor x, long dimension = 0)
    {
        int axis = Axis(x, dimension);
        return TorchName.Views(x, whole => Ops.Unstack(whole, axis), x.Shape[axis].Value, keepsOrder: axis == 0);
    }

    public static Tensor cat(IEnumerable<Tensor> tensors, long dim = 0)
    {
        Tensor[] parts = [.. tensors];
        // Of one tensor TorchSharp gives that one; hstack and vstack give a copy.
        return parts is [var only] ? only : Joined(parts, dim);
    }

    public static Tensor concat(IEnumerable<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        Tensor[] parts = [.. tensors];
        return Ops.Stack(Same(parts), Ops.Axis("stack", dim, parts[0].Rank + 1));
    }

    private static Tensor Joined(Tensor[] parts, long dim) => Ops.Concat(Same(parts), Axis(parts[0], dim));

    public static Tensor hstack(params Tensor[] tensors) => Joined(tensors, tensors[0].Rank == 1 ? 0 : 1);

    public static Tensor vstack(IEnumerable<Tensor> tensors) =>
        Joined([.. tensors.Select(part => part.Rank == 1 ? Ops.ExpandDims(part, 0) : part)], 0);

    public static Tensor tril(this Tensor x, long diagonal = 0) => Ops.Tril(x, (int)diagonal);

    public static Tensor triu(this Tensor x, long diagonal = 0) => Ops.Triu(x, (int)diagonal);

    public static Tensor clone(this Tensor x) =>
        ExecutionContext.Current is TraceContext { StopsGradients: true } ? Ops.StopGradient(x) : x.Unnamed;

    public static Tensor contiguous(this Tensor x) => TorchName.Contiguous(x);

    public static Tensor detach(this Tensor x) => TorchName.View(x, static whole => Ops.StopGradient(whole), isWhole: true);

    public static Tensor alias(this Tensor x) => x;

    public static Tensor cpu(this Tensor x) => x;

    public static Tensor to(this Tensor x, torch.ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
        Ops.Cast(copy ? x.Unnamed : x, Promotion.Of(type));

    public static Tensor to(this Tensor x, torch.Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
        OnCpu(device, copy ? x.Unnamed : x);

    public static Tensor to_type(this Tensor x, torch.ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
        Ops.Cast(copy ? x.Unnamed : x, Promotion.Of(type));

    public static Tensor type_as(this Tensor x, Tensor tensor) => Ops.Cast(x, tensor.DType);

    public static Tensor @float(this Tensor x) => Ops.Cast(x, DType.F32);

    public static Tensor @double(this Tensor x) => Ops.Cast(x, DType.F64);

    public static Tensor @long(this Tensor x) => Ops.Cast(x, DType.I64);

    public static Tensor @int(this Tensor x) => Ops.Cast(x, DType.I32);

    public static Tensor @bool(this Tensor x) => Bool(x);

    internal static Dim[] Dims(ReadOnlySpan<long> sizes)
    {
        var dims = new Dim[sizes.Length];
        for (int i = 0; i < dims.Length; i++) dims[i] = sizes[i];
        return dims;
    }

    internal static Tensor OnCpu(torch.Device? device, Tensor x)
    {
        if (device is { type: not DeviceType.CPU })
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "torch", $"a tensor is sent to {device}, and graph functions on torch tensors run on the processor",
                "Leave the device out.");
        }
        return x;
    }

    private static Tensor Shaped(Tensor x, Dim[] sizes, bool mayCopy) => TorchName.View(x, whole => Ops.Reshape(whole, sizes), mayCopy: mayCopy);

    private static Tensor Moved(Tensor x, int[] axes) => TorchName.View(x, whole => Ops.Transpose(whole, axes), keepsOrder: false);

    internal static Tensor Part(Tensor x, int axis, long start, long stop, long step)
    {
        Dim[] low = [.. Enumerable.Repeat((Dim)0, x.Rank)], high = [.. x.Shape.Dims];
        (low[axis], high[axis]) = (start, stop);
        long[] steps = [.. Enumerable.Repeat(1L, x.Rank)];
        steps[axis] = step;
        return TorchName.View(x, whole => Ops.Slice(whole, Shape.Create(low), Shape.Create(high), steps), keepsOrder: axis == 0 && step == 1);
    }

    private static long Within(long at, long size) => Math.Clamp(at < 0 ? at + size : at, 0, size);

    private static Tensor[] Same(Tensor[] parts)
    {
        if (parts.Length == 0) Throw.Shape("cat", "there is nothing to join", "Pass at least one tensor.");
        DType type = parts.Select(part => part.DType).Aggregate(Promotion.Of);
        return [.. parts.Select(part => Ops.Cast(part, type))];
    }
}
