using System.ComponentModel;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>A value of C# that a branch or loop of the graph carries: which tensors it is made of, and the value over other tensors.</summary>
/// <typeparam name="T">The value: a tensor, a structure of tensors, a collection of them, or a tuple of such values.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Carried<T>
{
    private protected Carried()
    {
    }

    /// <summary>Names of the tensors, for errors.</summary>
    internal abstract string[] Names { get; }

    /// <summary>The tensors in <paramref name="value"/>, in order.</summary>
    internal abstract Tensor?[] Leaves(T value, SourceSpan source);

    /// <summary>The value over the next tensors of <paramref name="leaves"/>.</summary>
    internal abstract T Assign(T value, ref ReadOnlySpan<Tensor?> leaves);

    /// <summary>
    /// The next tensors of <paramref name="before"/>, the ones ahead of an <c>if</c>, with "no value yet" for each place that its first branch added.
    /// </summary>
    internal virtual Tensor?[] Merge(ref ReadOnlySpan<Tensor?> before) => Carried.Take(ref before, Names.Length).ToArray();

    /// <summary>
    /// The number of tensors of each value in <paramref name="value"/>: 0 of one that has no value yet, less than 0 of one that is null.
    /// </summary>
    internal virtual int[] Counts(T value) => [Names.Length];

    /// <summary>The one of two values that shows how many tensors there are.</summary>
    internal virtual T Like(T first, T second) => first;

    internal T Assign(T value, ReadOnlySpan<Tensor?> leaves) => Assign(value, ref leaves);

    internal Tensor?[] Merge(ReadOnlySpan<Tensor?> before) => Merge(ref before);
}

/// <summary>The values that branches and loops carry, by their kinds.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Carried
{
    /// <summary>Nothing is carried.</summary>
    internal static Carried<Unit> Nothing => Of<Unit>([], static _ => [], static _ => default);

    /// <summary>A tensor.</summary>
    public static Carried<Tensor> Tensor(string name) => Of<Tensor>([name], static value => [value], static leaves => leaves[0]);

    /// <summary>A structure of a fixed number of tensors, taken apart and put together again.</summary>
    public static Carried<T> Of<T>(string[] names, Func<T, Tensor?[]> leaves, Func<Tensor[], T> restore) =>
        new CarriedStructure<T>(names, leaves, restore);

    /// <summary>An array, list or dictionary of tensors. It stays the same object, which gets the elements.</summary>
    public static Carried<T> Elements<T>(string name) => Elements<T, Tensor>(name, [""], static value => [value], static leaves => leaves[0]);

    /// <summary>The same of structures of tensors. An element that changes is replaced by a new one.</summary>
    public static Carried<T> Elements<T, TItem>(string name, string[] parts, Func<TItem, Tensor?[]> leaves, Func<Tensor[], TItem> restore) =>
        new CarriedElements<T>(name, new ElementType<TItem>(parts, leaves, restore));

    /// <summary>An array or list that is replaced as a whole, or a structure that holds one: the number of tensors is a fact of the trace.</summary>
    public static Carried<T> Sized<T>(string name, Func<T, CarriedPart[]> parts, Func<T, CarriedLeaves, T> restore)
        where T : notnull => new CarriedSized<T>(name, parts, restore);

    /// <summary>A field or property of each object in a collection. The objects stay the same; they get the tensors.</summary>
    public static Carried<T> Members<T, TItem>(string name, string[] members, Func<TItem, Tensor?[]> leaves, Action<TItem, Tensor[]> put)
        where T : IEnumerable<TItem>
        where TItem : class => new CarriedMembers<T, TItem>(name, members, leaves, put);

    /// <summary>A number of tensors as an error shows it.</summary>
    internal static string Show(int count) => count < 0 ? "null" : count == 1 ? "a collection of 1 tensor" : $"a collection of {count} tensors";

    internal static string CountRemedy(int one, int other) => one < 0 || other < 0
        ? "The graph cannot say that there is none: give it tensors before the branch or loop, such as zeros."
        : "The number of elements of a C# collection cannot depend on a tensor: use a TensorArray.";

    internal static ReadOnlySpan<Tensor?> Take(ref ReadOnlySpan<Tensor?> leaves, int count)
    {
        var taken = leaves[..count];
        leaves = leaves[count..];
        return taken;
    }

    private sealed class CarriedStructure<T>(string[] names, Func<T, Tensor?[]> leaves, Func<Tensor[], T> restore) : Carried<T>
    {
        internal override string[] Names => names;

        internal override Tensor?[] Leaves(T value, SourceSpan source) => leaves(value);

        internal override T Assign(T value, ref ReadOnlySpan<Tensor?> all) => restore(Take(ref all, names.Length).ToArray()!);
    }

    private sealed class CarriedMembers<T, TItem>(string name, string[] members, Func<TItem, Tensor?[]> leaves, Action<TItem, Tensor[]> put)
        : Carried<T>
        where T : IEnumerable<TItem>
        where TItem : class
    {
        private TItem[]? _items;

        internal override string[] Names => [.. (_items ?? []).SelectMany((_, i) => members.Select(member => $"{name}[{i}].{member}"))];

        // The same object may be in the collection twice.
        internal override Tensor?[] Leaves(T value, SourceSpan source) =>
            [.. (_items ??= [.. value.Where(item => item is not null).Distinct(ReferenceEqualityComparer.Instance).Cast<TItem>()]).SelectMany(
            leaves)];

        internal override T Assign(T value, ref ReadOnlySpan<Tensor?> all)
        {
            foreach (var item in _items ?? [])
                put(item, Take(ref all, members.Length).ToArray()!);
            return value;
        }
    }

    private sealed class CarriedElements<T>(string name, ElementType element) : Carried<T>
    {
        private List<HostContainer>? _containers;

        internal override string[] Names => [.. Containers.SelectMany(container => container.Names)];

        private List<HostContainer> Containers => _containers ?? [];

        internal override Tensor?[] Leaves(T value, SourceSpan source)
        {
            _containers ??= HostContainer.Find(name, value, element);
            return [.. _containers.SelectMany(container => container.Read(source))];
        }

        internal override T Assign(T value, ref ReadOnlySpan<Tensor?> leaves)
        {
            foreach (var container in Containers)
                container.Write(Take(ref leaves, container.Count));
            return value;
        }

        internal override Tensor?[] Merge(ref ReadOnlySpan<Tensor?> before)
        {
            List<Tensor?> merged = [];
            foreach (var container in Containers)
            {
                merged.AddRange(Take(ref before, container.Count));
                merged.AddRange(Enumerable.Repeat(GraphControl.Undefined, container.TakeAdded()));
            }

            return [.. merged];
        }
    }
}
