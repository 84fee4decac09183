using TensorGraph.Ir;
using TorchSharp;
using static TorchSharp.torch;

namespace TensorGraph.Backends.Torch;

/// <summary>An op as it is to run on torch tensors.</summary>
/// <param name="Node">The op.</param>
/// <param name="X">Its inputs.</param>
/// <param name="SizeOf">Sizes of names.</param>
/// <param name="Place">The place of new tensors.</param>
internal sealed record KernelCall(Node Node, torch.Tensor[] X, Func<string, long> SizeOf, torch.Device Place)
{
    public DType DType => Node.Inputs[0].DType;

    public bool IsFloat => DType.IsFloat();

    /// <summary>Sizes of its result.</summary>
    public long[] Sizes => TensorLayout.Of(Node.Types[0].As(Node.Types[0].Shape.Bind(SizeOf))).Type.Shape.ToArray();

    public long[] Bound(string name) => [.. Node.Attrs.Get<Shape>(name).Bind(SizeOf).Dims.Select(dim => dim.Value)];
}

/// <summary>
/// Ops as torch ops, where their answers are those of the specification; a kernel gives null for a case in which they are not, which then runs on the
/// host.
/// </summary>
internal static partial class TorchKernels
{
    // TorchSharp hands a number to LibTorch as an object that it does not keep alive in the call: one made for the call may be collected meanwhile.
    private static readonly TorchSharp.Scalar Zero = 0.ToScalar(), One = 1.ToScalar();

    private static readonly Dictionary<OpDef, Func<KernelCall, torch.Tensor?>> Rows = new()
    {
        [OpDefs.Add] = Numbers((a, b) => a.add(b, One)),
        [OpDefs.Sub] = Numbers((a, b) => a - b),
        [OpDefs.Mul] = Numbers((a, b) => a * b),
        [OpDefs.Div] = Floats((a, b) => a / b),
        [OpDefs.Pow] = Floats((a, b) => a.pow(b)),
        [OpDefs.Atan2] = Floats((a, b) => a.atan2(b)),
        [OpDefs.Max] = Numbers(Largest),
        [OpDefs.Min] = Numbers((a, b) => a.is_floating_point() ? -Largest(-a, -b) : minimum(a, b)),
        [OpDefs.Neg] = Numbers(a => -a),
        [OpDefs.Abs] = Numbers(a => a.abs()),
        [OpDefs.Sign] = Floats(a => where(a.isnan().logical_or(a.eq(Zero)), a, a.sign())),
        [OpDefs.Sqrt] = Floats(a => a.sqrt()),
        [OpDefs.Rsqrt] = Floats(a => a.rsqrt()),
        [OpDefs.Exp] = Floats(a => a.exp()),
        [OpDefs.Expm1] = Floats(a => a.expm1()),
        [OpDefs.Log] = Floats(a => a.log()),
        [OpDefs.Log1p] = Floats(a => a.log1p()),
        [OpDefs.Sin] = Floats(a => a.sin()),
        [OpDefs.Cos] = Floats(a => a.cos()),
        [OpDefs.Tanh] = Floats(a => a.tanh()),
        [OpDefs.Sigmoid] = Floats(a => a.sigmoid()),
        [OpDefs.Erf] = Floats(a => a.erf()),
        [OpDefs.Floor] = Floats(a => a.floor()),
        [OpDefs.Ceil] = Floats(a => a.ceil()),
        [OpDefs.Trunc] = Floats(a => a.trunc()),
        [OpDefs.Round] = Floats(a => a.round()),
        [OpDefs.IsNan] = Floats(a => a.isnan()),
        [OpDefs.IsFinite] = Floats(a => a.isfinite()),
        [OpDefs.Equal] = Any((a, b) => a.eq(b)),
        [OpDefs.NotEqual] = Any((a, b) => a.ne(b)),
        [OpDefs.Less] = Any((a, b) => a.lt(b)),
        [OpDefs.LessEqual] = Any((a, b) => a.le(b)),
        [OpDefs.Greater] = Any((a, b) => a.gt(b)),
        [OpDefs.GreaterEqual] = Any((a, b) => a.ge(b)),
        [OpDefs.And] = Any(bitwise_and),
        [OpDefs.Or] = Any(bitwise_or),
        [OpDefs.Xor] = Any(bitwise_xor),
        [OpDefs.Not] = c => c.X[0].bitwise_not(),
        [OpDefs.Select] = c => where(c.X[0], c.X[1], c.X[2]),
        [OpDefs.StopGradient] = c => c.X[0],
        [OpDefs.Cast] = Cast,
        [OpDefs.Reshape] = c => c.X[0].reshape(c.Sizes),
        [OpDefs.BroadcastTo] = c => c.X[0].expand(c.Sizes),
        [OpDefs.Transpose] = c => c.X[0].permute(c.Node.Attrs.Longs("permutation").ToArray()),
        [OpDefs.Reverse] = c => c.X[0].flip(c.Node.Attrs.Longs("axes").ToArray()),
        [OpDefs.Iota] = Iota,
        [OpDefs.Concat] = c => cat(c.X, c.Node.Attrs.Get<long>("axis")),
        [OpDefs.Slice] = Slice,
        [OpDefs.Pad] = Pad,
        [OpDefs.ReduceSum] = c => Reduced(c, axes => c.X[0].sum(axes, type: c.X[0].dtype)),
        [OpDefs.ReduceMax] = c => Reduced(c, axes => Largest(c.X[0], axes)),
        [OpDefs.ReduceMin] = c => Reduced(c, axes => c.IsFloat ? -Largest(-c.X[0], axes) : c.X[0].amin(axes)),
        [OpDefs.ReduceAll] = c => Reduced(c, axes => c.X[0].to(ScalarType.Byte).amin(axes).to(ScalarType.Bool)),
        [OpDefs.ReduceAny] = c => Reduced(c, axes => c.X[0].to(ScalarType.Byte).amax(axes).to(ScalarType.Bool)),
        [OpDefs.Dot] = Dot,
        [OpDefs.Conv] = Conv,
        [OpDefs.Gather] = Gather,
    };

