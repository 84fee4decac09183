using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>What stands behind the last element of a padded list.</summary>
internal sealed unsafe class Padding(TensorLayout layout)
{
    public TensorData Zeros(Frame frame)
    {
        if (layout.Type.IsList) return frame.ListOf(layout, new TensorList([]));
        TensorData zeros = frame.Device.Allocate(layout);
        if (zeros.Strings is { } text) Array.Fill(text, "");
        else new Span<byte>(zeros.Address(), checked((int)layout.Bytes)).Clear();
        return zeros;
    }
}

internal sealed class ListNewStep : Step
{
    private readonly TensorLayout _layout;

    public ListNewStep(int list, TensorLayout layout)
    {
        _layout = layout;
        Writes = [list];
    }

    public override void Run(Frame frame) => frame.Set(Writes[0], frame.ListOf(_layout, new TensorList([])));

    public override string Describe() => $"list_new -> s{Writes[0]}";
}

/// <summary>Two lists element by element; behind the end of the shorter one, what the longer one has.</summary>
internal sealed class ListAddStep : Step
{
    private readonly TensorLayout _layout;

    public ListAddStep(int left, int right, int result, TensorLayout layout)
    {
        _layout = layout;
        Reads = [left, right];
        Writes = [result];
    }

    public override void Run(Frame frame) => frame.Set(Writes[0], Add(frame, _layout, frame.Tensor(Reads[0]).List!, frame.Tensor(Reads[1]).List!));

    private static TensorData Add(Frame frame, TensorLayout layout, TensorList left, TensorList right)
    {
        if (left.Count < right.Count) (left, right) = (right, left);
        if (right.Count == 0) return frame.ListOf(layout, left);
        var sums = new TensorData[left.Count];
        for (int i = 0; i < sums.Length; i++)
        {
            TensorData element = left[i];
            if (i >= right.Count) element.Retain();
            else element = element.List is { } inner ? Add(frame, element.Layout, inner, right[i].List!) : frame.Device.RunSingle(Op.Add, Attrs.Empty, element, right[i]);
            sums[i] = element;
        }
        return frame.ListOf(layout, new TensorList(sums));
    }

    public override string Describe() => $"list_add (s{Reads[0]}, s{Reads[1]}) -> s{Writes[0]}";
}

/// <summary>The rows of a tensor as a list; they share its memory.</summary>
internal sealed class ListOfStep : Step
{
    private readonly TensorLayout _layout;
    private readonly TensorLayout _row;
    private readonly TensorLayout _list;

    public ListOfStep(int tensor, int list, TensorLayout layout, TensorLayout listLayout)
    {
        (_layout, _list) = (layout, listLayout);
        _row = TensorLayout.Of(layout.Type.Element);
        Reads = [tensor];
        Writes = [list];
    }

    public override void Run(Frame frame)
    {
        TensorData tensor = frame.Take(Reads[0], _layout);
        var rows = new TensorData[_layout.Sizes[0]];
        for (int i = 0; i < rows.Length; i++) rows[i] = tensor.Row(i, _row);
        tensor.Release();
        frame.Set(Writes[0], frame.ListOf(_list, new TensorList(rows)));
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
    private readonly Padding? _padding;
    private readonly Node _node;

    public ListGetStep(int list, ListIndex index, int element, Padding? padding, Node node)
    {
        (_index, _padding, _node) = (index, padding, node);
        Reads = [list, index.Slot];
        Writes = [element];
    }

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        long index = _index.Read(frame);
        if (index < 0 || (index >= list.Count && _padding is null)) throw Op.OutOfList(index, list.Count, _node.Source.OrCaller());
        if (index >= list.Count)
        {
            frame.Set(Writes[0], _padding!.Zeros(frame));
            return;
        }
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
    private readonly Padding? _padding;
    private readonly Node _node;

    public ListSetStep(int list, ListIndex index, int element, int result, TensorLayout elementLayout, TensorLayout listLayout, Padding? padding, Node node)
    {
        (_index, _element, _list, _padding, _node) = (index, elementLayout, listLayout, padding, node);
        Reads = [list, index.Slot, element];
        Writes = [result];
    }

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        long index = _index.Read(frame);
        if (index < 0 || (index > list.Count && _padding is null)) throw Op.OutOfList(index, list.Count, _node.Source.OrCaller());
        while (list.Count < index) list = list.Add(_padding!.Zeros(frame));
        TensorData element = frame.Take(Reads[2], _element);
        frame.Set(Writes[0], frame.ListOf(_list, index == list.Count ? list.Add(element) : list.With(index, element)));
    }

    public override string Describe() => $"list_set (s{Reads[0]}, s{Reads[2]}) -> s{Writes[0]}";
}

internal sealed unsafe class ListStackStep : Step
{
    private readonly TensorLayout _layout;
    private readonly Padding? _padding;

    public ListStackStep(int list, int result, TensorLayout layout, Padding? padding)
    {
        (_layout, _padding) = (layout, padding);
        Reads = [list];
        Writes = [result];
    }

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        if (list.Count != _layout.Sizes[0] && _padding is null) Throw.Internal($"list_stack: {list.Count} elements where {_layout.Sizes[0]} were expected");
        TensorData result = frame.Device.Allocate(_layout);
        for (int i = 0; i < _layout.Sizes[0]; i++)
        {
            TensorData element = i < list.Count ? list[i] : _padding!.Zeros(frame);
            if (element.Strings is { } text) text.CopyTo(result.Strings!, i * text.Length);
            else System.Buffer.MemoryCopy(element.Address(), result.Address() + i * element.Layout.Bytes, element.Layout.Bytes, element.Layout.Bytes);
            GC.KeepAlive(element);
        }
        frame.Set(Writes[0], result);
    }

    public override string Describe() => $"list_stack s{Reads[0]} -> s{Writes[0]}";
}
