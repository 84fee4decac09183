using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Managed;
using Numerics = System.Numerics.Tensors;

namespace TensorGraph;

/// <summary>Tensors as spans, and as tensors of <c>System.Numerics.Tensors</c> and back.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// The elements, row-major, where they are: no copy on the managed device; a copy from others. Waits for the value.
    /// </summary>
    /// <remarks>
    /// The span is valid while the tensor is: it does not keep the tensor alive. Write <c>using Tensor x = …;</c>, or <c>GC.KeepAlive(x)</c> after
    /// the last use of the span. Errors: TG1001 for a symbolic tensor; TG1008; TG2002 another dtype; TG2004 more elements than a span can have.
    /// </remarks>
    /// <typeparam name="T">The dtype's .NET type.</typeparam>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        var data = Data;
        if (typeof(T) != DType.Clr())
            throw CannotRead("as_span", typeof(T));
        if (data.Layout.Count > Array.MaxLength)
            Throw.Range("as_span", $"a {Type} has more elements than a span can have", "Read it part by part: slice it.");
        return data.Elements<T>();
    }

    /// <summary>As <see cref="AsSpan{T}"/>, with the axes of the tensor; a tensor without axes gets one of size 1.</summary>
    /// <inheritdoc cref="AsSpan{T}"/>
    public Numerics.ReadOnlyTensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged => new(AsSpan<T>(), Lengths());

    /// <summary>A copy as a tensor of <c>System.Numerics.Tensors</c>; a tensor without axes gets one of size 1.</summary>
    /// <typeparam name="T">The dtype's .NET type.</typeparam>
    /// <exception cref="GraphException">TG1001 for a symbolic tensor, TG2002 another dtype.</exception>
    public Numerics.Tensor<T> ToNumerics<T>()
        where T : unmanaged => Numerics.Tensor.Create(ToArray<T>(), Lengths());

    /// <summary>Copies the elements into memory of the program that has the same sizes, whatever its strides.</summary>
    /// <exception cref="GraphException">TG1001 for a symbolic tensor, TG2001 other sizes, TG2002 another dtype.</exception>
    [OverloadResolutionPriority(-1)]
    public void CopyTo<T>(Numerics.TensorSpan<T> destination)
        where T : unmanaged
    {
        var from = AsTensorSpan<T>();
        if (!from.Lengths.SequenceEqual(destination.Lengths))
            Throw.Shape("copy_to", $"a {Type} does not fit [{string.Join(", ", destination.Lengths.ToArray())}]", "Use a span of these sizes.");
        from.CopyTo(destination);
        GC.KeepAlive(this);
    }

    /// <summary>A tensor with a copy of the elements, whatever their strides.</summary>
    /// <exception cref="GraphException">TG2002 for a bad element type.</exception>
    [OverloadResolutionPriority(-1)]
    public static Tensor From<T>(Numerics.ReadOnlyTensorSpan<T> values)
        where T : unmanaged
    {
        // A span that is not made yet has no axes and no elements.
        var sizes = new long[Math.Max(1, values.Rank)];
        for (int axis = 0; axis < values.Rank; axis++)
            sizes[axis] = values.Lengths[axis];
        if (values.IsEmpty)
            return FromSpan<T>([], sizes);
        if (values.IsDense)
            return FromSpan<T>(MemoryMarshal.CreateReadOnlySpan(in values.GetPinnableReference(), checked((int)values.FlattenedLength)), sizes);
        var flat = new T[values.FlattenedLength];
        values.FlattenTo(flat);
        return FromSpan<T>(flat, sizes);
    }

    /// <summary>A tensor with a copy of the elements, whatever their strides.</summary>
    /// <exception cref="GraphException">TG1002; TG2002 for a bad element type.</exception>
    public static Tensor From<T>(Numerics.Tensor<T> values)
        where T : unmanaged => From(Check.NotNull(values).AsReadOnlyTensorSpan());

    private static Tensor FromSpan<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> sizes)
        where T : unmanaged
    {
        if (!DTypes.TryFromClr(typeof(T), out var dtype))
            throw NoDType(typeof(T));
        return new(Backends.TensorData.From(new(dtype, new Shape(sizes)), values));
    }

    private nint[] Lengths() => Rank == 0 ? [1] : [.. Type.Shape.Select(size => (nint)size.Value)];
}
