using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A growable sequence of tensors of one element type and shape. In a graph function it may be read and changed inside branches and loops that
/// a tensor decides, also by a method that they call. <c>foreach</c> over it is a loop of the graph.
/// </summary>
/// <remarks>
/// Shape and DType: those of the first element, or of the constructor; an array whose first use in a graph loop is a read needs the constructor.
/// Errors: TG2001, TG2002 an element of another type; TG2004 an index out of range; TG3004 a loop cannot carry it; TG7004 made outside of the graph
/// function that uses it. Gradient: through every member. Source: tf.TensorArray, System.Collections.Generic.List.
/// </remarks>
/// <example>
/// <code>
/// Console.WriteLine(Model.Powers(2f, 4f)); // [1, 2, 4, 8]
///
/// public static partial class Model
/// {
///     [GraphFunction]
///     public static Tensor Powers(Tensor x, Tensor count)
///     {
///         var powers = new TensorArray();
///         Tensor power = 1f;
///         foreach (Tensor i in Ops.Range(count))
///         {
///             powers.Add(power);
///             power = power * x;
///         }
///
///         return powers.Stack();
///     }
/// }
/// </code>
/// </example>
public sealed class TensorArray : IEnumerable<Tensor>
{
    private readonly TraceContext? _trace;
    private readonly ControlScope? _home;
    private bool _isArgument;

    /// <summary>An empty array; the first element says which elements it holds.</summary>
    public TensorArray()
    {
        _trace = ExecutionContext.Current as TraceContext;
        _home = _trace?.Frames.LastOrDefault();
        State = new ArrayState.Items([]);
    }

    /// <summary>An array that counts as made in an open branch or loop, or ahead of them all.</summary>
    internal TensorArray(ControlScope? home, ImmutableList<Tensor> elements)
    {
        _trace = (TraceContext)ExecutionContext.Current;
        _home = home;
        State = new ArrayState.Items(elements);
        ElementType = elements[0].GraphType;
    }

    /// <summary>An empty array for elements of one type.</summary>
    public TensorArray(DType dtype, Shape elementShape)
        : this() => ElementType = new TensorType(dtype, elementShape.InGraph);

    /// <summary>The number of elements, as an i64 scalar.</summary>
    public Tensor Count
    {
        get
        {
            Touch("Count");
            return State.Count;
        }
    }

    /// <summary>Type of the elements; null until there is one.</summary>
    internal TensorType? ElementType { get; private set; }

    /// <summary>Facts about the elements at this place of the program.</summary>
    internal ArrayState State { get; set; }

    /// <summary>The element at an index. Errors: TG2004.</summary>
    [IndexerName("Element")]
    public Tensor this[int index]
    {
        get => this[(Tensor)(long)index];
        set => this[(Tensor)(long)index] = value;
    }

    /// <summary>The element at an index; <c>^1</c> is the last one. Errors: TG2004.</summary>
    [IndexerName("Element")]
    public Tensor this[Index index]
    {
        get => this[index.IsFromEnd ? Count - (long)index.Value : (long)index.Value];
        set => this[index.IsFromEnd ? Count - (long)index.Value : (long)index.Value] = value;
    }

    /// <summary>The element at an index that is data, i32 or i64. Errors: TG2004, when the graph runs.</summary>
    [IndexerName("Element")]
    public Tensor this[Tensor index]
    {
        get
        {
            Touch("the indexer");
            var at = Position(index);
            if (!IsThere(at, State.Count))
                return Ops.Zeros(TypeOrThrow("the indexer"));
            return State.Get(at);
        }
        set
        {
            var element = Fit(value, "an element");
            Change("the indexer");
            var at = Position(index);
            if (IsThere(at, State.Count))
                State = State.Set(at, element);
        }
    }

    /// <summary>An array with the entries of a tensor along its first axis.</summary>
    public static TensorArray From(Tensor rows)
    {
        if (Check.NotNull(rows).Rank == 0)
            Throw.Rank("tensor array", $"a {rows.Type} has no axis to take elements from", "Pass a tensor with at least one axis.");
        rows = Own(rows);
        return new(rows.DType, rows.GraphType.Element.Shape) { State = new ArrayState.Rows(rows, Ops.Size(rows), IsFull: true) };
    }

    /// <summary>Adds an element at the end. Errors: TG2001, TG2002 when its type is not that of the other elements.</summary>
    public void Add(Tensor element)
    {
        element = Fit(element, "the new element");
        Change("Add");
        State = State.Add(element);
    }

    /// <summary>Adds a C# number at the end, of the dtype of the other elements. Errors: TG2001 when those have axes; TG2005.</summary>
    public void Add(Scalar element) => Add(ElementType is { } type ? element.To(type.DType) : element);

    /// <summary>Takes the last element away and gives it. Errors: TG2004 when there is none, in a graph when it runs.</summary>
    public Tensor Pop()
    {
        Change("Pop");
        var last = State.Count - 1;
        if (!IsThere(last, State.Count))
            return Ops.Zeros(TypeOrThrow("Pop"));
        var element = State.Get(last);
        State = State.WithoutLast(TypeOrThrow("Pop"));
        return element;
    }

    /// <summary>Removes all elements.</summary>
    public void Clear()
    {
        Change("Clear");
        State = new ArrayState.Items([]);
    }

    /// <summary>
    /// The elements along a new axis. Shape: count at <paramref name="axis"/>. Errors: TG3004 when the element type is not known yet.
    /// </summary>
    public Tensor Stack(int axis = 0)
    {
        Touch("Stack");
        var element = TypeOrThrow("Stack");
        return ToAxis(State.Stack(element), Ops.Axis("stack", axis, element.Rank + 1));
    }

