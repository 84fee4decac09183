using System.Diagnostics.CodeAnalysis;
using TensorGraph.Ir;

namespace TensorGraph;

// The analyzer reports what a rule throws.
internal static partial class Throw
{
    [DoesNotReturn]
    public static void Internal(string problem) => throw new InvalidOperationException(problem);

    [DoesNotReturn]
    private static void Raise(string id, string op, string problem, string remedy) => throw new ShapeError(id, op + ": " + problem, remedy);
}
