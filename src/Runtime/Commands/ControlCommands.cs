namespace TensorGraph.Backends.Commands;

/// <summary>
/// Runs one of several regions: <c>if</c> (then, else) or <c>switch</c>. The first input is the selector; layouts go with the inputs.
/// </summary>
internal sealed record BranchCommand(LoweredRegion[] Regions, int[] Inputs, TensorLayout[] Layouts, int[] Outputs) : Command(Inputs, Outputs)
{
    public override string Describe() => $"branch s{Inputs[0]} over {Regions.Length} regions";
}

/// <summary>
/// Runs a body while a condition holds. Cancellation is looked at before every iteration. <c>Trips</c> is the number of iterations; null when only
/// the run can tell.
/// </summary>
internal sealed record WhileCommand(
    LoweredRegion Condition, LoweredRegion Body, int Carried, int[] Inputs, TensorLayout[] Layouts, int[] Outputs, long? Trips)
    : Command(Inputs, Outputs)
{
    /// <summary>The most iterations of a run so far.</summary>
    public long MostTrips { get; set; }

    public override string Describe() => $"while over {Carried} values";
}

/// <summary>Runs a body once for each row of its sequences and stacks what it yields.</summary>
internal sealed record ScanCommand(
    LoweredRegion Body, int Carried, int Sequences, long Length, bool IsReverse, int[] Inputs, TensorLayout[] Layouts, int[] Outputs,
    TensorLayout[] Results)
    : Command(Inputs, Outputs)
{
    public override string Describe() => FormattableString.Invariant($"scan {Length} rows of {Sequences} sequences over {Carried} values");
}

/// <summary>
/// A region in which <c>bind_size</c> finds out a size: what comes before it runs first, then what follows, lowered once for each number that
/// the size has had. The first result of <c>First</c> is the size; the others are the inputs of the rest.
/// </summary>
internal sealed record SizedCommand(LoweredRegion First, Func<long, LoweredRegion> LowerRest, int[] Inputs, TensorLayout[] Layouts, int[] Outputs)
    : Command(Inputs, Outputs)
{
    /// <summary>The largest number that the size has had so far.</summary>
    public long Largest { get; set; }

    public override string Describe() => "sized";
}
