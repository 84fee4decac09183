using System.Reflection;
using System.Reflection.Emit;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Runs a kernel. Arguments: columns, rows, scratch (128 bytes for each operand), then for each operand its address,
/// column stride and row stride in bytes.
/// </summary>
internal unsafe delegate void LoopCode(nint* arguments);

/// <summary>
/// Emits a <see cref="LoopKernel"/> as IL over one register width. Each row runs in full registers, then the ragged end
/// goes through the scratch block in one register of the same width, so every element is computed by the same instructions.
/// </summary>
internal sealed partial class IlEmitter
{
    private const BindingFlags AnyStatic = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;
    private const int ScratchBytes = 128;

    private readonly LoopKernel _kernel;
    private LaneSet _lanes;
    private readonly ILGenerator _il;
    private readonly LocalBuilder[] _addresses;
    private readonly LocalBuilder?[] _columnStrides;
    private readonly LocalBuilder[] _values;
    private readonly LocalBuilder _columns;
    private readonly LocalBuilder _column;
    private readonly LocalBuilder _scratch;

    // Accumulators of folds whose output stands still along the row: [instruction][copy].
    private readonly LocalBuilder[][] _accumulators;
    private readonly int _unroll;

    // Block sums of the folds that add floats along the row: [instruction].
    private readonly LocalBuilder?[] _levels;
    private readonly LocalBuilder _blocks;

    private IlEmitter(LoopKernel kernel, LaneSet lanes, ILGenerator il)
    {
        _kernel = kernel;
        _lanes = lanes;
        _il = il;
        _columns = il.DeclareLocal(typeof(nint));
        _column = il.DeclareLocal(typeof(nint));
        _scratch = il.DeclareLocal(typeof(byte*));
        _addresses = Array.ConvertAll(kernel.Operands, _ => il.DeclareLocal(typeof(byte*)));
        _columnStrides = Array.ConvertAll(kernel.Operands, o => o.Access == Access.Strided ? il.DeclareLocal(typeof(nint)) : null);
        _values = Array.ConvertAll(kernel.Body, i => il.DeclareLocal(lanes.TypeOf(LaneSet.KindOf(i.DType))));
        _unroll = !Array.Exists(kernel.Body, IsRowFold) ? 1 : kernel.Body.Length <= 4 ? 4 : kernel.Body.Length <= 8 ? 2 : 1;
        _accumulators = Array.ConvertAll(kernel.Body, i => IsRowFold(i)
            ? Enumerable.Range(0, _unroll).Select(_ => il.DeclareLocal(lanes.TypeOf(LaneSet.KindOf(i.DType)))).ToArray()
            : []);
        _levels = Array.ConvertAll(kernel.Body, i => IsRowFold(i) && Folds.Rounds(i.Op, i.DType) ? il.DeclareLocal(typeof(byte*)) : null);
        _blocks = il.DeclareLocal(typeof(nint));
    }

    public static LoopCode Emit(LoopKernel kernel, int width)
    {
        var method = new DynamicMethod("loop", typeof(void), [typeof(nint*)], typeof(IlEmitter).Module, skipVisibility: true) { InitLocals = false };
        new IlEmitter(kernel, LaneSet.Get(width, kernel.LaneSize), method.GetILGenerator(1024)).EmitRows();
        return method.CreateDelegate<LoopCode>();
    }

    private bool IsRowFold(LoopInstruction instruction) =>
        Folds.IsFold(instruction.Op) && _kernel.Operands[instruction.B].Access == Access.Broadcast;

