using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The objects that C# code in a graph may come to when it runs: what an <see cref="Ops.HostCall(Action{Tensor}, Tensor)"/> or a gradient of the
/// user's captures, and what that leads to. An argument among them is that very object to the graph; of others only the content counted.
/// </summary>
/// <remarks>A field that trimming removed leads nowhere.</remarks>
internal sealed class KeptObjects(Ir.Graph graph)
{
    private const int MostObjects = 20_000;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = [];

    private readonly HashSet<object> _reached = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<object> _next = [];

    private bool _isWalked;

    /// <summary>True for an object that the graph keeps.</summary>
    public bool Holds(object value)
    {
        if (!_isWalked)
            Walk();
        return _reached.Contains(value) || _reached.Count >= MostObjects;
    }

    private void Walk()
    {
        _isWalked = true;
        foreach (var node in graph.Entry.AllNodes())
        {
            foreach (var (_, value) in node.Attrs)
                Enter(value is Resource resource ? resource.HostFunction : value as CustomGradient);
        }

        while (_next.TryPop(out object? holder))
            Open(holder);
    }

    private void Open(object holder)
    {
        if (holder is Delegate { HasSingleTarget: false } several)
        {
            foreach (var each in several.GetInvocationList())
                Enter(each.Target);
        }
        else if (holder is Delegate one)
        {
            Enter(one.Target);
        }
        else if (holder is Array items)
        {
            if (LeadsOn(items.GetType().GetElementType()!))
            {
                foreach (object? item in items)
                    Enter(item);
            }
        }
        else
        {
            foreach (var field in s_fields.GetOrAdd(holder.GetType(), FieldsOf))
                Enter(field.GetValue(holder));
        }
    }

    private void Enter(object? value)
    {
        if (value is not (null or string or Tensor or Variable or TraceContext or MemberInfo or Node or Region) && _reached.Count < MostObjects
            && _reached.Add(value))
            _next.Push(value);
    }

    private static bool LeadsOn(Type type) =>
        type.IsValueType ? ExactValue.HasObjects(type) : type != typeof(string) && !type.IsPointer && !type.IsFunctionPointer;

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "A field that was trimmed away leads nowhere.")]
    private static FieldInfo[] FieldsOf(Type type)
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null; level = level.BaseType)
            fields.AddRange(level.GetFields(own).Where(field => LeadsOn(field.FieldType)));
        return [.. fields];
    }
}
