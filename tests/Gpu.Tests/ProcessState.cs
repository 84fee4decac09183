namespace TensorGraph.Tests;

/// <summary>Tests of what belongs to the whole process. No other test runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessState
{
    public const string Name = "state of the process";
}
