using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>Effects sorted by position: those of some code are a range.</summary>
internal sealed class EffectIndex(IEnumerable<Effect> effects)
{
    private readonly Effect[] _sorted = [.. effects.OrderBy(e => e.Syntax.SpanStart)];

    public int Count => _sorted.Length;

    public IEnumerable<Effect> In(TextSpan span)
    {
        int low = 0, high = _sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_sorted[middle].Syntax.SpanStart < span.Start)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < _sorted.Length && _sorted[low].Syntax.SpanStart < span.End; low++)
        {
            if (_sorted[low].Syntax.Span.End <= span.End)
                yield return _sorted[low];
        }
    }
}
