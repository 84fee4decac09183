using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Arrays of arrays, all of which have one length at each depth, as tensors.</summary>
internal static class JaggedArray
{
    public static Tensor ToTensor(Array values)
    {
        var element = values.GetType();
        List<long> sizes = [];
        Array? level = values;
        for (; element.IsArray; element = element.GetElementType()!)
        {
            if (element.GetArrayRank() != 1)
                Throw.Rank("from", $"an array of {element.Name}", "Use arrays of arrays, or one array with all axes.");
            sizes.Add(level?.LongLength ?? 0);
            level = level is { LongLength: > 0 } ? level.GetValue(0) as Array : null;
        }

        if (!DTypes.TryFromClr(element, out var dtype))
            Throw.DType("from", $"an array of {element.Name} is not a tensor", "Use an element type that a dtype has.");
        var literal = Literal.Zeros(new(dtype, new Shape(sizes.ToArray())));
        long next = 0;
        Copy(values, 0);
        return new(TensorData.From(literal));

        void Copy(Array from, int depth)
        {
            if (from.LongLength != sizes[depth])
                Throw.Shape("from", $"arrays at depth {depth} have {sizes[depth]} and {from.LongLength} elements",
                    "All of them have one length: pad them.");
            if (depth == sizes.Count - 1)
            {
                if (from is string[] texts && Array.IndexOf(texts, null) is >= 0 and var missing)
                    throw new GraphException(DiagnosticIds.NullArgument, $"from: element {missing} is null", "Use an empty string.", SourceSpan.Capture());
                Array.Copy(from, 0, literal.Data, next, from.LongLength);
                next += from.LongLength;
                return;
            }

            foreach (object? part in from)
            {
                Copy(part as Array ?? throw new GraphException(DiagnosticIds.NullArgument, $"from: an array at depth {depth + 1} is null",
                    "Use an array of the length that the others have.", SourceSpan.Capture()), depth + 1);
            }
        }
    }
}
