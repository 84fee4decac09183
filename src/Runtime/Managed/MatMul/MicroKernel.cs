using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// C[rows, vectors] = (or +=) Σₖ a[k, row]·b[k, vector]; <c>b</c> and <c>c</c> advance by a row stride in bytes. <c>a</c> is packed, rows next to
/// each other, or gathered: the element of row and k lies at the row's displacement, which the kernel contains, plus <c>offsets</c>[k], in bytes.
/// </summary>
internal unsafe delegate void MicroKernelCode(byte* a, byte* b, byte* c, nint depth, nint bStride, nint cStride, nint accumulate, nint* offsets);

/// <summary>
/// The inner block of the matrix product: every element of a rows × vectors tile of C stays in a register while k runs.
/// With 32 registers 14 × 2 leaves two for b, one for a and one spare; with 16 registers 6 × 2 leaves two for b and one for a.
/// </summary>
internal static unsafe class MicroKernel
{
    private static readonly ConcurrentDictionary<(int, int, DType, int), MicroKernelCode> Compiled = new();
    private static readonly ConcurrentDictionary<(string, int, DType, int), MicroKernelCode> Gatherings = new();

    public static int MaxRows(int width) => width == 512 ? 14 : 6;
    public const int MaxVectors = 2;
    private const int MostGatherings = 1000;

    // The last tile shape of each kind is asked for again and again: an array instead of the dictionary.
    private static readonly MicroKernelCode?[] Direct = new MicroKernelCode[16 * 3 * 2];

    public static MicroKernelCode Get(int rows, int vectors, DType dtype, int width)
    {
        if (width != LaneSet.MachineWidth) return Find(rows, vectors, dtype, width);
        ref MicroKernelCode? direct = ref Direct[(rows * 3 + vectors) * 2 + (dtype == DType.F32 ? 0 : 1)];
        return direct ??= Find(rows, vectors, dtype, width);
    }

    private static MicroKernelCode Find(int rows, int vectors, DType dtype, int width) =>
        Compiled.GetOrAdd((rows, vectors, dtype, width), static key => Emit(key.Item1, key.Item2, key.Item3, key.Item4, null));

    /// <summary>A kernel that gathers <c>a</c>, with the displacement of each row in bytes.</summary>
    public static MicroKernelCode Gathering(long[] displacements, int vectors, DType dtype, int width)
    {
        // Displacements depend on the sizes of images; who uses a kernel keeps it.
        if (Gatherings.Count >= MostGatherings) Gatherings.Clear();
        return Gatherings.GetOrAdd((string.Join(' ', displacements), vectors, dtype, width), static (key, displacements) =>
            Emit(displacements.Length, key.Item2, key.Item3, key.Item4, displacements), displacements);
    }

    private static MicroKernelCode Emit(int rows, int vectors, DType dtype, int width, long[]? displacements)
    {
        var method = new DynamicMethod("tile", typeof(void),
            [typeof(byte*), typeof(byte*), typeof(byte*), typeof(nint), typeof(nint), typeof(nint), typeof(nint), typeof(nint*)],
            typeof(MicroKernel).Module, skipVisibility: true) { InitLocals = false };
        Emit(method.GetILGenerator(4096), rows, vectors, dtype, width, displacements);
        return method.CreateDelegate<MicroKernelCode>();
    }

    /// <summary>The instructions of the largest tile, as text.</summary>
    public static string Describe(DType dtype, int width)
    {
        var text = new IlText();
        Emit(text, MaxRows(width), MaxVectors, dtype, width, null);
        return text.ToString();
    }

