using System.Reflection;
using System.Reflection.Emit;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>Reductions: along the row in registers, across rows in the output.</summary>
internal sealed partial class IlEmitter
{
    private void EmitAccumulate(int i, int copy, bool partial)
    {
        LoopInstruction instruction = _kernel.Body[i];
        LaneKind kind = LaneSet.KindOf(instruction.DType);
        LocalBuilder accumulator = _accumulators[i][copy];
        if (partial)
        {
            // Lanes beyond the end take the identity.
            EmitTailMask(kind);
            _il.Emit(OpCodes.Ldloc, _values[instruction.A]);
            EmitConstant(Folds.Identity(instruction.Op, instruction.DType), kind);
            Call(_lanes.Function("select", kind)!);
            _il.Emit(OpCodes.Stloc, _values[i]);
        }
        _il.Emit(OpCodes.Ldloc, accumulator);
        _il.Emit(OpCodes.Ldloc, partial ? _values[i] : _values[instruction.A]);
        Call(FoldFunction(instruction));
        _il.Emit(OpCodes.Stloc, accumulator);
    }

    private MethodInfo FoldFunction(LoopInstruction instruction) => FoldFunction(instruction, _lanes, LaneSet.KindOf(instruction.DType));

    private void EmitTailMask(LaneKind kind)
    {
        _il.Emit(OpCodes.Ldloc, _columns);
        _il.Emit(OpCodes.Ldloc, _column);
        _il.Emit(OpCodes.Sub);
        Call(typeof(TailMask).GetMethod("Get", AnyStatic)!.MakeGenericMethod(_lanes.TypeOf(kind), _lanes.ElementType(kind)));
    }

    // Accumulators → one register → one lane; then into the output element.
    private void EmitFinish(int i)
    {
        LoopInstruction instruction = _kernel.Body[i];
        LaneKind kind = LaneSet.KindOf(instruction.DType);
        LocalBuilder total = _accumulators[i][0];
        EmitFoldCopies(i);
        if (_levels[i] > 0)
        {
            Label isOne = _il.DefineLabel();
            _il.Emit(OpCodes.Ldloc, _blocks);
            _il.Emit(OpCodes.Brfalse, isOne);
            EmitPairwise("Total", i);
            EmitScratch(_levels[i]);
            Call(_lanes.Member(kind, "Load"));
            _il.Emit(OpCodes.Stloc, total);
            _il.MarkLabel(isOne);
        }

        // Halves of the register, then of the 128 bits that are left.
        LaneSet whole = _lanes;
        Type type = whole.TypeOf(kind);
        Type element = whole.ElementType(kind);
        int elementSize = element == typeof(long) || element == typeof(double) ? 8 : 4;
        _il.Emit(OpCodes.Ldloc, total);
        for (int width = Halves.WidthOf(type); width > 128; width /= 2)
        {
            LocalBuilder wide = Stored(type);
            type = Halves.Lower(width, element).ReturnType;
            _il.Emit(OpCodes.Ldloc, wide);
            Call(Halves.Lower(width, element));
            _il.Emit(OpCodes.Ldloc, wide);
            Call(Halves.Upper(width, element));
            Call(FoldFunction(instruction, LaneSet.Get(width / 2, elementSize), kind));
        }
        _lanes = LaneSet.Get(128, elementSize);
        for (int half = Math.Min(_lanes.Count, whole.Count) / 2; half >= 1; half /= 2)
        {
            LocalBuilder both = Stored(type);
            _il.Emit(OpCodes.Ldloc, both);
            _il.Emit(OpCodes.Ldloc, both);
            Call(Halves.Rotate(half, element));
            Call(FoldFunction(instruction, _lanes, kind));
        }
        LocalBuilder one = Stored(type);
        EmitBroadcastLoad(instruction.B);
        _il.Emit(OpCodes.Ldloc, one);
        Call(FoldFunction(instruction, _lanes, kind));
        _il.Emit(OpCodes.Stloc, one);
        EmitStoreFirst(one, instruction.B, element);
        _lanes = whole;
    }

    // Into the first one.
    private void EmitFoldCopies(int i)
    {
        for (int copy = 1; copy < _unroll; copy++)
        {
            _il.Emit(OpCodes.Ldloc, _accumulators[i][0]);
            _il.Emit(OpCodes.Ldloc, _accumulators[i][copy]);
            Call(FoldFunction(_kernel.Body[i]));
            _il.Emit(OpCodes.Stloc, _accumulators[i][0]);
        }
    }