    private void EmitRows()
    {
        LocalBuilder rows = _il.DeclareLocal(typeof(nint));
        Argument(0, _columns);
        Argument(1, rows);
        Argument(2, _scratch);
        for (int k = 0; k < _addresses.Length; k++)
        {
            Argument(3 + 3 * k, _addresses[k]);
            if (_columnStrides[k] is { } stride) Argument(4 + 3 * k, stride);
        }
        EmitLevels();
        Label next = _il.DefineLabel();
        Label done = _il.DefineLabel();
        _il.MarkLabel(next);
        _il.Emit(OpCodes.Ldloc, rows);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ble, done);
        EmitRow();
        for (int k = 0; k < _addresses.Length; k++)
        {
            _il.Emit(OpCodes.Ldloc, _addresses[k]);
            LoadArgument(5 + 3 * k);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, _addresses[k]);
        }
        _il.Emit(OpCodes.Ldloc, rows);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, rows);
        _il.Emit(OpCodes.Br, next);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitRow()
    {
        for (int i = 0; i < _kernel.Body.Length; i++)
        {
            LoopInstruction instruction = _kernel.Body[i];
            if (instruction.Op == "load" && _kernel.Operands[instruction.A].Access == Access.Broadcast)
            {
                EmitBroadcastLoad(instruction.A);
                _il.Emit(OpCodes.Stloc, _values[i]);
            }
            EmitIdentities(i);
        }
        EmitZero(_column);
        if (Array.Exists(_levels, level => level is not null)) EmitBlocks();
        else if (_unroll > 1) EmitLoop(_unroll, _columns);
        EmitLoop(1, _columns);
        EmitTail();
        for (int i = 0; i < _kernel.Body.Length; i++)
        {
            if (_accumulators[i].Length > 0) EmitFinish(i);
        }
    }

    /// <summary>while (column + count·copies ≤ end) { body × copies }</summary>
    private void EmitLoop(int copies, LocalBuilder end)
    {
        Label test = _il.DefineLabel();
        Label body = _il.DefineLabel();
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(body);
        for (int copy = 0; copy < copies; copy++)
        {
            EmitBody(copy, partial: false);
            _il.Emit(OpCodes.Ldloc, _column);
            _il.Emit(OpCodes.Ldc_I4, _lanes.Count);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, _column);
        }
        _il.MarkLabel(test);
        _il.Emit(OpCodes.Ldloc, _column);
        _il.Emit(OpCodes.Ldc_I4, _lanes.Count * copies);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Ble, body);
    }

    private void EmitTail()
    {
        Label none = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, _column);
        _il.Emit(OpCodes.Ldloc, _columns);
        _il.Emit(OpCodes.Bge, none);
        EmitBody(copy: 0, partial: true);
        _il.MarkLabel(none);
    }

    private void EmitBody(int copy, bool partial)
    {
        for (int i = 0; i < _kernel.Body.Length; i++)
        {
            LoopInstruction instruction = _kernel.Body[i];
            if (instruction.Op == "load") EmitLoad(i, partial);
            else if (instruction.Op == "store") EmitStore(_values[instruction.A], instruction.DType, instruction.B, partial);
            else if (IsRowFold(instruction)) EmitAccumulate(i, copy, partial);
            else if (Folds.IsFold(instruction.Op)) EmitFoldInMemory(i, partial);
            else EmitPointwise(i);
        }
    }

    private void EmitPointwise(int i)
    {
        LoopInstruction instruction = _kernel.Body[i];
        LaneKind kind = LaneSet.KindOf(instruction.DType);
        if (instruction.Op == "cast")
        {
            _il.Emit(OpCodes.Ldloc, _values[instruction.A]);
            EmitCast(_kernel.Body[instruction.A].DType, instruction.DType);
        }
        else if (instruction.Op == "select")
        {
            LaneKind integer = _lanes.MaskInteger;
            _il.Emit(OpCodes.Ldloc, _values[instruction.A]);
            if (kind != LaneKind.Mask)
            {
                // The mask in the size of the selected kind, then as its type.
                if (_lanes.LaneSize == 8 && !LaneSet.IsWide(kind)) Call(_lanes.Convert(LaneKind.I64, integer = LaneKind.I32));
                Call(_lanes.Reinterpret(integer, kind));
            }
            _il.Emit(OpCodes.Ldloc, _values[instruction.B]);
            _il.Emit(OpCodes.Ldloc, _values[instruction.C]);
            Call(_lanes.Function("select", kind)!);
        }
        else
        {
            LaneKind operand = LaneSet.KindOf(_kernel.Body[instruction.A].DType);
            bool shift = instruction.Op.StartsWith("shift_", StringComparison.Ordinal);
            int bits = 8 * instruction.DType.Size();
            _il.Emit(OpCodes.Ldloc, _values[instruction.A]);
            if (instruction.Op == "shift_right_logical" && bits < 32) EmitAnd((1 << bits) - 1, operand);
            if (instruction.B >= 0) _il.Emit(OpCodes.Ldloc, _values[instruction.B]);
            if (shift) EmitAnd(bits - 1, operand);
            if (instruction.C >= 0) _il.Emit(OpCodes.Ldloc, _values[instruction.C]);
            Call(_lanes.Function(instruction.Op, operand) ?? throw new NotSupportedException($"{instruction.Op} of {operand} lanes"));
            if (kind == LaneKind.Mask && operand != LaneKind.Mask) EmitToMask(operand);
            EmitWrap(instruction.DType);
        }
        _il.Emit(OpCodes.Stloc, _values[i]);
    }

    // A comparison's lanes on the stack, typed as the compared kind → the kernel's mask.
    private void EmitToMask(LaneKind compared)
    {
        LaneKind integer = LaneSet.IsWide(compared) ? LaneKind.I64 : LaneKind.I32;
        if (compared != integer) Call(_lanes.Reinterpret(compared, integer));
        if (_lanes.LaneSize == 8 && integer == LaneKind.I32) Call(_lanes.Convert(LaneKind.I32, LaneKind.I64));
    }

    // After arithmetic in a wider kind: back to the values that the dtype has.
    private void EmitWrap(DType dtype)
    {
        switch (dtype)
        {
            case DType.U8:
                EmitAnd(255, LaneKind.I32);
                break;
            case DType.I8 or DType.I16:
                int shift = dtype == DType.I8 ? 24 : 16;
                _il.Emit(OpCodes.Ldc_I4, shift);
                Call(_lanes.Member(LaneKind.I32, "ShiftLeftBits"));
                _il.Emit(OpCodes.Ldc_I4, shift);
                Call(_lanes.Member(LaneKind.I32, "ShiftRightArithmeticBits"));
                break;
            case DType.F16: Call(_lanes.Float16("RoundF16")); break;
            case DType.BF16: Call(_lanes.Float16("RoundBF16")); break;
        }
    }

    private void EmitCast(DType from, DType to)
    {
        LaneKind source = LaneSet.KindOf(from);
        LaneKind target = LaneSet.KindOf(to);
        if (from == to) return;
        if (target == LaneKind.Mask)
        {
            Call(_lanes.Function("not_zero", source)!);
            EmitToMask(source);
            return;
        }
        if (source == LaneKind.Mask)
        {
            source = _lanes.MaskInteger;
            EmitAnd(1, source);
        }
        LaneKind[] route = (source, target) switch
        {
            _ when source == target => [],
            (LaneKind.F32, LaneKind.I64) => [LaneKind.F64, LaneKind.I64],
            (LaneKind.F64, LaneKind.I32) => [LaneKind.I64, LaneKind.I32],
            (LaneKind.I64, LaneKind.F32) => [LaneKind.F64, LaneKind.F32],
            (LaneKind.I32, LaneKind.F64) => [LaneKind.I64, LaneKind.F64],
            (LaneKind.F32, LaneKind.I32) when _lanes.LaneSize == 8 => [LaneKind.F64, LaneKind.I64, LaneKind.I32],
            (LaneKind.I32, LaneKind.F32) when _lanes.LaneSize == 8 => [LaneKind.I64, LaneKind.F64, LaneKind.F32],
            _ => [target],
        };
        foreach (LaneKind step in route)
        {
            Call(_lanes.Convert(source, step));
            source = step;
        }
        EmitWrap(to);
    }

    private void EmitAnd(int mask, LaneKind kind)
    {
        EmitConstant(mask, kind);
        Call(_lanes.Function("and", kind)!);
    }

    private void EmitConstant(double value, LaneKind kind)
    {
        Type element = _lanes.ElementType(kind);
        if (element == typeof(float)) _il.Emit(OpCodes.Ldc_R4, (float)value);
        else if (element == typeof(double)) _il.Emit(OpCodes.Ldc_R8, value);
        else if (element == typeof(long)) _il.Emit(OpCodes.Ldc_I8, (long)value);
        else _il.Emit(OpCodes.Ldc_I4, (int)(long)value);
        Call(_lanes.Member(kind, "Broadcast"));
    }

    private void Argument(int index, LocalBuilder local)
    {
        LoadArgument(index);
        _il.Emit(OpCodes.Stloc, local);
    }

    private void EmitZero(LocalBuilder local)
    {
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Stloc, local);
    }

    private void LoadArgument(int index)
    {
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldc_I4, index * nint.Size);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I);
    }

    private void Call(MethodInfo method) => _il.Emit(OpCodes.Call, method);
}
