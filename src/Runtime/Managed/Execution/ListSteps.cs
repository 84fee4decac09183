using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>The elements of a padded list after its last one.</summary>
internal static unsafe class Padding
{
    public static TensorData Zeros(Frame frame, TensorLayout layout)
    {
        if (layout.Type.IsList) return frame.ListOf(layout, new TensorList([]));
        TensorData zeros = frame.Device.Allocate(layout);
        if (zeros.Strings is { } text) Array.Fill(text, "");
        else System.Runtime.InteropServices.NativeMemory.Clear(zeros.Address(), (nuint)layout.Bytes);
        return zeros;
    }
}

internal sealed class ListNewStep(ListNewCommand c) : Step(c)
{
    private readonly TensorLayout _layout = c.Layout;

    public override void Run(Frame frame) => frame.Set(Writes[0], frame.ListOf(_layout, new TensorList([])));
}

/// <summary>Two lists element by element; behind the end of the shorter one, what the longer one has.</summary>
internal sealed class ListAddStep(ListAddCommand c) : Step(c)
{
    private readonly TensorLayout _layout = c.Layout;

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
            else element = element.List is { } inner ? Add(frame, element.Layout, inner, right[i].List!) : frame.Device.RunSingle(OpDefs.Add,
                Attrs.Empty, element, right[i]);
            sums[i] = element;
        }
        return frame.ListOf(layout, new TensorList(sums));
    }
}

/// <summary>The rows of a tensor as a list; they share its memory.</summary>
internal sealed class ListOfStep(ListOfCommand c) : Step(c)
{
    private readonly TensorLayout _layout = c.Layout;
    private readonly TensorLayout _row = TensorLayout.Of(c.Layout.Type.Element);
    private readonly TensorLayout _list = c.ListLayout;

    public override void Run(Frame frame)
    {
        TensorData tensor = frame.Take(Reads[0], _layout);
        var rows = new TensorData[_layout.Sizes[0]];
        for (int i = 0; i < rows.Length; i++) rows[i] = tensor.Row(i, _row);
        tensor.Release();
        frame.Set(Writes[0], frame.ListOf(_list, new TensorList(rows)));
    }
}

internal sealed unsafe class ListCountStep(ListCountCommand c) : Step(c)
{
    public override void Run(Frame frame) => *(long*)frame.Address(Writes[0]) = frame.Tensor(Reads[0]).List!.Count;
}

internal sealed class ListGetStep(ListGetCommand c) : Step(c)
{
    private readonly IndexSlot _index = c.Index;
    private readonly TensorLayout? _padding = c.Padding;
    private readonly Node _node = c.Node;

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        long index = _index.Read(frame);
        if (index < 0 || (index >= list.Count && _padding is null)) throw OpDefs.OutOfList(index, list.Count, _node.Source.OrCaller());
        if (index >= list.Count)
        {
            frame.Set(Writes[0], Padding.Zeros(frame, _padding!));
            return;
        }
        TensorData element = list[index];
        element.Retain();
        frame.Set(Writes[0], element);
    }
}

internal sealed class ListSetStep(ListSetCommand c) : Step(c)
{
    private readonly IndexSlot _index = c.Index;
    private readonly TensorLayout _element = c.ElementLayout;
    private readonly TensorLayout _list = c.ListLayout;
    private readonly TensorLayout? _padding = c.Padding;
    private readonly Node _node = c.Node;

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        long index = _index.Read(frame);
        if (index < 0 || (index > list.Count && _padding is null)) throw OpDefs.OutOfList(index, list.Count, _node.Source.OrCaller());
        while (list.Count < index) list = list.Add(Padding.Zeros(frame, _padding!));
        TensorData element = frame.Take(Reads[2], _element);
        frame.Set(Writes[0], frame.ListOf(_list, index == list.Count ? list.Add(element) : list.With(index, element)));
    }
}

internal sealed unsafe class ListStackStep(ListStackCommand c) : Step(c)
{
    private readonly TensorLayout _layout = c.Layout;
    private readonly TensorLayout? _padding = c.Padding;

    public override void Run(Frame frame)
    {
        TensorList list = frame.Tensor(Reads[0]).List!;
        if (list.Count != _layout.Sizes[0]
            && _padding is null) Throw.Internal($"list_stack: {list.Count} elements where {_layout.Sizes[0]} were expected");
        TensorData result = frame.Device.Allocate(_layout);
        for (int i = 0; i < _layout.Sizes[0]; i++)
        {
            TensorData element = i < list.Count ? list[i] : Padding.Zeros(frame, _padding!);
            if (element.Strings is { } text) text.CopyTo(result.Strings!, i * text.Length);
            else System.Buffer.MemoryCopy(element.Address(), result.Address() + i * element.Layout.Bytes, element.Layout.Bytes, element.Layout.Bytes);
            GC.KeepAlive(element);
        }
        frame.Set(Writes[0], result);
    }
}