    private void EmitIdentities(int i)
    {
        LoopInstruction instruction = _kernel.Body[i];
        foreach (LocalBuilder accumulator in _accumulators[i])
        {
            EmitConstant(Folds.Identity(instruction.Op, instruction.DType), LaneSet.KindOf(instruction.DType));
            _il.Emit(OpCodes.Stloc, accumulator);
        }
    }

    private int BlockSize => _unroll * _lanes.Count * Pairwise.BlockIterations;

    // The unrolled loop in blocks. After each but the last one the accumulators become a block sum and start again.
    private void EmitBlocks()
    {
        LocalBuilder end = _il.DeclareLocal(typeof(nint));
        Label block = _il.DefineLabel();
        Label isWhole = _il.DefineLabel();
        Label last = _il.DefineLabel();
        EmitZero(_blocks);
        _il.MarkLabel(block);
        _il.Emit(OpCodes.Ldloc, _column);
        _il.Emit(OpCodes.Ldc_I4, BlockSize);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, end);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Ldloc, _columns);
        _il.Emit(OpCodes.Blt, isWhole);
        _il.Emit(OpCodes.Ldloc, _columns);
        _il.Emit(OpCodes.Stloc, end);
        _il.MarkLabel(isWhole);
        EmitLoop(_unroll, end, rows: 1);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Ldloc, _columns);
        _il.Emit(OpCodes.Bge, last);
        for (int i = 0; i < _levels.Length; i++)
        {
            if (_levels[i] == 0) continue;
            EmitFoldCopies(i);
            EmitPairwise("Add", i);
            EmitIdentities(i);
        }
        _il.Emit(OpCodes.Ldloc, _blocks);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _blocks);
        _il.Emit(OpCodes.Br, block);
        _il.MarkLabel(last);
    }

    private void EmitPairwise(string function, int i)
    {
        LaneKind kind = LaneSet.KindOf(_kernel.Body[i].DType);
        EmitScratch(_levels[i]);
        _il.Emit(OpCodes.Ldloc, _accumulators[i][0]);
        Call(_lanes.Member(kind, "Store"));
        EmitScratch(_levels[i]);
        _il.Emit(OpCodes.Ldloc, _blocks);
        Call(typeof(Pairwise).GetMethod(function)!.MakeGenericMethod(_lanes.TypeOf(kind), _lanes.ElementType(kind)));
    }

    private LocalBuilder Stored(Type type)
    {
        LocalBuilder local = _il.DeclareLocal(type);
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private void EmitStoreFirst(LocalBuilder value, int k, Type element)
    {
        DType dtype = _kernel.Operands[k].DType;
        if (dtype is DType.F32 or DType.F64 or DType.I32 or DType.I64)
        {
            _il.Emit(OpCodes.Ldloc, _addresses[k]);
            _il.Emit(OpCodes.Ldloc, value);
            Call(Halves.First(element));
            _il.Emit(OpCodes.Stobj, element);
            return;
        }
        _il.Emit(OpCodes.Ldloc, _scratch);
        _il.Emit(OpCodes.Ldloc, value);
        EmitEncodeAndStore(dtype);
        _il.Emit(OpCodes.Ldloc, _addresses[k]);
        _il.Emit(OpCodes.Ldloc, _scratch);
        _il.Emit(OpCodes.Ldind_U1);
        _il.Emit(OpCodes.Stind_I1);
    }

    private static MethodInfo FoldFunction(LoopInstruction instruction, LaneSet lanes, LaneKind kind) =>
        lanes.Function(Folds.Combine(instruction.Op), kind)!;

    private void EmitFoldInMemory(int i, bool partial, int rows)
    {
        LoopInstruction instruction = _kernel.Body[i];
        EmitOperandLoad(instruction.B, partial);
        EmitFoldRows(i, 0, rows);
        Call(FoldFunction(instruction));
        _il.Emit(OpCodes.Stloc, _values[i]);
        EmitStore(_values[i], instruction.DType, instruction.B, partial);
    }

    // The values of some rows, combined in pairs.
    private void EmitFoldRows(int i, int first, int count)
    {
        if (count == 1)
        {
            _il.Emit(OpCodes.Ldloc, _rowValues[first][_kernel.Body[i].A]);
            return;
        }
        EmitFoldRows(i, first, count / 2);
        EmitFoldRows(i, first + count / 2, count / 2);
        Call(FoldFunction(_kernel.Body[i]));
    }
}
