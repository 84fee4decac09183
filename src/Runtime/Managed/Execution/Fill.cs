using TensorGraph.Backends.Commands;
namespace TensorGraph.Backends.Managed;

internal static unsafe class Fill
{
    /// <summary>Sets every element to a number, truncated for integers.</summary>
    public static void With(byte* data, TensorLayout layout, double value)
    {
        int count = checked((int)layout.Count);
        long integer = (long)value;
        switch (layout.Type.DType)
        {
            case DType.F32: new Span<float>(data, count).Fill((float)value); break;
            case DType.F64: new Span<double>(data, count).Fill(value); break;
            case DType.F16: new Span<Half>(data, count).Fill((Half)value); break;
            case DType.BF16: new Span<BFloat16>(data, count).Fill((BFloat16)(float)value); break;
            case DType.I32: new Span<int>(data, count).Fill(unchecked((int)integer)); break;
            case DType.I64: new Span<long>(data, count).Fill(integer); break;
            case DType.I16: new Span<short>(data, count).Fill(unchecked((short)integer)); break;
            case DType.Bool: new Span<byte>(data, count).Fill(value != 0 ? (byte)1 : (byte)0); break;
            default: new Span<byte>(data, count).Fill(unchecked((byte)integer)); break;
        }
    }
}

/// <summary>Sets every element of a slot.</summary>
internal sealed unsafe class FillStep(FillCommand c) : Step(c)
{
    private readonly TensorLayout _layout = c.Layout;
    private readonly double _value = c.Value;

    public override void Run(Frame frame) => Fill.With(frame.Address(Writes[0]), _layout, _value);
}