    private static void Emit(ILGenerator il, int rows, int vectors, DType dtype, int width, long[]? displacements)
    {
        int size = dtype.Size();
        Type element = size == 4 ? typeof(float) : typeof(double);
        // The register types themselves: through Lanes the sum of a multiply-add would be copied into another register and back.
        (Type vector, MethodInfo[] methods) = width switch
        {
            128 => (typeof(Vector128<>).MakeGenericType(element), typeof(Vector128).GetMethods()),
            256 => (typeof(Vector256<>).MakeGenericType(element), typeof(Vector256).GetMethods()),
            _ => (typeof(Vector512<>).MakeGenericType(element), typeof(Vector512).GetMethods()),
        };
        MethodInfo Generic(string name) => methods.Single(method => method.Name == name && method.IsGenericMethod).MakeGenericMethod(element);
        MethodInfo Of(string name, Type first) =>
            methods.Single(method => method.Name == name && !method.IsGenericMethod && method.GetParameters()[0].ParameterType == first
                && method.ReturnType == vector && method.GetParameters().Length is (1 or 3));
        MethodInfo load = Generic("Load"), store = Generic("Store"), add = Generic("Add");
        MethodInfo broadcast = Of("Create", element), multiplyAdd = Of("MultiplyAddEstimate", vector);
        int bytes = width / 8;
        LocalBuilder[] sums = Enumerable.Range(0, rows * vectors).Select(_ => il.DeclareLocal(vector)).ToArray();
        LocalBuilder a = il.DeclareLocal(vector);
        LocalBuilder gathered = il.DeclareLocal(typeof(byte*));
        LocalBuilder[] b = Enumerable.Range(0, vectors).Select(_ => il.DeclareLocal(vector)).ToArray();

        void Address(int argument, int offset)
        {
            il.Emit(OpCodes.Ldarg, (short)argument);
            if (offset == 0) return;
            il.Emit(OpCodes.Ldc_I4, offset);
            il.Emit(OpCodes.Add);
        }

        void AddressOfA(int row)
        {
            if (displacements is null)
            {
                Address(0, row * size);
                return;
            }
            il.Emit(OpCodes.Ldloc, gathered);
            il.Emit(OpCodes.Ldc_I8, displacements[row]);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
        }

        void Advance(int argument, Action by)
        {
            il.Emit(OpCodes.Ldarg, (short)argument);
            by();
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Starg, (short)argument);
        }

        foreach (LocalBuilder sum in sums)
        {
            if (size == 4) il.Emit(OpCodes.Ldc_R4, 0f);
            else il.Emit(OpCodes.Ldc_R8, 0.0);
            il.Emit(OpCodes.Call, broadcast);
            il.Emit(OpCodes.Stloc, sum);
        }

        Label test = il.DefineLabel();
        Label body = il.DefineLabel();
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(body);
        for (int v = 0; v < vectors; v++)
        {
            Address(1, v * bytes);
            il.Emit(OpCodes.Call, load);
            il.Emit(OpCodes.Stloc, b[v]);
        }
        if (displacements is not null)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg, (short)7);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, gathered);
            Advance(7, () => il.Emit(OpCodes.Ldc_I4, sizeof(nint)));
        }
        for (int row = 0; row < rows; row++)
        {
            AddressOfA(row);
            il.Emit(size == 4 ? OpCodes.Ldind_R4 : OpCodes.Ldind_R8);
            il.Emit(OpCodes.Call, broadcast);
            il.Emit(OpCodes.Stloc, a);
            for (int v = 0; v < vectors; v++)
            {
                il.Emit(OpCodes.Ldloc, a);
                il.Emit(OpCodes.Ldloc, b[v]);
                il.Emit(OpCodes.Ldloc, sums[row * vectors + v]);
                il.Emit(OpCodes.Call, multiplyAdd);
                il.Emit(OpCodes.Stloc, sums[row * vectors + v]);
            }
        }
        if (displacements is null) Advance(0, () => il.Emit(OpCodes.Ldc_I4, rows * size));
        Advance(1, () => il.Emit(OpCodes.Ldarg, (short)4));
        Advance(3, () => il.Emit(OpCodes.Ldc_I4_M1));
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Bgt, body);

        Label storing = il.DefineLabel();
        LocalBuilder c = il.DeclareLocal(typeof(byte*));
        void EachOfC(Action<int> emit)
        {
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Stloc, c);
            for (int row = 0; row < rows; row++)
            {
                for (int v = 0; v < vectors; v++) emit(row * vectors + v);
                il.Emit(OpCodes.Ldloc, c);
                il.Emit(OpCodes.Ldarg, (short)5);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Stloc, c);
            }
        }

        void AddressOfC(int v)
        {
            il.Emit(OpCodes.Ldloc, c);
            il.Emit(OpCodes.Ldc_I4, v * bytes);
            il.Emit(OpCodes.Add);
        }

        il.Emit(OpCodes.Ldarg, (short)6);
        il.Emit(OpCodes.Brfalse, storing);
        EachOfC(i =>
        {
            AddressOfC(i % vectors);
            il.Emit(OpCodes.Call, load);
            il.Emit(OpCodes.Ldloc, sums[i]);
            il.Emit(OpCodes.Call, add);
            il.Emit(OpCodes.Stloc, sums[i]);
        });
        il.MarkLabel(storing);
        EachOfC(i =>
        {
            il.Emit(OpCodes.Ldloc, sums[i]);
            AddressOfC(i % vectors);
            il.Emit(OpCodes.Call, store);
        });
        il.Emit(OpCodes.Ret);
    }
}
