namespace TensorGraph.CompilerServices;

/// <summary>When an open region runs, and so whether tapes from around it record in it and give gradients there.</summary>
internal enum RegionKind
{
    /// <summary>One of two branches. Tapes enter it, and each branch finds them as they were ahead of both.</summary>
    Branch,

    /// <summary>Once, where it stands. Tapes enter it.</summary>
    Block,

    /// <summary>Any number of times. Tapes enter it, for gradients that do not go on into the iteration before.</summary>
    Iteration,

    /// <summary>Any number of times, as the condition of a loop does. Tapes stay outside.</summary>
    Repeated,

    /// <summary>Not where it stands, or for many entries at once. Tapes stay outside.</summary>
    Function,
}
