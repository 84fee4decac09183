using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>A view of one graph function, for one instance where the method has one: what was traced, why, and how big it is.</summary>
/// <example>
/// <code>
/// Model.Double(1f);
/// Model.Double(new[] { 1f, 2f });
/// var function = GraphFunction.Of(Model.Double);
/// Console.WriteLine(function.TraceCount); // 2
/// Console.WriteLine(function.Retraces.Count); // 1
///
/// public static partial class Model
/// {
///     [GraphFunction]
///     public static Tensor Double(Tensor x) =&gt; x * 2;
/// }
/// </code>
/// </example>
[DebuggerDisplay("{Name,nq}: traced {TraceCount} times")]
public sealed class GraphFunction
{
    private readonly GraphFunctionDefinition _definition;
    private readonly object? _target;

    internal GraphFunction(GraphFunctionDefinition definition, object? target)
    {
        _definition = definition;
        _target = target;
    }

    /// <summary>Full name of the method.</summary>
    public string Name => _definition.Name;

    /// <summary>How often it was traced.</summary>
    public int TraceCount => Cache.TraceCount;

    /// <summary>The concrete functions, most recently used first.</summary>
    public IReadOnlyList<ConcreteFunction> ConcreteFunctions => Cache.Functions;

    /// <summary>The traces after the first, with their causes; of very many the last 256.</summary>
    public IReadOnlyList<Retrace> Retraces => Cache.Retraces;

    /// <summary>How many earlier ones <see cref="Retraces"/> no longer has.</summary>
    public int DroppedRetraces => Cache.DroppedRetraces;

    /// <summary>The method after control-flow conversion, as compiled.</summary>
    public string ConvertedSource => _definition.ConvertedSource;

    private FunctionCache Cache => _definition.CacheOf(_target);

    /// <summary>The graph function behind a method: <c>GraphFunction.Of(model.TrainStep)</c>.</summary>
    /// <exception cref="GraphException">TG1005 when the method is not marked <c>[GraphFunction]</c>.</exception>
    public static GraphFunction Of(Delegate method)
    {
        EntryOf(method, out var definition);
        return new(definition, method.Target);
    }

    /// <summary>
    /// A delegate that runs the graph function: for calls that the compiler can't reroute, such as through a delegate.
    /// </summary>
    /// <exception cref="GraphException">TG1005 when the method is not marked <c>[GraphFunction]</c>.</exception>
    public static TDelegate Compile<TDelegate>(TDelegate method)
        where TDelegate : Delegate => (TDelegate)EntryOf(method, out _).CreateDelegate(typeof(TDelegate), method.Target);

    /// <summary>
    /// The concrete function for specs, example tensors or C# values, one per parameter in order; traced now when there is none. Tuples, records and
    /// structs are given part by part, arrays, lists and dictionaries as collections of specs, and an optional tensor that is not there as null.
    /// Where an input signature is declared, what is given must lie in it.
    /// </summary>
    /// <exception cref="SignatureMismatchException">The number or kind of arguments is wrong (TG1003).</exception>
    public ConcreteFunction GetConcreteFunction(params object?[] arguments)
    {
        string[] names = [.. _definition.Parameters.SelectMany(parameter => parameter.ArgumentNames())];
        if (Check.NotNull(arguments).Length != names.Length)
            throw new SignatureMismatchException($"{Name}: has {names.Length} parameters ({string.Join(", ", names)}), got {arguments.Length}",
                "Give a TensorSpec, a tensor or a C# value for each.");
        var call = _definition.Begin(_target);
        var specs = new Dictionary<int, TensorType>();
        try
        {
            var given = new Queue<object?>(arguments);
            foreach (var parameter in _definition.Parameters)
                parameter.Give(given, "", call, tensor => AddTensor(call, specs, tensor));
            return Cache.For(_definition, call, _definition.InputSignature is null
                ? (i, _) => specs[i]
                : SpecRules.Declared(_definition, call, specs));
        }
        finally
        {
            call.Return();
        }
    }

    /// <summary>A table of what was traced, and the causes of the last retraces.</summary>
    public override string ToString() => FunctionText.Of(this);

    // A stand-in of the right dtype and rank; its sizes are never looked at.
    private static Tensor Placeholder(TensorType type) =>
        Tensor.From(Literal.Zeros(type.As(new Shape([.. type.Shape.Dims.Select(dim => (Dim)dim.ValueOr(1))]))));

    private static void AddTensor(GraphCall call, Dictionary<int, TensorType> specs, object given)
    {
        var spec = given as TensorSpec ?? TensorSpec.Of((Tensor)given);
        int leaf = call.Count;
        specs[leaf] = new(spec.DType, new(
            [.. spec.Shape.InGraph.Select((dim, axis) => dim.ToString() == "?" ? Dim.Symbol($"_{leaf}_{axis}") : dim)]));
        call.Add(Placeholder(specs[leaf]));
    }

    private static MethodInfo EntryOf(Delegate method, out GraphFunctionDefinition definition)
    {
        const BindingFlags all =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var wanted = Check.NotNull(method).Method;
        // In a converted method the name of a graph function stands for its entry.
        if (wanted.GetCustomAttribute<GraphEntryAttribute>() is { } itself)
        {
            definition = DefinitionOf(wanted, itself.Function);
            return wanted;
        }

        var types = wanted.GetParameters().Select(parameter => parameter.ParameterType);
        foreach (var candidate in wanted.DeclaringType?.GetMethods(all) ?? [])
        {
            if (candidate.GetCustomAttribute<GraphEntryAttribute>() is not { } entry || entry.Method != wanted.Name
                || candidate.IsGenericMethod != wanted.IsGenericMethod)
                continue;
            var bound = candidate.IsGenericMethod ? candidate.MakeGenericMethod(wanted.GetGenericArguments()) : candidate;
            if (!bound.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(types))
                continue;
            definition = DefinitionOf(wanted, entry.Function);
            return bound;
        }

        throw new GraphException(
            DiagnosticIds.NotAGraphFunction, $"'{wanted.DeclaringType?.Name}.{wanted.Name}' is not a graph function"
                + (RuntimeFeature.IsDynamicCodeSupported ? "" : ", as none is in a process without dynamic code (Native AOT)"),
            "Mark the method [GraphFunction] and its class partial, and reference the TensorGraph package in the project that declares it.",
            SourceSpan.Capture());
    }

    private static GraphFunctionDefinition DefinitionOf(MethodInfo method, string name)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;
        var type = method.DeclaringType!;
        if (!method.IsGenericMethod)
            return (GraphFunctionDefinition)type.GetField(name, all)!.GetValue(null)!;
        int arity = type.GetGenericArguments().Length + method.GetGenericArguments().Length;
        var holder = type.GetNestedTypes(all).Single(nested => nested.Name.StartsWith(name, StringComparison.Ordinal)
            && nested.GetGenericArguments().Length == arity);
        return (GraphFunctionDefinition)holder.MakeGenericType([.. type.GetGenericArguments(), .. method.GetGenericArguments()])
            .GetField("Value", all)!.GetValue(null)!;
    }
}
