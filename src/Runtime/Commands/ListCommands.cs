using TensorGraph.Ir;

namespace TensorGraph.Backends.Commands;

/// <summary>An empty list.</summary>
internal sealed record ListNewCommand(int List, TensorLayout Layout) : Command([], [List])
{
    public override string Describe() => $"list_new -> s{List}";
}

/// <summary>Two lists element by element; after the end of the shorter one, what the longer one has.</summary>
internal sealed record ListAddCommand(int Left, int Right, int Result, TensorLayout Layout) : Command([Left, Right], [Result])
{
    public override string Describe() => $"list_add (s{Left}, s{Right}) -> s{Result}";
}

/// <summary>The rows of a tensor as a list; they share its memory.</summary>
internal sealed record ListOfCommand(int Tensor, int List, TensorLayout Layout, TensorLayout ListLayout) : Command([Tensor], [List])
{
    public override string Describe() => $"list_of s{Tensor} -> s{List}";
}

/// <summary>Number of elements.</summary>
internal sealed record ListCountCommand(int List, int Count) : Command([List], [Count])
{
    public override string Describe() => $"list_count s{List} -> s{Count}";
}

/// <summary>An element; after the last one zeros of layout <c>Padding</c>, an error where that is null.</summary>
internal sealed record ListGetCommand(int List, IndexSlot Index, int Element, TensorLayout? Padding, Node Node)
    : Command([List, Index.Slot], [Element])
{
    public override string Describe() => $"list_get s{List} -> s{Element}";
}

/// <summary>The list with another element at an index, or behind its end.</summary>
internal sealed record ListSetCommand(
    int List, IndexSlot Index, int Element, int Result, TensorLayout ElementLayout, TensorLayout ListLayout, TensorLayout? Padding, Node Node)
    : Command([List, Index.Slot, Element], [Result])
{
    public override string Describe() => $"list_set (s{List}, s{Element}) -> s{Result}";
}

/// <summary>The elements as rows of one tensor.</summary>
internal sealed record ListStackCommand(int List, int Result, TensorLayout Layout, TensorLayout? Padding) : Command([List], [Result])
{
    public override string Describe() => $"list_stack s{List} -> s{Result}";
}
