using System.ComponentModel;
using System.Globalization;

namespace TensorGraph.CompilerServices;

/// <summary>Facts that the generator knows of a graph function.</summary>
/// <typeparam name="TResult">Result of the user's method.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GraphFunctionInfo<TResult>
{
    /// <summary>Full name of the user's method; <c>{0}</c> is the first of <see cref="TypeArguments"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The types of the type parameters of the method and of the types that it is in.</summary>
    public Type[] TypeArguments { get; init; } = [];

    internal string FullName => TypeArguments.Length == 0 ? Name
        : string.Format(CultureInfo.InvariantCulture, Name, [.. TypeArguments.Select(TypeNames.Of)]);

    /// <summary>The leaves of each parameter, in the order in which entries add them.</summary>
    public required ParameterLeaves[] Parameters { get; init; }

    /// <summary>The attribute's specs, or null.</summary>
    public string[]? InputSignature { get; init; }

    /// <summary>The sizes that [Shape] declares for parameters that are tensors, by name.</summary>
    public (string Parameter, string Sizes)[] Shapes { get; init; } = [];

    /// <summary>The sizes that [Shape] declares for a result that is a tensor, or null.</summary>
    public string? ResultShape { get; init; }

    /// <summary>The attribute's choice.</summary>
    public bool ReduceRetracing { get; init; } = true;

    /// <summary>The attribute's choice, or null.</summary>
    public long? LoopMemoryBudget { get; init; }

    /// <summary>
    /// True if the method, or one that it calls, changes a C# collection that it did not make: a further trace for the same call would change it
    /// again.
    /// </summary>
    public bool ChangesCollections { get; init; }

    /// <summary>The user's file.</summary>
    public string SourceFile { get; init; } = "";

    /// <summary>Line of the method's name.</summary>
    public int SourceLine { get; init; }

    /// <summary>Text of the traced twin.</summary>
    public string ConvertedSource { get; init; } = "";

    /// <summary>Calls the traced twin with the arguments of a call.</summary>
    public required Func<GraphCall, TResult> Trace { get; init; }

    /// <summary>Takes a result apart.</summary>
    public required Action<TResult, GraphCall> Flatten { get; init; }

    /// <summary>Puts a result together.</summary>
    public required Func<GraphCall, TResult> Restore { get; init; }
}
