using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A delegate by its methods and the objects that they are called on, held weakly, with the values that its lambdas capture as they were: a captured
/// local that changes makes another function of it, although the object is the same; <c>model.Step</c> is the same function wherever it is written.
/// </summary>
internal sealed class DelegateKey
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = [];

    private readonly WeakReference _last;
    private readonly (MethodInfo Method, WeakReference? Target)[] _calls;
    private readonly string _type;
    private readonly object?[] _captured;

    public DelegateKey(Delegate function)
    {
        _last = new(function);
        _calls = [.. function.GetInvocationList().Select(call => (call.Method, call.Target is null ? null : new WeakReference(call.Target)))];
        _type = function.GetType().Name;
        _captured = [.. Captured(function).Select(value => value is null or string or ValueType ? value : new WeakReference(value))];
    }

    public bool IsDead => Array.Exists(_calls, call => call.Target is { IsAlive: false });

    public bool Matches(object? other)
    {
        if (other is not Delegate function || !IsSameFunction(function))
            return false;
        if (_captured.Length == 0)
            return true;
        int next = 0;
        foreach (object? value in Captured(function))
        {
            if (next == _captured.Length)
                return false;
            object? key = _captured[next++];
            if (key is WeakReference weak ? value is null || !ReferenceEquals(weak.Target, value) : !ExactValue.Same(key, value))
                return false;
        }

        return next == _captured.Length;
    }

    public override string ToString() => _type.Split('`')[0];

    private bool IsSameFunction(Delegate function)
    {
        if (ReferenceEquals(_last.Target, function))
            return true;
        var calls = function.GetInvocationList();
        if (calls.Length != _calls.Length || function.GetType().Name != _type)
            return false;
        for (int i = 0; i < calls.Length; i++)
        {
            if (!ReferenceEquals(_calls[i].Target?.Target, calls[i].Target) || !_calls[i].Method.Equals(calls[i].Method))
                return false;
        }

        _last.Target = function;
        return true;
    }

    private static IEnumerable<object?> Captured(Delegate function)
    {
        if (function.HasSingleTarget)
            return Captured(function.Target);
        return function.GetInvocationList().SelectMany(call => Captured(call.Target));
    }

    private static IEnumerable<object?> Captured(object? target) => target is not null && IsClosure(target.GetType()) ? Fields(target) : [];

    // The locals of an outer block lie in a closure of their own.
    private static IEnumerable<object?> Fields(object closure)
    {
        foreach (var field in s_fields.GetOrAdd(closure.GetType(),
            static type => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)))
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
    private static bool IsClosure(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && type.Name.Contains("DisplayClass", StringComparison.Ordinal);
}
