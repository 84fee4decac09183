using System.Collections;
using System.Runtime.InteropServices;

namespace TensorGraph.CompilerServices;

/// <summary>The elements of C# collections that branches and loops write: which tensors each is made of.</summary>
internal abstract class ElementType(string[] parts)
{
    /// <summary>The names of an element's tensors after the place of the element: empty for a tensor itself.</summary>
    public string[] Parts { get; } = parts;

    /// <summary>True for a collection whose elements are of this type.</summary>
    public abstract bool IsElementOf(object collection);

    /// <summary>The tensors of an element; nulls for one that is null.</summary>
    public abstract Tensor?[] Leaves(object? element);

    /// <summary>Puts an element made of <paramref name="leaves"/> into a list or array.</summary>
    public abstract void Put(IList list, int index, ReadOnlySpan<Tensor?> leaves);

    /// <summary>The element made of <paramref name="leaves"/>; null, or the default of a struct, if there are none.</summary>
    public abstract object? Element(ReadOnlySpan<Tensor?> leaves);
}

/// <inheritdoc cref="ElementType"/>
internal sealed class ElementType<T>(string[] parts, Func<T, Tensor?[]> leaves, Func<Tensor[], T> restore) : ElementType(parts)
{
    public override bool IsElementOf(object collection) =>
        collection is IList<T>
        || (collection is IDictionary && collection.GetType().GenericTypeArguments is [_, var element] && element == typeof(T));

    public override Tensor?[] Leaves(object? element) => element is null ? new Tensor?[Parts.Length] : leaves((T)element);

    public override void Put(IList list, int index, ReadOnlySpan<Tensor?> tensors)
    {
        var element = Restore(tensors);
        // C# code that walks through a list must not take this for a change of its own.
        if (list is List<T> items)
            CollectionsMarshal.AsSpan(items)[index] = element!;
        else
            list[index] = element;
    }

    public override object? Element(ReadOnlySpan<Tensor?> tensors) => Restore(tensors);

    private T? Restore(ReadOnlySpan<Tensor?> tensors) => tensors.IndexOfAnyExcept((Tensor?)null) < 0 ? default : restore(tensors.ToArray()!);
}
