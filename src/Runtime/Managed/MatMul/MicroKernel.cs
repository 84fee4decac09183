using System.Collections.Concurrent;
using System.Reflection.Emit;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// C[rows, vectors] = (or +=) Σₖ a[k, row]·b[k, vector]. <c>a</c> is packed, rows next to each other; <c>b</c> and
/// <c>c</c> advance by a row stride in bytes.
/// </summary>
internal unsafe delegate void MicroKernelCode(byte* a, byte* b, byte* c, nint depth, nint bStride, nint cStride, nint accumulate);

/// <summary>
/// The inner block of the matrix product: every element of a rows × vectors tile of C stays in a register while k runs.
/// With 32 registers 14 × 2 leaves two for b and one spare (the broadcast of a is part of the multiply-add);
/// with 16 registers 6 × 2 leaves two for b and one for a.
/// </summary>
internal static class MicroKernel
{
    private static readonly ConcurrentDictionary<(int, int, DType, int), MicroKernelCode> Compiled = new();

    public static int MaxRows(int width) => width == 512 ? 14 : 6;
    public const int MaxVectors = 2;

    // The last tile shape of each kind is asked for again and again: an array instead of the dictionary.
    private static readonly MicroKernelCode?[] Direct = new MicroKernelCode[16 * 3 * 2];

    public static MicroKernelCode Get(int rows, int vectors, DType dtype, int width)
    {
        if (width != LaneSet.MachineWidth) return Find(rows, vectors, dtype, width);
        ref MicroKernelCode? direct = ref Direct[(rows * 3 + vectors) * 2 + (dtype == DType.F32 ? 0 : 1)];
        return direct ??= Find(rows, vectors, dtype, width);
    }

    private static MicroKernelCode Find(int rows, int vectors, DType dtype, int width) =>
        Compiled.GetOrAdd((rows, vectors, dtype, width), static key => Emit(key.Item1, key.Item2, key.Item3, key.Item4));

    private static MicroKernelCode Emit(int rows, int vectors, DType dtype, int width)
    {
        int size = dtype.Size();
        LaneKind kind = LaneSet.KindOf(dtype);
        LaneSet lanes = LaneSet.Get(width, size);
        Type vector = lanes.TypeOf(kind);
        int bytes = width / 8;
        var method = new DynamicMethod("tile", typeof(void),
            [typeof(byte*), typeof(byte*), typeof(byte*), typeof(nint), typeof(nint), typeof(nint), typeof(nint)],
            typeof(MicroKernel).Module, skipVisibility: true) { InitLocals = false };
        ILGenerator il = method.GetILGenerator(4096);
        LocalBuilder[] sums = Enumerable.Range(0, rows * vectors).Select(_ => il.DeclareLocal(vector)).ToArray();
        LocalBuilder[] b = Enumerable.Range(0, vectors).Select(_ => il.DeclareLocal(vector)).ToArray();

        void Address(int argument, int offset)
        {
            il.Emit(OpCodes.Ldarg, (short)argument);
            if (offset == 0) return;
            il.Emit(OpCodes.Ldc_I4, offset);
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
            il.Emit(OpCodes.Call, lanes.Member(kind, "Broadcast"));
            il.Emit(OpCodes.Stloc, sum);
        }

        Label test = il.DefineLabel();
        Label body = il.DefineLabel();
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(body);
        for (int v = 0; v < vectors; v++)
        {
            Address(1, v * bytes);
            il.Emit(OpCodes.Call, lanes.Member(kind, "Load"));
            il.Emit(OpCodes.Stloc, b[v]);
        }
        for (int row = 0; row < rows; row++)
        {
            for (int v = 0; v < vectors; v++)
            {
                Address(0, row * size);
                il.Emit(size == 4 ? OpCodes.Ldind_R4 : OpCodes.Ldind_R8);
                il.Emit(OpCodes.Call, lanes.Member(kind, "Broadcast"));
                il.Emit(OpCodes.Ldloc, b[v]);
                il.Emit(OpCodes.Ldloc, sums[row * vectors + v]);
                il.Emit(OpCodes.Call, lanes.Member(kind, "MultiplyAdd"));
                il.Emit(OpCodes.Stloc, sums[row * vectors + v]);
            }
        }
        Advance(0, () => il.Emit(OpCodes.Ldc_I4, rows * size));
        Advance(1, () => il.Emit(OpCodes.Ldarg, (short)4));
        Advance(3, () => il.Emit(OpCodes.Ldc_I4_M1));
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Bgt, body);

        Label store = il.DefineLabel();
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
        il.Emit(OpCodes.Brfalse, store);
        EachOfC(i =>
        {
            AddressOfC(i % vectors);
            il.Emit(OpCodes.Call, lanes.Member(kind, "Load"));
            il.Emit(OpCodes.Ldloc, sums[i]);
            il.Emit(OpCodes.Call, lanes.Function("add", kind)!);
            il.Emit(OpCodes.Stloc, sums[i]);
        });
        il.MarkLabel(store);
        EachOfC(i =>
        {
            AddressOfC(i % vectors);
            il.Emit(OpCodes.Ldloc, sums[i]);
            il.Emit(OpCodes.Call, lanes.Member(kind, "Store"));
        });
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<MicroKernelCode>();
    }
}
