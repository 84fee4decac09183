using System.Reflection;
using System.Reflection.Emit;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>Loads and stores of every dtype, access and ragged end.</summary>
internal sealed partial class IlEmitter
{
    private void EmitLoad(int i, bool partial)
    {
        int operand = _kernel.Body[i].A;
        if (_kernel.Operands[operand].Access == Access.Broadcast) return;
        EmitOperandLoad(operand, partial);
        _il.Emit(OpCodes.Stloc, _values[i]);
    }

    private void EmitOperandLoad(int k, bool partial)
    {
        DType dtype = _kernel.Operands[k].DType;
        if (partial && IsMaskable(k))
        {
            EmitElementAddress(k);
            EmitLaneCount(partial);
            Call(PartialFunction("Load", dtype));
            return;
        }
        if (_kernel.Operands[k].Access == Access.Strided || partial)
        {
            EmitElementAddress(k);
            EmitStride(k);
            EmitScratchOf(k);
            EmitLaneCount(partial);
            Call(typeof(Strided).GetMethod($"Gather{dtype.Size()}")!);
            EmitScratchOf(k);
        }
        else
        {
            EmitElementAddress(k);
        }
        switch (dtype)
        {
            case DType.F64: Call(_lanes.Member(LaneKind.F64, "Load")); break;
            case DType.I64: Call(_lanes.Member(LaneKind.I64, "Load")); break;
            case DType.F32: Call(_lanes.Memory("LoadF32")); break;
            case DType.I32: Call(_lanes.Memory("LoadI32")); break;
            case DType.I16: Call(_lanes.Memory("LoadI16")); break;
            case DType.I8: Call(_lanes.Memory("LoadI8")); break;
            case DType.F16 or DType.BF16: Call(_lanes.Memory("LoadU16")); break;
            default: Call(_lanes.Memory("LoadU8")); break;
        }
        EmitDecode(dtype);
    }

    private void EmitBroadcastLoad(int k)
    {
        DType dtype = _kernel.Operands[k].DType;
        _il.Emit(OpCodes.Ldloc, _addresses[k]);
        (OpCode load, LaneKind kind) = dtype switch
        {
            DType.F64 => (OpCodes.Ldind_R8, LaneKind.F64),
            DType.I64 => (OpCodes.Ldind_I8, LaneKind.I64),
            DType.F32 => (OpCodes.Ldind_R4, LaneKind.F32),
            DType.I32 => (OpCodes.Ldind_I4, LaneKind.I32),
            DType.I16 => (OpCodes.Ldind_I2, LaneKind.I32),
            DType.I8 => (OpCodes.Ldind_I1, LaneKind.I32),
            DType.F16 or DType.BF16 => (OpCodes.Ldind_U2, LaneKind.I32),
            _ => (OpCodes.Ldind_U1, LaneKind.I32),
        };
        _il.Emit(load);
        Call(_lanes.Member(kind, "Broadcast"));
        EmitDecode(dtype);
    }

    // The stored bits, widened to 32-bit lanes → the value.
    private void EmitDecode(DType dtype)
    {
        if (dtype == DType.Bool)
        {
            Call(_lanes.Function("not_zero", LaneKind.I32)!);
            EmitToMask(LaneKind.I32);
        }
        else if (dtype is DType.F16 or DType.BF16)
        {
            Call(_lanes.Reinterpret(LaneKind.I32, LaneKind.F32));
            Call(_lanes.Float16("From" + dtype));
        }
    }

    /// <summary>True when the ragged end of the operand can be read and written under a mask.</summary>
    private bool IsMaskable(int k)
    {
        DType dtype = _kernel.Operands[k].DType;
        return _kernel.Operands[k].Access is Access.Unit or Access.Transposed && (dtype is DType.F32 or DType.I32 or DType.F64 or DType.I64)
            && dtype.Size() == _lanes.LaneSize && PartialRegister.IsSupported(_lanes.Width);
    }

    private MethodInfo PartialFunction(string name, DType dtype)
    {
        LaneKind kind = LaneSet.KindOf(dtype);
        return typeof(PartialRegister).GetMethod(name)!.MakeGenericMethod(_lanes.TypeOf(kind), _lanes.ElementType(kind));
    }

    private void EmitStore(LocalBuilder value, DType dtype, int k, bool partial)
    {
        if (partial && IsMaskable(k))
        {
            EmitElementAddress(k);
            _il.Emit(OpCodes.Ldloc, value);
            EmitLaneCount(partial);
            Call(PartialFunction("Store", dtype));
            return;
        }
        if (_kernel.Operands[k].Access != Access.Unit || partial)
        {
            EmitScratchOf(k);
            _il.Emit(OpCodes.Ldloc, value);
            EmitEncodeAndStore(dtype);
            EmitScatter(k, partial);
        }
        else
        {
            EmitElementAddress(k);
            _il.Emit(OpCodes.Ldloc, value);
            EmitEncodeAndStore(dtype);
        }
    }

    private void EmitScatter(int k, bool partial)
    {
        EmitScratchOf(k);
        EmitElementAddress(k);
        EmitStride(k);
        EmitLaneCount(partial);
        _il.Emit(OpCodes.Conv_I);
        Call(typeof(Strided).GetMethod($"Scatter{_kernel.Operands[k].DType.Size()}")!);
    }

    // (address, value) on the stack.
    private void EmitEncodeAndStore(DType dtype)
    {
        switch (dtype)
        {
            case DType.F64: Call(_lanes.Member(LaneKind.F64, "Store")); break;
            case DType.I64: Call(_lanes.Member(LaneKind.I64, "Store")); break;
            case DType.F32: Call(_lanes.Memory("StoreF32")); break;
            case DType.I32: Call(_lanes.Memory("StoreI32")); break;
            case DType.U8 or DType.I8: Call(_lanes.Memory("Store8")); break;
            case DType.I16: Call(_lanes.Memory("Store16")); break;
            case DType.F16 or DType.BF16:
                Call(_lanes.Float16("To" + dtype));
                Call(_lanes.Reinterpret(LaneKind.F32, LaneKind.I32));
                Call(_lanes.Memory("Store16"));
                break;
            default:
                if (_lanes.LaneSize == 8) Call(_lanes.Convert(LaneKind.I64, LaneKind.I32));
                EmitAnd(1, LaneKind.I32);
                Call(_lanes.Memory("Store8"));
                break;
        }
    }

    private void EmitElementAddress(int k)
    {
        _il.Emit(OpCodes.Ldloc, _addresses[k]);
        if (_kernel.Operands[k].Access == Access.Broadcast) return;
        _il.Emit(OpCodes.Ldloc, _column);
        EmitStride(k);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
    }

    private void EmitStride(int k)
    {
        if (_columnStrides[k] is { } stride) _il.Emit(OpCodes.Ldloc, stride);
        else _il.Emit(OpCodes.Ldc_I4, _kernel.Operands[k].Access == Access.Broadcast ? 0 : _kernel.Operands[k].DType.Size());
        _il.Emit(OpCodes.Conv_I);
    }

    private void EmitLaneCount(bool partial)
    {
        if (partial)
        {
            _il.Emit(OpCodes.Ldloc, _columns);
            _il.Emit(OpCodes.Ldloc, _column);
            _il.Emit(OpCodes.Sub);
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I4, _lanes.Count);
            _il.Emit(OpCodes.Conv_I);
        }
    }

    private void EmitScratchOf(int k)
    {
        _il.Emit(OpCodes.Ldloc, _scratch);
        _il.Emit(OpCodes.Ldc_I4, k * ScratchBytes);
        _il.Emit(OpCodes.Add);
    }
}
