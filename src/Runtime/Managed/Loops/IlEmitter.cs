using System.Reflection;
using System.Reflection.Emit;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Runs a kernel. Arguments: columns, rows, scratch (<see cref="IlEmitter.ScratchOf"/>), then for each operand its address, column stride and row
/// stride in bytes.
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

    // So many long functions are inlined into the loop over full registers. The JIT tracks a limited number of values of a method: from about
    // twice as many on it keeps all of them in memory, and the kernel is ten times slower.
    private const int InlinedLongFunctions = 4;

    private readonly LoopKernel _kernel;
    private LaneSet _lanes;
    private readonly ILGenerator _il;
    private readonly LocalBuilder?[] _columnStrides;
    private readonly LocalBuilder _columns;
    private readonly LocalBuilder _column;
    private readonly LocalBuilder _scratch;

    // Accumulators of folds whose output stands still along the row: [instruction][copy].
    private readonly LocalBuilder[][] _accumulators;
    private readonly int _unroll;

    // Where the levels of folds that add floats along the row lie in the scratch block, else 0: [instruction].
    private readonly int[] _levels;
    private readonly LocalBuilder _blocks;

    // Where the argument of a function that is called lies in the scratch block.
    private readonly int _argument;
    private int _inlined;

    // With one long function at most the ragged end has it inlined too: registers that hold operands of all rows keep them, where a call does not.
    private readonly bool _isShort;

    // Of the rows that run together: [row][operand], [row][instruction]; and those of the row that is emitted.
    private readonly LocalBuilder[][] _rowAddresses;
    private readonly LocalBuilder[][] _rowValues;
    private LocalBuilder[] _addresses = [];
    private LocalBuilder[] _values = [];

    private IlEmitter(LoopKernel kernel, LaneSet lanes, ILGenerator il)
    {
        _kernel = kernel;
        _lanes = lanes;
        _il = il;
        _columns = il.DeclareLocal(typeof(nint));
        _column = il.DeclareLocal(typeof(nint));
        _scratch = il.DeclareLocal(typeof(byte*));
        int together = RowsTogether(kernel);
        _rowAddresses = Locals(together, kernel.Operands, _ => typeof(byte*));
        _rowValues = Locals(together, kernel.Body, i => lanes.TypeOf(LaneSet.KindOf(i.DType)));
        Enter(0);
        _columnStrides = Array.ConvertAll(kernel.Operands, o => o.Access == Access.Strided ? il.DeclareLocal(typeof(nint)) : null);
        _unroll = Array.Exists(kernel.Body, i => IsRowFold(kernel, i)) ? Copies(kernel) : 1;
        _accumulators = Array.ConvertAll(kernel.Body, i => IsRowFold(kernel, i)
            ? Enumerable.Range(0, _unroll).Select(_ => il.DeclareLocal(lanes.TypeOf(LaneSet.KindOf(i.DType)))).ToArray()
            : []);
        _isShort = kernel.Body.Count(i => LaneSet.IsLong(i.Op)) <= 1;
        _levels = PlaceLevels(kernel, lanes.Width, out _argument);
        _blocks = il.DeclareLocal(typeof(nint));
    }

    public static LoopCode Emit(LoopKernel kernel, int width)
    {
        var method = new DynamicMethod("loop", typeof(void), [typeof(nint*)], typeof(IlEmitter).Module, skipVisibility: true) { InitLocals = false };
        new IlEmitter(kernel, LaneSet.Get(width, kernel.LaneSize), method.GetILGenerator(1024)).EmitRows();
        return method.CreateDelegate<LoopCode>();
    }

    /// <summary>The instructions of a kernel, as text.</summary>
    public static string Describe(LoopKernel kernel, int width)
    {
        var text = new IlText();
        new IlEmitter(kernel, LaneSet.Get(width, kernel.LaneSize), text).EmitRows();
        return text.ToString();
    }

    /// <summary>Bytes of scratch memory that a kernel needs.</summary>
    public static int ScratchOf(LoopKernel kernel, int width)
    {
        PlaceLevels(kernel, width, out int end);
        return end + width / 8;
    }

    /// <summary>
    /// Rows whose values are added to each other before they are added to the output, when the output of each fold stays where it is from row to
    /// row; 1 for a kernel that takes rows one by one.
    /// </summary>
    public static int RowsTogether(LoopKernel kernel) =>
        Array.Exists(kernel.Body, i => IsRowFold(kernel, i)) || !Array.Exists(kernel.Body, i => Folds.IsFold(i.Op)) ? 1 : Copies(kernel);

    // The longer the body, the fewer copies of it fit into the registers.
    private static int Copies(LoopKernel kernel) =>
        Array.Exists(kernel.Body, i => LaneSet.IsLong(i.Op)) ? 1 : kernel.Body.Length <= 4 ? 4 : kernel.Body.Length <= 8 ? 2 : 1;

    private static bool IsRowFold(LoopKernel kernel, LoopInstruction instruction) =>
        Folds.IsFold(instruction.Op) && kernel.Operands[instruction.B].Access == Access.Broadcast;

    private static int[] PlaceLevels(LoopKernel kernel, int width, out int end)
    {
        end = ScratchBytes * kernel.Operands.Length;
        int[] places = new int[kernel.Body.Length];
        for (int i = 0; i < places.Length; i++)
        {
            if (!IsRowFold(kernel, kernel.Body[i]) || !Folds.Rounds(kernel.Body[i].Op, kernel.Body[i].DType)) continue;
            places[i] = end;
            end += Pairwise.Levels * width / 8;
        }
        return places;
    }

    private LocalBuilder[][] Locals<T>(int rows, T[] of, Converter<T, Type> type) =>
        [.. Enumerable.Range(0, rows).Select(_ => Array.ConvertAll(of, one => _il.DeclareLocal(type(one))))];

    private void Enter(int row)
    {
        _addresses = _rowAddresses[row];
        _values = _rowValues[row];
    }

    private void EmitPointwise(int i, bool partial)
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
            if (instruction.B < 0 && LaneSet.IsLong(instruction.Op) && (partial ? !_isShort : _inlined++ >= InlinedLongFunctions))
            {
                EmitLongCall(instruction.Op, operand, _values[instruction.A]);
                EmitWrap(instruction.DType);
                _il.Emit(OpCodes.Stloc, _values[i]);
                return;
            }
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

    // The argument and result pass through memory.
    private void EmitLongCall(string op, LaneKind kind, LocalBuilder argument)
    {
        EmitScratch(_argument);
        _il.Emit(OpCodes.Ldloc, argument);
        Call(_lanes.Member(kind, "Store"));
        EmitScratch(_argument);
        Call(_lanes.Called(op, kind));
        EmitScratch(_argument);
        Call(_lanes.Member(kind, "Load"));
    }

    private void EmitScratch(int place)
    {
        _il.Emit(OpCodes.Ldloc, _scratch);
        _il.Emit(OpCodes.Ldc_I4, place);
        _il.Emit(OpCodes.Add);
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
        // What the lanes on the way do not hold is rounded to odd, so that the last step alone rounds.
        bool isNarrow = to is DType.F16 or DType.BF16;
        if (from == DType.I64 && target == LaneKind.F32 || from == DType.I32 && isNarrow && _lanes.LaneSize == 4) Call(_lanes.RoundToOdd(source));
        foreach (LaneKind step in route)
        {
            if (source == LaneKind.F64 && isNarrow) Call(_lanes.RoundToOdd(source));
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
