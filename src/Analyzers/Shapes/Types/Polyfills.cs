namespace System.Diagnostics.CodeAnalysis
{
    /// <summary>Newer than netstandard2.0.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class DoesNotReturnAttribute : Attribute;
}

namespace TensorGraph.Ir
{
    /// <summary>Members of newer frameworks that the shared rules use.</summary>
    internal static class Polyfills
    {
        public static IEnumerable<(TFirst First, TSecond Second)> Zip<TFirst, TSecond>(this IEnumerable<TFirst> first, IEnumerable<TSecond> second) =>
            first.Zip(second, static (a, b) => (a, b));

        public static IEnumerable<int> Order(this IEnumerable<int> items) => items.OrderBy(static item => item);

        public static IEnumerable<(int Index, T Item)> Index<T>(this IEnumerable<T> items) => items.Select(static (item, index) => (index, item));

        public static IEnumerable<T> SkipLast<T>(this IEnumerable<T> items, int count)
        {
            T[] all = [.. items];
            return all.Take(Math.Max(0, all.Length - count));
        }

        public static IEnumerable<T> TakeLast<T>(this IEnumerable<T> items, int count)
        {
            T[] all = [.. items];
            return all.Skip(Math.Max(0, all.Length - count));
        }
    }
}
