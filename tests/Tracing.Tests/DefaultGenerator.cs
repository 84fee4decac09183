namespace TensorGraph.Tests;

/// <summary>Tests of the numbers that the generator of the process gives: what another one draws meanwhile changes them.</summary>
[CollectionDefinition(Name)]
public sealed class DefaultGenerator
{
    public const string Name = "generator of the process";
}