    /// <summary>The kernel of an op, if it has one.</summary>
    public static Func<KernelCall, torch.Tensor?>? Of(OpDef op) => Rows.GetValueOrDefault(op);

    private static Func<KernelCall, torch.Tensor?> Any(Func<torch.Tensor, torch.Tensor, torch.Tensor> op) => c => op(c.X[0], c.X[1]);

    private static Func<KernelCall, torch.Tensor?> Numbers(Func<torch.Tensor, torch.Tensor> op) => c => c.DType == DType.Bool ? null : op(c.X[0]);

    private static Func<KernelCall, torch.Tensor?> Numbers(Func<torch.Tensor, torch.Tensor, torch.Tensor> op) =>
        c => c.DType == DType.Bool ? null : op(c.X[0], c.X[1]);

    private static Func<KernelCall, torch.Tensor?> Floats(Func<torch.Tensor, torch.Tensor> op) => c => c.IsFloat ? op(c.X[0]) : null;

    private static Func<KernelCall, torch.Tensor?> Floats(Func<torch.Tensor, torch.Tensor, torch.Tensor> op) =>
        c => c.IsFloat ? op(c.X[0], c.X[1]) : null;

    // Of two zeros the positive one is larger, which is their sum.
    private static torch.Tensor Largest(torch.Tensor a, torch.Tensor b) =>
        a.is_floating_point() ? where(a.eq(Zero).logical_and(b.eq(Zero)), a.add(b, One), maximum(a, b)) : maximum(a, b);

    private static torch.Tensor Largest(torch.Tensor x, long[] axes)
    {
        torch.Tensor largest = x.amax(axes);
        if (!x.is_floating_point()) return largest;
        torch.Tensor zero = zeros_like(largest), hasZero = x.eq(Zero).logical_and(x.signbit().logical_not()).to(ScalarType.Byte).amax(axes).gt(Zero);
        return where(largest.eq(Zero), where(hasZero, zero, -zero), largest);
    }

    // Floats out of the range of an integer differ, and LibTorch rounds to f32 on the way to 16 bits.
    private static torch.Tensor? Cast(KernelCall c)
    {
        DType to = c.Node.Types[0].DType;
        bool isTwice = to is DType.F16 or DType.BF16 && c.DType is DType.F64 or DType.I64 or DType.I32;
        return isTwice || (c.IsFloat && to.IsInteger()) ? null : c.X[0].to((ScalarType)TorchTypes.NumberOf(to));
    }

    private static torch.Tensor? Reduced(KernelCall c, Func<long[], torch.Tensor> reduce)
    {
        long[] axes = [.. c.Node.Attrs.Longs("axes")];
        // LibTorch takes no axes for all, and has no answer for no elements.
        return axes.Length == 0 || c.X[0].numel() == 0 || c.DType is DType.F16 or DType.BF16 ? null : reduce(axes).reshape(c.Sizes);
    }

    private static torch.Tensor Iota(KernelCall c)
    {
        long[] sizes = c.Sizes, along = [.. sizes.Select(_ => 1L)];
        long axis = c.Node.Attrs.Get<long>("axis");
        along[axis] = sizes[axis];
        TorchSharp.Scalar count = sizes[axis].ToScalar();
        torch.Tensor numbers = arange(Zero, count, One, device: c.Place);
        GC.KeepAlive(count);
        return numbers.to((ScalarType)TorchTypes.NumberOf(c.Node.Types[0].DType)).reshape(along).expand(sizes);
    }

    private static torch.Tensor Slice(KernelCall c)
    {
        torch.Tensor result = c.X[0];
        (long[] start, long[] stop) = (c.Bound("start"), c.Bound("stop"));
        long[] steps = [.. c.Node.Attrs.Longs("step")];
        for (int axis = 0; axis < start.Length; axis++) result = result.slice(axis, start[axis], stop[axis], axis < steps.Length ? steps[axis] : 1);
        return result;
    }

    private static torch.Tensor? Pad(KernelCall c)
    {
        (long[] low, long[] high) = (c.Bound("low"), c.Bound("high"));
        if (c.Node.Attrs.Longs("interior").Any(interior => interior != 0) || low.Concat(high).Any(size => size < 0)) return null;
        TorchSharp.Scalar fill = c.Node.Attrs.Get<double>("fill").ToScalar();
        torch.Tensor padded = full(c.Sizes, fill, c.X[0].dtype, c.Place), inside = padded;
        GC.KeepAlive(fill);
        for (int axis = 0; axis < low.Length; axis++) inside = inside.narrow(axis, low[axis], c.X[0].shape[axis]);
        inside.copy_(c.X[0]);
        return padded;
    }

    // Rows at places; a place out of range is an error of the specification.
    private static torch.Tensor? Gather(KernelCall c)
    {
        (torch.Tensor x, torch.Tensor at) = (c.X[0], c.X[1]);
        long axis = c.Node.Attrs.Get<long>("axis");
        if (c.Node.Attrs.Get("batch", 0L) != 0 || at.numel() == 0) return null;
        TorchSharp.Scalar rows = x.shape[axis].ToScalar();
        bool isOutside = at.lt(Zero).logical_or(at.ge(rows)).any().item<bool>();
        GC.KeepAlive(rows);
        if (isOutside) return null;
        return x.index_select(axis, at.flatten().to(ScalarType.Int64)).reshape(c.Sizes);
    }
}
