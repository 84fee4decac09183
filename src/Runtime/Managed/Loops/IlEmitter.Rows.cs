using System.Reflection.Emit;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>The loops: rows, and columns within them.</summary>
internal sealed partial class IlEmitter
{
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
        if (_rowAddresses.Length > 1)
        {
            Label single = _il.DefineLabel();
            EmitFoldsMove();
            _il.Emit(OpCodes.Brtrue, single);
            EmitRowLoop(rows, _rowAddresses.Length);
            _il.MarkLabel(single);
        }
        EmitRowLoop(rows, 1);
        _il.Emit(OpCodes.Ret);
    }

    /// <summary>while (rows ≥ count) { count rows }</summary>
    private void EmitRowLoop(LocalBuilder rows, int count)
    {
        Label next = _il.DefineLabel();
        Label done = _il.DefineLabel();
        _il.MarkLabel(next);
        _il.Emit(OpCodes.Ldloc, rows);
        _il.Emit(OpCodes.Ldc_I4, count);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Blt, done);
        EmitRow(count);
        EmitStep(count - 1, 0);
        _il.Emit(OpCodes.Ldloc, rows);
        _il.Emit(OpCodes.Ldc_I4, count);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, rows);
        _il.Emit(OpCodes.Br, next);
        _il.MarkLabel(done);
    }

    // Not 0 when the output of a fold moves from row to row.
    private void EmitFoldsMove()
    {
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        foreach (LoopInstruction fold in _kernel.Body.Where(i => Folds.IsFold(i.Op)))
        {
            LoadArgument(5 + 3 * fold.B);
            _il.Emit(OpCodes.Or);
        }
    }

    // From the address of each operand in one row to that in the next.
    private void EmitStep(int from, int to)
    {
        for (int k = 0; k < _addresses.Length; k++)
        {
            _il.Emit(OpCodes.Ldloc, _rowAddresses[from][k]);
            LoadArgument(5 + 3 * k);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, _rowAddresses[to][k]);
        }
    }

    private void EmitRow(int rows)
    {
        for (int row = 1; row < rows; row++) EmitStep(row - 1, row);
        for (int row = 0; row < rows; row++)
        {
            Enter(row);
            for (int i = 0; i < _kernel.Body.Length; i++)
            {
                LoopInstruction instruction = _kernel.Body[i];
                if (instruction.Op != "load" || _kernel.Operands[instruction.A].Access != Access.Broadcast) continue;
                EmitBroadcastLoad(instruction.A);
                _il.Emit(OpCodes.Stloc, _values[i]);
            }
        }
        Enter(0);
        for (int i = 0; i < _kernel.Body.Length; i++) EmitIdentities(i);
        EmitZero(_column);
        bool inBlocks = Array.Exists(_levels, level => level > 0);
        if (inBlocks) EmitBlocks();
        else if (_unroll > 1) EmitLoop(_unroll, _columns, rows);
        if (_unroll > 1 || !inBlocks) EmitLoop(1, _columns, rows);
        EmitTail(rows);
        for (int i = 0; i < _kernel.Body.Length; i++)
        {
            if (_accumulators[i].Length > 0) EmitFinish(i);
        }
    }

    /// <summary>while (column + count·copies ≤ end) { body × copies }</summary>
    private void EmitLoop(int copies, LocalBuilder end, int rows)
    {
        Label test = _il.DefineLabel();
        Label body = _il.DefineLabel();
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(body);
        for (int copy = 0; copy < copies; copy++)
        {
            EmitBody(copy, partial: false, rows);
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

    private void EmitTail(int rows)
    {
        Label none = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, _column);
        _il.Emit(OpCodes.Ldloc, _columns);
        _il.Emit(OpCodes.Bge, none);
        EmitBody(copy: 0, partial: true, rows);
        _il.MarkLabel(none);
    }

    private void EmitBody(int copy, bool partial, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            Enter(row);
            for (int i = 0; i < _kernel.Body.Length; i++)
            {
                LoopInstruction instruction = _kernel.Body[i];
                if (instruction.Op == "load") EmitLoad(i, partial);
                else if (instruction.Op == "store") EmitStore(_values[instruction.A], instruction.DType, instruction.B, partial);
                else if (IsRowFold(_kernel, instruction)) EmitAccumulate(i, copy, partial);
                else if (!Folds.IsFold(instruction.Op)) EmitPointwise(i, partial);
            }
        }
        Enter(0);
        for (int i = 0; i < _kernel.Body.Length; i++)
        {
            if (Folds.IsFold(_kernel.Body[i].Op) && _accumulators[i].Length == 0) EmitFoldInMemory(i, partial, rows);
        }
    }
}
