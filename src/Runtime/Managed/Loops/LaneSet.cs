using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>Kinds of values in a register. Narrow integers are computed with as I32, 16-bit floats as F32, bool as Mask.</summary>
internal enum LaneKind
{
    Mask,
    I32,
    I64,
    F32,
    F64,
}

/// <summary>
/// The .NET types and functions for one register width and lane size. Every kind has the same number of lanes, so with
/// 8-byte lanes a 4-byte kind takes a register of half the width.
/// </summary>
internal sealed class LaneSet
{
    private static readonly ConcurrentDictionary<(int Width, int LaneSize), LaneSet> Sets = new();
    private static readonly FrozenSet<string> Long =
        typeof(MathF32).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name).Where(name => name != nameof(MathF32.Pow))
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<(string, LaneKind), MethodInfo?> _functions = new();
    private readonly ConcurrentDictionary<(string, LaneKind), MethodInfo> _called = new();
    private readonly Type _convert;
    private readonly Type _memory;

    private LaneSet(int width, int laneSize)
    {
        Width = width;
        LaneSize = laneSize;
        Count = width / 8 / laneSize;
        _convert = Bits(width, typeof(Convert128), typeof(Convert256), typeof(Convert512));
        _memory = laneSize == 4
            ? Bits(width, typeof(Memory128), typeof(Memory256), typeof(Memory512))
            : Bits(width, typeof(Memory64), typeof(Memory128), typeof(Memory256));
    }

    /// <summary>The widest registers that this machine has.</summary>
    public static int NativeWidth { get; } =
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Register bits that kernels use: the machine's, or fewer by TENSORGRAPH_VECTOR_BITS.</summary>
    public static int MachineWidth { get; } =
        int.TryParse(Flags.Get("VECTOR_BITS"), CultureInfo.InvariantCulture, out int bits) ? Math.Clamp(bits, 128, NativeWidth) : NativeWidth;

    /// <summary>Bits of the widest register that so many elements fill; 0 for none.</summary>
    public static int WidthFor(int elements, int elementSize)
    {
        int bits = MachineWidth;
        while (bits >= 128 && bits / 8 / elementSize > elements) bits /= 2;
        return bits < 128 ? 0 : bits;
    }

    public int Width { get; }
    public int LaneSize { get; }
    public int Count { get; }

    public static LaneSet Get(int width, int laneSize) => Sets.GetOrAdd((width, laneSize), key => new(key.Width, key.LaneSize));

    public static LaneKind KindOf(DType dtype) => dtype switch
    {
        DType.Bool => LaneKind.Mask,
        DType.I64 => LaneKind.I64,
        DType.F64 => LaneKind.F64,
        DType.F32 or DType.F16 or DType.BF16 => LaneKind.F32,
        _ => LaneKind.I32,
    };

    /// <summary>The kind that a mask is stored as.</summary>
    public LaneKind MaskInteger => LaneSize == 4 ? LaneKind.I32 : LaneKind.I64;

    public static bool IsWide(LaneKind kind) => kind is LaneKind.I64 or LaneKind.F64;

    public Type ElementType(LaneKind kind) => kind switch
    {
        LaneKind.I32 => typeof(int),
        LaneKind.I64 => typeof(long),
        LaneKind.F32 => typeof(float),
        LaneKind.F64 => typeof(double),
        _ => LaneSize == 4 ? typeof(int) : typeof(long),
    };

    public Type TypeOf(LaneKind kind)
    {
        Type element = ElementType(kind);
        bool half = LaneSize == 8 && (element == typeof(int) || element == typeof(float));
        Type open = Bits(half ? Math.Max(128, Width / 2) : Width, typeof(Lanes128<>), typeof(Lanes256<>), typeof(Lanes512<>));
        return open.MakeGenericType(element);
    }

    /// <summary>The function for an op, by name, or null when the kind has no such op.</summary>
    public MethodInfo? Function(string op, LaneKind kind) => _functions.GetOrAdd((op, kind), key => FindFunction(key.Item1, key.Item2));

    /// <summary>True for an op whose function is so long that a kernel should have few copies of it.</summary>
    public static bool IsLong(string op) => Long.Contains(PascalCase(op));

    /// <summary>
    /// The function for an op of one operand as a method that is never inlined: it takes the address of its argument and leaves the result there.
    /// </summary>
    public MethodInfo Called(string op, LaneKind kind) => _called.GetOrAdd((op, kind), key =>
    {
        (string name, LaneKind of) = key;
        var method = new DynamicMethod(name, typeof(void), [typeof(byte*)], typeof(LaneSet).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, Member(of, "Load"));
        il.Emit(OpCodes.Call, Function(name, of)!);
        il.Emit(OpCodes.Call, Member(of, "Store"));
        il.Emit(OpCodes.Ret);
        return method;
    });

    public MethodInfo Convert(LaneKind from, LaneKind to) => _convert.GetMethod($"{from}To{to}")!;

    public MethodInfo Memory(string name) => _memory.GetMethod(name)!;

    /// <summary>A member of the lanes type itself.</summary>
    public MethodInfo Member(LaneKind kind, string name) => TypeOf(kind).GetMethod(name, BindingFlags.Public | BindingFlags.Static)!;

    public MethodInfo Reinterpret(LaneKind from, LaneKind to) => Member(from, "Reinterpret").MakeGenericMethod(ElementType(to));

    public MethodInfo Float16(string name) => typeof(Float16).GetMethod(name)!.MakeGenericMethod(TypeOf(LaneKind.F32));

    /// <summary>The function that leaves only what the next narrower kind of float holds.</summary>
    public MethodInfo RoundToOdd(LaneKind kind) => typeof(LanesToOdd).GetMethod(kind.ToString())!.MakeGenericMethod(TypeOf(kind));

    private MethodInfo? FindFunction(string op, LaneKind kind)
    {
        string name = PascalCase(op);
        Type[] classes = kind switch
        {
            LaneKind.F32 => [typeof(MathF32), typeof(FloatMath), typeof(Arithmetic)],
            LaneKind.F64 => [typeof(MathF64), typeof(FloatMath), typeof(Arithmetic)],
            LaneKind.Mask => [typeof(MaskMath), typeof(Arithmetic)],
            _ => [typeof(IntegerMath), typeof(Arithmetic)],
        };
        foreach (Type type in classes)
        {
            MethodInfo? method = type.GetMethod(name, BindingFlags.Public | BindingFlags.Static);
            if (method is null) continue;
            return method.GetGenericArguments().Length == 1
                ? method.MakeGenericMethod(TypeOf(kind))
                : method.MakeGenericMethod(TypeOf(kind), ElementType(kind));
        }
        return null;
    }

    private static string PascalCase(string op) =>
        string.Concat(op.Split('_').Select(word => word.Length == 0 ? "" : char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..]));

    private static Type Bits(int width, Type w128, Type w256, Type w512) => width switch { 64 or 128 => w128, 256 => w256, _ => w512 };
}
