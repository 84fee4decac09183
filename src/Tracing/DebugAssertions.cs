using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <summary>
/// <c>Debug.Assert</c> of a tensor: an <see cref="Ops.Assert(Tensor, string, ReadOnlySpan{Tensor})"/>, which is part of the
/// graph while something is traced.
/// </summary>
public static class DebugAssertions
{
    extension(Debug)
    {
        /// <summary>Throws TG3002 when the condition is false as the code or the graph runs. Left out of builds without DEBUG.</summary>
        /// <param name="condition">One bool.</param>
        /// <param name="message">What to say; the condition's text unless given.</param>
        [Conditional("DEBUG")]
        public static void Assert(Tensor condition, [CallerArgumentExpression(nameof(condition))] string message = "") =>
        Ops.Assert(condition, message);

        /// <summary>Throws TG3002 with values when the condition is false as the code or the graph runs. Left out of builds without DEBUG.</summary>
        /// <param name="condition">One bool.</param>
        /// <param name="message">Text in which {0}, {1}, … stand for the values.</param>
        /// <param name="values">Values to show.</param>
        [Conditional("DEBUG")]
        public static void Assert(Tensor condition, string message, params ReadOnlySpan<Tensor> values) => Ops.Assert(condition, message, values);
    }
}
