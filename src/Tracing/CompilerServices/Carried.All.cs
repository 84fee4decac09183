using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

// A tuple is its first value and the tuple of the others. One of more than seven values has a tuple as its last part, as in C#.
public static partial class Carried
{
    /// <summary>One value, as the last part of a tuple of eight.</summary>
    public static Carried<ValueTuple<T1>> All<T1>(Carried<T1> first) =>
        Split(first, Nothing, static v => (v.Item1, default), static (v, _) => new ValueTuple<T1>(v));

    /// <summary>Several values together.</summary>
    public static Carried<(T1, T2)> All<T1, T2>(Carried<T1> first, Carried<T2> second) =>
        Split(first, second, static v => v, static (v, w) => (v, w));

    /// <inheritdoc cref="All{T1, T2}"/>
    public static Carried<(T1, T2, T3)> All<T1, T2, T3>(Carried<T1> first, Carried<T2> second, Carried<T3> third) =>
        Split(first, All(second, third), static v => (v.Item1, (v.Item2, v.Item3)), static (v, w) => (v, w.Item1, w.Item2));

    /// <inheritdoc cref="All{T1, T2}"/>
    public static Carried<(T1, T2, T3, T4)> All<T1, T2, T3, T4>(Carried<T1> first, Carried<T2> second, Carried<T3> third, Carried<T4> fourth) =>
        Split(first, All(second, third, fourth), static v => (v.Item1, (v.Item2, v.Item3, v.Item4)), static (v, w) => (v, w.Item1, w.Item2, w.Item3));

    /// <inheritdoc cref="All{T1, T2}"/>
    public static Carried<(T1, T2, T3, T4, T5)> All<T1, T2, T3, T4, T5>(
        Carried<T1> first, Carried<T2> second, Carried<T3> third, Carried<T4> fourth, Carried<T5> fifth) =>
        Split(
            first, All(second, third, fourth, fifth),
            static v => (v.Item1, (v.Item2, v.Item3, v.Item4, v.Item5)), static (v, w) => (v, w.Item1, w.Item2, w.Item3, w.Item4));

    /// <inheritdoc cref="All{T1, T2}"/>
    public static Carried<(T1, T2, T3, T4, T5, T6)> All<T1, T2, T3, T4, T5, T6>(
        Carried<T1> first, Carried<T2> second, Carried<T3> third, Carried<T4> fourth, Carried<T5> fifth, Carried<T6> sixth) =>
        Split(
            first, All(second, third, fourth, fifth, sixth),
            static v => (v.Item1, (v.Item2, v.Item3, v.Item4, v.Item5, v.Item6)), static (v, w) => (v, w.Item1, w.Item2, w.Item3, w.Item4, w.Item5));

    /// <inheritdoc cref="All{T1, T2}"/>
    public static Carried<(T1, T2, T3, T4, T5, T6, T7)> All<T1, T2, T3, T4, T5, T6, T7>(
        Carried<T1> first, Carried<T2> second, Carried<T3> third, Carried<T4> fourth, Carried<T5> fifth, Carried<T6> sixth, Carried<T7> seventh) =>
        Split(
            first, All(second, third, fourth, fifth, sixth, seventh),
            static v => (v.Item1, (v.Item2, v.Item3, v.Item4, v.Item5, v.Item6, v.Item7)),
            static (v, w) => (v, w.Item1, w.Item2, w.Item3, w.Item4, w.Item5, w.Item6));

    /// <summary>More than seven values: <paramref name="rest"/> has those from the eighth on.</summary>
    public static Carried<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>> All<T1, T2, T3, T4, T5, T6, T7, TRest>(
        Carried<T1> first, Carried<T2> second, Carried<T3> third, Carried<T4> fourth, Carried<T5> fifth, Carried<T6> sixth, Carried<T7> seventh,
        Carried<TRest> rest)
        where TRest : struct =>
        Split(
            All(first, second, third, fourth, fifth, sixth, seventh), rest,
            static v => ((v.Item1, v.Item2, v.Item3, v.Item4, v.Item5, v.Item6, v.Item7), v.Rest),
            static (v, w) => new ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>(v.Item1, v.Item2, v.Item3, v.Item4, v.Item5, v.Item6, v.Item7, w));

    /// <summary>Several tensors together.</summary>
    public static Carried<(Tensor, Tensor)> Tensors(string first, string second) => All(Tensor(first), Tensor(second));

    /// <inheritdoc cref="Tensors(string, string)"/>
    public static Carried<(Tensor, Tensor, Tensor)> Tensors(string first, string second, string third) =>
        All(Tensor(first), Tensor(second), Tensor(third));

    /// <inheritdoc cref="Tensors(string, string)"/>
    public static Carried<(Tensor, Tensor, Tensor, Tensor)> Tensors(string first, string second, string third, string fourth) =>
        All(Tensor(first), Tensor(second), Tensor(third), Tensor(fourth));

    /// <inheritdoc cref="Tensors(string, string)"/>
    public static Carried<(Tensor, Tensor, Tensor, Tensor, Tensor)> Tensors(string first, string second, string third, string fourth, string fifth) =>
        All(Tensor(first), Tensor(second), Tensor(third), Tensor(fourth), Tensor(fifth));

    /// <inheritdoc cref="Tensors(string, string)"/>
    public static Carried<(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)> Tensors(
        string first, string second, string third, string fourth, string fifth, string sixth) =>
        All(Tensor(first), Tensor(second), Tensor(third), Tensor(fourth), Tensor(fifth), Tensor(sixth));

    /// <inheritdoc cref="Tensors(string, string)"/>
    public static Carried<(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)> Tensors(
        string first, string second, string third, string fourth, string fifth, string sixth, string seventh) =>
        All(Tensor(first), Tensor(second), Tensor(third), Tensor(fourth), Tensor(fifth), Tensor(sixth), Tensor(seventh));

    private static Carried<T> Split<T, TFirst, TSecond>(
        Carried<TFirst> first, Carried<TSecond> second, Func<T, (TFirst, TSecond)> split, Func<TFirst, TSecond, T> join) =>
        new CarriedPair<T, TFirst, TSecond>(first, second, split, join);

    private sealed class CarriedPair<T, TFirst, TSecond>(
        Carried<TFirst> first, Carried<TSecond> second, Func<T, (TFirst, TSecond)> split, Func<TFirst, TSecond, T> join) : Carried<T>
    {
        internal override string[] Names => [.. first.Names, .. second.Names];

        internal override Tensor?[] Leaves(T value, SourceSpan source)
        {
            var (v, w) = split(value);
            return [.. first.Leaves(v, source), .. second.Leaves(w, source)];
        }

        internal override T Assign(T value, ref ReadOnlySpan<Tensor?> leaves)
        {
            var (v, w) = split(value);
            v = first.Assign(v, ref leaves);
            return join(v, second.Assign(w, ref leaves));
        }

        internal override Tensor?[] Merge(ref ReadOnlySpan<Tensor?> before)
        {
            var merged = first.Merge(ref before);
            return [.. merged, .. second.Merge(ref before)];
        }

        internal override int[] Counts(T value)
        {
            var (v, w) = split(value);
            return [.. first.Counts(v), .. second.Counts(w)];
        }

        internal override T Like(T one, T other)
        {
            var ((v, w), (x, y)) = (split(one), split(other));
            return join(first.Like(v, x), second.Like(w, y));
        }
    }
}
