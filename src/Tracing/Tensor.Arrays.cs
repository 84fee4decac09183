using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Tensors as arrays of C#. Casts take the dtype and the number of axes that the array has, and no other.</summary>
public sealed partial class Tensor
{
    /// <summary>Copies the elements, row-major, into memory of the program, without an array in between.</summary>
    /// <typeparam name="T">The dtype's .NET type.</typeparam>
    /// <exception cref="GraphException">TG1001 for a symbolic tensor, TG2001 another number of elements, TG2002 another dtype.</exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        var data = Data;
        if (typeof(T) != DType.Clr())
            throw CannotRead("copy_to", typeof(T));
        if (destination.Length != data.Layout.Count)
            Throw.Shape("copy_to", $"a {Type} has {data.Layout.Count} elements, the span {destination.Length}", "Use a span of that length.");
        data.CopyTo(destination);
    }

    /// <summary>The elements of a vector.</summary>
    public static explicit operator float[](Tensor value) => (float[])Check.NotNull(value).ArrayOf<float>(1);

    /// <summary>The elements of a vector.</summary>
    public static explicit operator double[](Tensor value) => (double[])Check.NotNull(value).ArrayOf<double>(1);

    /// <summary>The elements of a vector.</summary>
    public static explicit operator int[](Tensor value) => (int[])Check.NotNull(value).ArrayOf<int>(1);

    /// <summary>The elements of a vector.</summary>
    public static explicit operator long[](Tensor value) => (long[])Check.NotNull(value).ArrayOf<long>(1);

    /// <summary>The elements of a vector.</summary>
    public static explicit operator bool[](Tensor value) => (bool[])Check.NotNull(value).ArrayOf<bool>(1);

    /// <summary>The elements of a vector.</summary>
    public static explicit operator byte[](Tensor value) => (byte[])Check.NotNull(value).ArrayOf<byte>(1);

    /// <summary>The elements of a vector.</summary>
    public static explicit operator string[](Tensor value) => (string[])Check.NotNull(value).ArrayOf<string>(1);

    /// <summary>The elements of a matrix.</summary>
    public static explicit operator float[,](Tensor value) => (float[,])Check.NotNull(value).ArrayOf<float>(2);

    /// <summary>The elements of a matrix.</summary>
    public static explicit operator double[,](Tensor value) => (double[,])Check.NotNull(value).ArrayOf<double>(2);

    /// <summary>The elements of a matrix.</summary>
    public static explicit operator int[,](Tensor value) => (int[,])Check.NotNull(value).ArrayOf<int>(2);

    /// <summary>The elements of a tensor with three axes.</summary>
    public static explicit operator float[,,](Tensor value) => (float[,,])Check.NotNull(value).ArrayOf<float>(3);

    // An array with as many axes as the tensor.
    private Array ArrayOf<T>(int rank)
    {
        T[] flat = ToArray<T>();
        if (Rank != rank)
            Throw.Rank("to_array", $"a {Type} is no array of {rank} axes", "Reshape or index it, or use ToArray, which gives the elements row-major.");
        if (rank == 1)
            return flat;
        var array = Array.CreateInstance(typeof(T), Type.Shape.ToArray());
        flat.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), flat.Length));
        return array;
    }

    private GraphException CannotRead(string op, Type type) => new(DiagnosticIds.DTypeMismatch, $"{op}: a {Type} can't be read as {type.Name}",
        $"Read it as {DType.Clr().Name}, or Cast it first.", SourceSpan.Capture());
}
