using TensorGraph.Ir;

namespace TensorGraph.Backends.Execution;

/// <summary>The rows of a tensor as a list; they share its memory.</summary>
internal sealed class ListOfStep : Step
{
    private readonly TensorLayout _layout;
    private readonly TensorLayout _row;
    private readonly TensorLayout _list;

    public ListOfStep(int tensor, int list, TensorLayout layout, TensorLayout listLayout)
    {
        (_layout, _list) = (layout, listLayout);
        _row = TensorLayout.Of(layout.Type.As(new Shape(layout.Type.Shape.Dims.RemoveAt(0))));
        Reads = [tensor];
        Writes = [list];
    }

    public override void Run(Frame frame)
    {
        TensorData tensor = frame.Take(Reads[0], _layout);
        var rows = new TensorData[_layout.Sizes[0]];
        for (int i = 0; i < rows.Length; i++) rows[i] = tensor.Row(i, _row);
        tensor.Release();
        frame.Set(Writes[0], new TensorData(_list, new TensorList(rows)));
    }

    public override string Describe() => $"list_of s{Reads[0]} -> s{Writes[0]}";
}

internal sealed unsafe class ListCountStep : Step
{
    public ListCountStep(int list, int count)
    {
        Reads = [list];
        Writes = [count];
    }

    public override void Run(Frame frame) => *(long*)frame.Address(Writes[0]) = frame.Tensor(Reads[0]).List!.Count;

    public override string Describe() => $"list_count s{Reads[0]} -> s{Writes[0]}";
}

/// <summary>An index into a list, read when the step runs.</summary>
internal readonly unsafe record struct ListIndex(int Slot, bool IsLong, long Offset)
{
    public long Read(Frame frame) => IsLong ? ((long*)frame.Address(Slot))[Offset] : ((int*)frame.Address(Slot))[Offset];
}

internal sealed class ListGetStep : Step
{
    private readonly ListIndex _index;
    private readonly Node _node;

    public ListGetStep(int list, ListIndex index, int element, Node node)
    {
        (_index, _node) = (index, node);
        Reads = [list, index.Slot];
        Writes = [element];
    }

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        long index = _index.Read(frame);
        if (index < 0 || index >= list.Count) throw Op.OutOfList(index, list.Count, _node.Source.OrCaller());
        TensorData element = list[index];
        element.Retain();
        frame.Set(Writes[0], element);
    }

    public override string Describe() => $"list_get s{Reads[0]} -> s{Writes[0]}";
}

internal sealed class ListSetStep : Step
{
    private readonly ListIndex _index;
    private readonly TensorLayout _element;
    private readonly TensorLayout _list;
    private readonly Node _node;

    public ListSetStep(int list, ListIndex index, int element, int result, TensorLayout elementLayout, TensorLayout listLayout, Node node)
    {
        (_index, _element, _list, _node) = (index, elementLayout, listLayout, node);
        Reads = [list, index.Slot, element];
        Writes = [result];
    }

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        long index = _index.Read(frame);
        if (index < 0 || index > list.Count) throw Op.OutOfList(index, list.Count, _node.Source.OrCaller());
        TensorData element = frame.Take(Reads[2], _element);
        frame.Set(Writes[0], new TensorData(_list, index == list.Count ? list.Add(element) : list.With(index, element)));
    }

    public override string Describe() => $"list_set (s{Reads[0]}, s{Reads[2]}) -> s{Writes[0]}";
}

internal sealed unsafe class ListStackStep : Step
{
    private readonly TensorLayout _layout;

    public ListStackStep(int list, int result, TensorLayout layout)
    {
        _layout = layout;
        Reads = [list];
        Writes = [result];
    }

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        if (list.Count != _layout.Sizes[0]) Throw.Internal($"list_stack: {list.Count} elements where {_layout.Sizes[0]} were expected");
        TensorData result = TensorData.Allocate(_layout);
        for (int i = 0; i < list.Count; i++)
        {
            TensorData element = list[i];
            if (element.Strings is { } text) text.CopyTo(result.Strings!, i * text.Length);
            else System.Buffer.MemoryCopy(element.Data, result.Data + i * element.Layout.Bytes, element.Layout.Bytes, element.Layout.Bytes);
        }
        GC.KeepAlive(list);
        frame.Set(Writes[0], result);
    }

    public override string Describe() => $"list_stack s{Reads[0]} -> s{Writes[0]}";
}