    /// <summary>The elements one after the other along one of their axes. Errors: TG3004 when the element type is not known yet.</summary>
    public Tensor Concat(int axis = 0)
    {
        Touch("Concat");
        var element = TypeOrThrow("Concat");
        int at = Ops.Axis("concat", axis, element.Rank);
        var stacked = ToAxis(State.Stack(element), at);
        return Ops.Reshape(stacked, [.. stacked.Shape.Dims.RemoveAt(at).SetItem(at, stacked.Shape[at] * stacked.Shape[at + 1])]);
    }

    /// <summary>The elements in order, also those that are added on the way.</summary>
    public IEnumerator<Tensor> GetEnumerator()
    {
        for (long i = 0; i < (long)Count; i++)
            yield return this[(Tensor)i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary><c>TensorArray of f32[3]</c></summary>
    public override string ToString() => $"TensorArray of {ElementType?.ToString() ?? "nothing yet"}";

    /// <summary>The array as an argument or result of a graph function: its elements, or null while there is no element type.</summary>
    internal Tensor? Pack() => ElementType is null ? null : Stack();

    /// <summary>The list that <see cref="Pack"/> packed. The argument of a graph function is the caller's: it must not change.</summary>
    internal static TensorArray Unpack(Tensor? rows, bool isArgument)
    {
        var array = rows is null ? new TensorArray() : From(rows);
        array._isArgument = isArgument;
        return array;
    }

    // Every branch and loop between the place where the array was made and this one takes part.
    private void Touch(string use)
    {
        var trace = ExecutionContext.Current as TraceContext;
        if (trace != _trace)
        {
            throw _trace is null
                ? new GraphException(DiagnosticIds.ArrayFromOutside,
                $"tensor array: one made outside of graph function '{trace!.Name}' is used in it", "Pass it as an argument, or make it inside.",
                SourceSpan.Capture())
                : EscapedTensorException.For(this, _trace);
        }

        if (trace is null || trace.Frames.Count == 0)
            return;
        int first = _home is null ? 0 : trace.Frames.IndexOf(_home) + 1;
        for (int i = first; i < trace.Frames.Count; i++)
        {
            if (!trace.Frames[i].Knows(this))
                trace.Frames[i].Enter(this, trace.Frames[i].NeedsType ? TypeOrThrow(use) : default);
        }
    }

    private void Change(string use)
    {
        Placement.Current?.Arrays.Add(this);
        Touch(use);
        if (_isArgument)
        {
            throw new GraphException(
                DiagnosticIds.ArrayFromOutside, "tensor array: a graph function changes one that is its argument, which the caller would not see",
                "Change a copy, TensorArray.From(array.Stack()), and return it.", SourceSpan.Capture());
        }
    }

    private TensorType TypeOrThrow(string use) => ElementType ?? throw new GraphException(
        DiagnosticIds.ArrayNotCarried, $"tensor array: {use} is reached before the first element is known, so its type is not known yet",
        "Give the type where the array is made: new TensorArray(DType.F32, [3]).", SourceSpan.Capture());

    // True if the index is right, or will be checked when the graph runs; false if it is known to be wrong, but only if the place is reached.
    private bool IsThere(Tensor index, Tensor count)
    {
        if (!index.IsSymbolic && !count.IsSymbolic)
        {
            long at = (long)index, size = (long)count;
            if (at >= 0 && at < size)
                return true;
            if (_trace is null || _trace.Frames.Count == 0)
                throw OpDefs.OutOfList(at, size, SourceSpan.Capture());
        }

        Ops.CheckIndex(index, count);
        return count.IsSymbolic || (long)count > 0;
    }

    private static Tensor Position(Tensor index)
    {
        if (Check.NotNull(index).Rank != 0 || index.DType is not (DType.I32 or DType.I64))
            Throw.DType("tensor array", $"the index is {index.Type}", "An index is an i32 or i64 scalar.");
        return index.DType == DType.I64 ? index : index.Cast(DType.I64);
    }

    private Tensor Fit(Tensor element, string what)
    {
        var type = Check.NotNull(element).GraphType;
        var wanted = ElementType ??= type;
        if (type == wanted)
            return Own(element);
        if (type.DType != wanted.DType)
            Throw.DType("tensor array", $"the elements are {wanted}, {what} is {type}", "All elements of an array have one type: cast it.");
        if (type.Rank != wanted.Rank || type.Shape.Zip(wanted.Shape)
            .Any(pair => pair.First.IsConstant && pair.Second.IsConstant && pair.First != pair.Second))
            Throw.Shape("tensor array", $"the elements are {wanted}, {what} is {type}",
                "All elements of an array have one shape: reshape or pad it.");
        return Ops.Reshape(element, wanted.Shape.Dims.AsSpan());
    }

    // An element does not change, and what another library may write to does. A reshape copies it, with its gradient.
    private static Tensor Own(Tensor element) => element.IsBorrowed
        ? Dispatch.Run(OpDefs.Reshape, Attrs.Of("shape", element.GraphType.Shape), element)
        : element;

    private static Tensor ToAxis(Tensor stacked, int axis)
    {
        if (axis == 0)
            return stacked;
        int[] order = [.. Enumerable.Range(1, axis), 0, .. Enumerable.Range(axis + 1, stacked.Rank - axis - 1)];
        return Ops.Transpose(stacked, order);
    }
}
