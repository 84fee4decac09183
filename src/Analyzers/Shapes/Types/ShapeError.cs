namespace TensorGraph.Ir;

/// <summary>An error that a shared type rule finds, with the run time's ID and words.</summary>
internal sealed class ShapeError(string id, string problem, string remedy) : Exception(problem)
{
    public string Id { get; } = id;

    public string Problem { get; } = problem;

    public string Remedy { get; } = remedy;
}
