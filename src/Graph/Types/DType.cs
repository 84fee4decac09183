namespace TensorGraph;

/// <summary>Element type of a tensor.</summary>
public enum DType
{
    /// <summary>True or false, one byte.</summary>
    Bool,
    /// <summary>Unsigned 8-bit integer.</summary>
    U8,
    /// <summary>Signed 8-bit integer.</summary>
    I8,
    /// <summary>Signed 16-bit integer.</summary>
    I16,
    /// <summary>Signed 32-bit integer.</summary>
    I32,
    /// <summary>Signed 64-bit integer.</summary>
    I64,
    /// <summary>IEEE half precision.</summary>
    F16,
    /// <summary>Upper half of an IEEE single.</summary>
    BF16,
    /// <summary>IEEE single precision.</summary>
    F32,
    /// <summary>IEEE double precision.</summary>
    F64,
    /// <summary>Text; host only, no arithmetic but concatenation by <c>add</c>.</summary>
    String,
}

/// <summary>The facts about every <see cref="DType"/>, one row each.</summary>
public static class DTypes
{
    private sealed record Row(DType DType, string Name, int Size, Type Clr, Func<long, Array> NewArray);

    private static readonly Row[] Rows =
    [
        new(DType.Bool, "bool", 1, typeof(bool), count => new bool[count]),
        new(DType.U8, "u8", 1, typeof(byte), count => new byte[count]),
        new(DType.I8, "i8", 1, typeof(sbyte), count => new sbyte[count]),
        new(DType.I16, "i16", 2, typeof(short), count => new short[count]),
        new(DType.I32, "i32", 4, typeof(int), count => new int[count]),
        new(DType.I64, "i64", 8, typeof(long), count => new long[count]),
        new(DType.F16, "f16", 2, typeof(Half), count => new Half[count]),
        new(DType.BF16, "bf16", 2, typeof(BFloat16), count => new BFloat16[count]),
        new(DType.F32, "f32", 4, typeof(float), count => new float[count]),
        new(DType.F64, "f64", 8, typeof(double), count => new double[count]),
        new(DType.String, "string", 0, typeof(string), count => new string[count]),
    ];

    /// <summary>Every dtype, in declaration order.</summary>
    public static IReadOnlyList<DType> All { get; } = Rows.Select(row => row.DType).ToArray();

    /// <summary>Name in the text form and in signatures: <c>f32</c>; of a number that is no dtype <c>dtype99</c>.</summary>
    public static string Name(this DType dtype) => IsDefined(dtype) ? Rows[(int)dtype].Name : $"dtype{(int)dtype}";

    /// <summary>Bytes of one element; 0 for strings.</summary>
    /// <exception cref="GraphException">TG2002 for a number that is no dtype.</exception>
    public static int Size(this DType dtype) => RowOf(dtype).Size;

    /// <summary>The .NET type that holds one element.</summary>
    /// <exception cref="GraphException">TG2002 for a number that is no dtype.</exception>
    public static Type Clr(this DType dtype) => RowOf(dtype).Clr;

    /// <summary>An array for elements of the dtype.</summary>
    /// <exception cref="GraphException">TG2002 for a number that is no dtype.</exception>
    internal static Array NewArray(this DType dtype, long count) => RowOf(dtype).NewArray(count);

    /// <summary>True for the values that the enum names.</summary>
    public static bool IsDefined(this DType dtype) => (uint)dtype < (uint)Rows.Length;

    private static Row RowOf(DType dtype)
    {
        if (!IsDefined(dtype))
            Throw.DType("dtype", $"{(int)dtype} is no element type", "Use a name of the enum DType.");
        return Rows[(int)dtype];
    }

    /// <summary>True for f16, bf16, f32, f64.</summary>
    public static bool IsFloat(this DType dtype) => dtype is >= DType.F16 and <= DType.F64;

    /// <summary>True for u8, i8, i16, i32, i64.</summary>
    public static bool IsInteger(this DType dtype) => dtype is >= DType.U8 and <= DType.I64;

    /// <summary>True for integers and floats.</summary>
    public static bool IsNumber(this DType dtype) => dtype is >= DType.U8 and <= DType.F64;

    /// <summary>Finds a dtype by its text name.</summary>
    public static bool TryParse(string name, out DType dtype)
    {
        int index = Array.FindIndex(Rows, row => row.Name == name);
        dtype = index < 0 ? default : Rows[index].DType;
        return index >= 0;
    }

    /// <summary>The dtype whose elements are of the .NET type <paramref name="clr"/>.</summary>
    public static bool TryFromClr(Type clr, out DType dtype)
    {
        int index = Array.FindIndex(Rows, row => row.Clr == clr);
        dtype = index < 0 ? default : Rows[index].DType;
        return index >= 0;
    }
}
