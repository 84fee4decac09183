using System.Reflection;
using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// A graph function that a trace ran and the objects that it was given, all held weakly: from these a tensor that escaped is looked for.
/// </summary>
internal sealed class TracedCall
{
    private readonly WeakReference _receiver;
    private readonly MethodInfo _twin;
    private readonly (string Name, WeakReference Value)[] _arguments;

    public TracedCall(GraphFunctionDefinition function, GraphCall call, MethodInfo twin)
    {
        _receiver = new(call.Target);
        _twin = twin;
        LeafName[]? names = null;
        var arguments = new List<(string, WeakReference)>();
        for (int i = 0; i < call.Count; i++)
        {
            if (call.Leaves[i].Reference is { } argument)
                arguments.Add(((names ??= function.NamesOf(call.Leaves))[i].Name, new(argument)));
        }

        _arguments = [.. arguments];
    }

    public object? Receiver => _receiver.Target;

    public IEnumerable<(string Name, object Value)> Arguments =>
        _arguments.Where(argument => argument.Value.Target is not null).Select(argument => (argument.Name, argument.Value.Target!));

    /// <summary>The user's class that declares the method.</summary>
    public Type DeclaringType
    {
        get
        {
            var type = _twin.DeclaringType!;
            while (type.DeclaringType is { } outer && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
                type = outer;
            return type;
        }
    }

    public bool IsOf(GraphCall call, MethodInfo twin) => _twin == twin && ReferenceEquals(Receiver, call.Target);
}
