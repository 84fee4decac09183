using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Gpu;

/// <summary>Tensors that are moved, and indices that are read.</summary>
internal static class Move
{
    /// <summary>Puts a copy of a row into the queue.</summary>
    public static void Row(GpuDevice device, TensorData row, TensorData to, long at) => device.Driver.Copy(
        ((GpuBuffer)row.Buffer).Handle, row.Offset, ((GpuBuffer)to.Buffer).Handle, to.Offset + at * row.Layout.Bytes, row.Layout.Bytes);

    /// <summary>An index as it is now.</summary>
    public static long Read(this IndexSlot index, GpuFrame frame) => index.IsLong
        ? BitConverter.ToInt64(frame.Bytes(index.Slot, 8 * index.Offset, 8))
        : BitConverter.ToInt32(frame.Bytes(index.Slot, 4 * index.Offset, 4));

    /// <summary>An element of a padded list after its last one.</summary>
    public static TensorData Zeros(GpuFrame frame, TensorLayout layout) =>
        layout.Type.IsList ? frame.ListOf(layout, new TensorList([])) : frame.Device.From(Literal.Zeros(layout.Type));
}

internal sealed class ListNewStep(ListNewCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame) => frame.Set(Writes[0], frame.ListOf(c.Layout, new TensorList([])));
}

/// <summary>Two lists element by element; after the end of the shorter one, what the longer one has.</summary>
internal sealed class ListAddStep(ListAddCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame) =>
        frame.Set(Writes[0], Add(frame, c.Layout, frame.Tensor(Reads[0]).List!, frame.Tensor(Reads[1]).List!));

    private static TensorData Add(GpuFrame frame, TensorLayout layout, TensorList left, TensorList right)
    {
        if (left.Count < right.Count) (left, right) = (right, left);
        if (right.Count == 0) return frame.ListOf(layout, left);
        var sums = new TensorData[left.Count];
        for (int i = 0; i < sums.Length; i++)
        {
            TensorData element = left[i];
            if (i >= right.Count) element.Retain();
            else element = element.List is { } inner ? Add(frame, element.Layout, inner, right[i].List!)
                : frame.Device.RunSingle(OpDefs.Add, Attrs.Empty, element, right[i]);
            sums[i] = element;
        }
        return frame.ListOf(layout, new TensorList(sums));
    }
}

/// <summary>The rows of a tensor as a list; they share its memory.</summary>
internal sealed class ListOfStep(ListOfCommand c) : GpuStep(c)
{
    private readonly TensorLayout _row = TensorLayout.Of(c.Layout.Type.Element);

    public override void Run(GpuFrame frame)
    {
        TensorData tensor = frame.Take(Reads[0], c.Layout);
        var rows = new TensorData[c.Layout.Sizes[0]];
        for (int i = 0; i < rows.Length; i++) rows[i] = tensor.Row(i, _row);
        tensor.Release();
        frame.Set(Writes[0], frame.ListOf(c.ListLayout, new TensorList(rows)));
    }
}

internal sealed class ListCountStep(ListCountCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        (GpuBuffer buffer, long offset) = frame.Place(Writes[0]);
        frame.Device.Driver.Write(buffer.Handle, offset, BitConverter.GetBytes((long)frame.Tensor(Reads[0]).List!.Count));
    }
}

internal sealed class ListGetStep(ListGetCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        frame.ThrowFaults();
        long index = c.Index.Read(frame);
        if (index < 0 || (index >= list.Count && c.Padding is null)) throw OpDefs.OutOfList(index, list.Count, c.Node.Source.OrCaller());
        if (index >= list.Count)
        {
            frame.Set(Writes[0], Move.Zeros(frame, c.Padding!));
            return;
        }
        TensorData element = list[index];
        element.Retain();
        frame.Set(Writes[0], element);
    }
}

internal sealed class ListSetStep(ListSetCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        frame.ThrowFaults();
        long index = c.Index.Read(frame);
        if (index < 0 || (index > list.Count && c.Padding is null)) throw OpDefs.OutOfList(index, list.Count, c.Node.Source.OrCaller());
        while (list.Count < index) list = list.Add(Move.Zeros(frame, c.Padding!));
        TensorData element = frame.Take(Reads[2], c.ElementLayout);
        frame.Set(Writes[0], frame.ListOf(c.ListLayout, index == list.Count ? list.Add(element) : list.With(index, element)));
    }
}

internal sealed class ListStackStep(ListStackCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        if (list.Count != c.Layout.Sizes[0] && c.Padding is null)
            Throw.Internal($"list_stack: {list.Count} elements where {c.Layout.Sizes[0]} were expected");
        TensorData result = frame.Device.Allocate(c.Layout);
        for (int i = 0; i < c.Layout.Sizes[0]; i++)
        {
            TensorData element = i < list.Count ? list[i] : Move.Zeros(frame, c.Padding!);
            if (element.Strings is { } text) text.CopyTo(result.Strings!, i * text.Length);
            else Move.Row(frame.Device, element, result, i);
        }
        frame.Set(Writes[0], result);
    }
}
