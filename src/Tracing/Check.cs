using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

internal static class Check
{
    public static T NotNull<T>([NotNull] T? value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : class => value ?? throw new GraphException(DiagnosticIds.NullArgument, $"argument '{name}' is null", "Pass a value.",
        SourceSpan.Capture());
}
