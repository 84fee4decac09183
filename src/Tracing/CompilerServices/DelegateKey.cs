using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A delegate by identity, held weakly, with the values that its lambda captures as they were: a captured local that changes makes another function
/// of it, although the object is the same.
/// </summary>
internal sealed class DelegateKey
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = [];

    private readonly WeakReference _function;
    private readonly string _type;
    private readonly object?[] _captured;

    public DelegateKey(Delegate function)
    {
        _function = new(function);
        _type = function.GetType().Name;
        _captured = [.. Captured(function).Select(value => value is null or string or ValueType ? value : new WeakReference(value))];
    }

    public bool IsDead => !_function.IsAlive;

    public bool Matches(object? other)
    {
        if (other is not Delegate function || !ReferenceEquals(_function.Target, function))
            return false;
        if (_captured.Length == 0)
            return true;
        int next = 0;
        foreach (object? value in Captured(function))
        {
            if (next == _captured.Length)
                return false;
            object? key = _captured[next++];
            if (key is WeakReference weak ? value is null || !ReferenceEquals(weak.Target, value) : !Equals(key, value))
                return false;
        }

        return next == _captured.Length;
    }

    public override string ToString() => _type;

    private static IEnumerable<object?> Captured(Delegate function) => function.Target is { } target && IsClosure(target.GetType()) ? Fields(target) : [];

    // The locals of an outer block lie in a closure of their own.
    private static IEnumerable<object?> Fields(object closure)
    {
        foreach (var field in s_fields.GetOrAdd(closure.GetType(), static type => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)))
        {
            object? value = field.GetValue(closure);
            if (value is not null && IsClosure(value.GetType()))
            {
                foreach (object? outer in Fields(value))
                    yield return outer;
            }
            else
            {
                yield return value;
            }
        }
    }

    // A lambda without captured locals lies in a class of the compiler's too, which has no fields of the user's.
    private static bool IsClosure(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && type.Name.Contains("DisplayClass", StringComparison.Ordinal);
}
