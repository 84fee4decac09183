using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <summary>A place on the stack for what is usually few: the arguments or the results of a call.</summary>
[InlineArray(Count)]
internal struct Few<T>
{
    /// <summary>How many there is a place for.</summary>
    public const int Count = 8;

    private T _first;
}
