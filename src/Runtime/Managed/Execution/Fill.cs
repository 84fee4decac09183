using TensorGraph.Backends.Commands;
namespace TensorGraph.Backends.Managed;

internal static unsafe class Fill
{
    /// <summary>Sets every element to a number, truncated for integers.</summary>
    public static void With(byte* data, TensorLayout layout, double value) => With(data, layout.Type.DType, layout.Count, value);

    /// <summary>Sets some elements to a number, truncated for integers.</summary>
    public static void With(byte* data, DType dtype, long count, double value)
    {
        long integer = (long)value;
        switch (dtype)
        {
            case DType.F32: With((float*)data, count, (float)value); break;
            case DType.F64: With((double*)data, count, value); break;
            case DType.F16: With((Half*)data, count, (Half)value); break;
            case DType.BF16: With((BFloat16*)data, count, (BFloat16)value); break;
            case DType.I32: With((int*)data, count, unchecked((int)integer)); break;
            case DType.I64: With((long*)data, count, integer); break;
            case DType.I16: With((short*)data, count, unchecked((short)integer)); break;
            case DType.Bool: With(data, count, value != 0 ? (byte)1 : (byte)0); break;
            default: With(data, count, unchecked((byte)integer)); break;
        }
    }

    // A span has at most 2³¹ − 1 elements.
    private static void With<T>(T* data, long count, T value)
        where T : unmanaged
    {
        for (; count > int.MaxValue; count -= int.MaxValue, data += int.MaxValue) new Span<T>(data, int.MaxValue).Fill(value);
        new Span<T>(data, (int)count).Fill(value);
    }

    /// <summary>0, 1, 2, … as the dtype has them; those beyond its range wrap.</summary>
    public static void Count(byte* data, DType dtype, long count)
    {
        switch (dtype)
        {
            case DType.F32: for (long i = 0; i < count; i++) ((float*)data)[i] = (float)(double)i; break;
            case DType.F64: for (long i = 0; i < count; i++) ((double*)data)[i] = i; break;
            case DType.F16: for (long i = 0; i < count; i++) ((Half*)data)[i] = (Half)(double)i; break;
            case DType.BF16: for (long i = 0; i < count; i++) ((BFloat16*)data)[i] = (BFloat16)(double)i; break;
            case DType.I32: for (long i = 0; i < count; i++) ((int*)data)[i] = unchecked((int)i); break;
            case DType.I64: for (long i = 0; i < count; i++) ((long*)data)[i] = i; break;
            case DType.I16: for (long i = 0; i < count; i++) ((short*)data)[i] = unchecked((short)i); break;
            case DType.Bool: for (long i = 0; i < count; i++) data[i] = i != 0 ? (byte)1 : (byte)0; break;
            default: for (long i = 0; i < count; i++) data[i] = unchecked((byte)i); break;
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

/// <summary>0, 1, 2, … in a slot.</summary>
internal sealed unsafe class CountStep(CountCommand c) : Step(c)
{
    private readonly TensorLayout _layout = c.Layout;

    public override void Run(Frame frame) => Fill.Count(frame.Address(Writes[0]), _layout.Type.DType, _layout.Count);
}
