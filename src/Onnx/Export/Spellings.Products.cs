using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Sums of products.</summary>
internal static partial class Spellings
{
    private static IEnumerable<(OpDef Op, Spelling Spelling)> Products() =>
    [
        (OpDefs.Dot, new(Dot)),
        (OpDefs.Conv, new(Conv, node => node.Inputs[0].DType.IsFloat())),
        (OpDefs.Fft, new(Fourier)),
    ];

    // Operands as (batch…, free, contracted) and (batch…, contracted, free).
    private static string[] Dot(NodeWriter c)
    {
        var d = TypeRules.DotAxes.Of(c.Attrs);
        Shape left = c.ShapeOf(), right = c.ShapeOf(1);
        int[] leftFree = d.LeftFree(left.Rank), rightFree = d.RightFree(right.Rank);
        Dim[] batch = [.. d.LeftBatch.Select(axis => left[axis])];
        Dim inner = Product(d.LeftContract.Select(axis => left[axis]));
        int[] leftOrder = [.. d.LeftBatch, .. leftFree, .. d.LeftContract], rightOrder = [.. d.RightBatch, .. d.RightContract, .. rightFree];
        string a = c.Transpose(c.X, leftOrder), b = c.Transpose(c.Y, rightOrder);
        bool isPlainLeft = d.LeftContract.Length == 1 && (leftFree.Length == 1 || (batch.Length == 0 && leftFree.Length > 1));
        bool isPlainRight = d.RightContract.Length == 1 && rightFree.Length == 1;
        if (!isPlainLeft || !isPlainRight)
            a = c.Reshape(a, [.. batch, Product(leftFree.Select(axis => left[axis])), inner]);
        if (!isPlainRight)
            b = c.Reshape(b, [.. batch, inner, Product(rightFree.Select(axis => right[axis]))]);
        string product = c.Add("MatMul", a, b);
        return [isPlainLeft && isPlainRight ? product : c.Reshape(product, c.Result())];
    }

    // Padding that Conv does not take, and zeros between elements, are put in before.
    private static string[] Conv(NodeWriter c)
    {
        Shape low = c.Attrs.Get<Shape>("low"), high = c.Attrs.Get<Shape>("high");
        var spread = c.Attrs.Longs("input_dilation");
        string x = c.X;
        if (!IsUnit(spread) || !IsPadding(low) || !IsPadding(high))
        {
            x = Pad(c, x, [0, 0, .. low], [0, 0, .. high], [0, 0, .. spread.Select(by => by - 1)], 0);
            low = high = new(new long[low.Rank]);
        }

        return [c.Add("Conv", [x, c.Y], ("group", c.Attrs.Get<long>("groups")), ("strides", c.Attrs.Longs("stride")),
            ("dilations", c.Attrs.Longs("dilation")), ("pads", low.Concat(high).Select(size => size.Value)))];
    }

    // Real and imaginary parts are the last axis there, and the inverse divides by the number of elements.
    private static string[] Fourier(NodeWriter c)
    {
        int rank = c.ShapeOf().Rank;
        bool inverse = c.Attrs.Get<bool>("inverse");
        string both = c.Add("Concat", [c.Unsqueeze(c.X, rank), c.Unsqueeze(c.Y, rank)], ("axis", rank));
        // The first axis is a batch there.
        both = c.Unsqueeze(both, 0);
        both = c.Add("DFT", [both, "", c.Graph.Scalar(DType.I64, rank)], ("inverse", inverse));
        if (inverse)
            both = c.Add("Mul", both, c.Cast(c.Graph.Size(c.ShapeOf()[rank - 1]), c.DType));
        string Part(int i) => c.Add("Squeeze", c.Add("Slice", both, c.Graph.Numbers(i), c.Graph.Numbers(i + 1), c.Graph.Numbers(rank + 1)),
            c.Graph.Numbers(0, rank + 1));
        return [Part(0), Part(1)];
    }
}
