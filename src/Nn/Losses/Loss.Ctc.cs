namespace TensorGraph;

/// <content>Connectionist temporal classification.</content>
public static partial class Loss
{
    // Stands for the logarithm of 0, without the NaN that −∞ − (−∞) gives.
    private const double LogOfZero = -1e30;

    /// <summary>
    /// −log of the probability that the frames spell the labels, with any number of repetitions and blanks in between; divided by the number of
    /// labels, mean over the batch. ∞, with a gradient of 0, where the frames are too few for the labels. In a graph it is one loop over the frames.
    /// Shape: (n, frames, classes), (n, labels), (n), (n) → one number. DType: f32 or f64, integers. Errors: TG2001 shapes, TG2002 dtypes, TG2003
    /// ranks, TG2004 a blank that is no class, and a label that is none, as it runs, TG3002 more frames or labels than there are, as it runs. Source:
    /// Graves et al. 2006, torch.nn.functional.ctc_loss.
    /// </summary>
    /// <param name="logits">Scores of the classes for each frame, before the softmax.</param>
    /// <param name="labels">Labels, padded with any class.</param>
    /// <param name="frames">How many frames of each example count, at least 1.</param>
    /// <param name="lengths">How many labels of each example count.</param>
    /// <param name="blank">The class that means no label.</param>
    public static Tensor Ctc(Tensor logits, Tensor labels, Tensor frames, Tensor lengths, int blank = 0)
    {
        const string name = "ctc";
        Check.Rank(name, logits, 3, "logits of (examples, frames, classes)");
        Check.Rank(name, labels, 2, "labels of (examples, labels)");
        Check.Rank(name, frames, 1, "one number of frames for each example");
        Check.Rank(name, lengths, 1, "one number of labels for each example");
        if (logits.DType is not (DType.F32 or DType.F64))
            Throw.DType(name, $"the logits are {logits.Type}", "Cast them to f32 or f64.");
        if (!labels.DType.IsInteger() || !frames.DType.IsInteger() || !lengths.DType.IsInteger())
            Throw.DType(name, $"labels are {labels.Type}, frames {frames.Type}, lengths {lengths.Type}", "Pass integers.");
        foreach (var (what, of) in new[] { ("labels", labels), ("frames", frames), ("lengths", lengths) })
        {
            Dim all = logits.Type.InGraph.Shape[0], some = of.Type.InGraph.Shape[0];
            if (all != some && all.IsConstant && some.IsConstant)
                Throw.Shape(name, $"the logits {logits.Type} are of {all} examples, the {what} {of.Type} of {some}",
                    "Pass one row for each example.");
        }

        long classes = logits.Shape[2].Value;
        Check.Range(blank >= 0 && blank < classes, name, nameof(blank), blank, $"a class, from 0 to {classes - 1}");
        CheckNotEmpty(name, logits);
        labels = labels.Cast(DType.I64);
        frames = frames.Cast(DType.I64);
        lengths = lengths.Cast(DType.I64);
        Ops.Assert(Ops.All((frames >= 0) & (frames <= Ops.Size(logits, 1))), $"{name}: a number of frames is not that of a part of the logits");
        Ops.Assert(Ops.All((lengths >= 0) & (lengths <= Ops.Size(labels, 1))), $"{name}: a number of labels is not that of a part of the labels");
        // Labels are often filled up with a number that is none.
        labels = Ops.Where(Ops.Iota(labels.Shape[1], DType.I64) < Ops.ExpandDims(lengths, -1), labels, (long)blank);

        // A blank before each label and at the end.
        Dim examples = labels.Shape[0], places = (labels.Shape[1] * 2) + 1;
        Tensor blanks = Ops.Full(labels.Shape, blank, DType.I64);
        Tensor pairs = Ops.Reshape(Ops.Stack([blanks, labels], axis: 2), examples, labels.Shape[1] * 2);
        Tensor spelled = Ops.Concat([pairs, Ops.Full(Shape.Create([examples, 1]), blank, DType.I64)], axis: 1);
        // A label may follow another one without a blank in between, but not the same one.
        Tensor mayJump = (spelled != blank) & Ops.NotEqual(spelled, Later(spelled, 2, -1));
        Tensor start = Ops.BroadcastTo(Ops.Where(Ops.Iota(places) == 0, Ops.Full(Shape.Create([places]), 0, logits.DType), LogOfZero),
            Shape.Create([examples, places]));
        Tensor logs = Ops.Transpose(Ops.LogSoftmax(logits), 1, 0, 2);
        var (last, _) = Ops.Scan(start, (logs, Ops.Iota(logits.Shape[1], DType.I64)), (state, frame) =>
        {
            Tensor next = LogSum(state, Later(state, 1, LogOfZero), Ops.Where(mayJump, Later(state, 2, LogOfZero), LogOfZero))
                + Ops.TakeAlongAxis(frame.Item1, spelled, axis: 1);
            return (Ops.Where(Ops.ExpandDims(frame.Item2 < frames, -1), next, state), default(ValueTuple));
        });
        Tensor end = Ops.ExpandDims(lengths * 2, -1);
        Tensor withBlank = Ops.TakeAlongAxis(last, end, axis: 1);
        Tensor withoutBlank = Ops.Where(end > 0, Ops.TakeAlongAxis(last, Ops.Max(end - 1, 0L), axis: 1), LogOfZero);
        Tensor losses = -LogSum(withBlank, withoutBlank, Ops.Full(withBlank.Shape, LogOfZero, logits.DType));
        losses = Ops.Where(losses > -LogOfZero / 2, double.PositiveInfinity, losses);
        return Ops.Mean(Ops.Reshape(losses, examples) / Ops.Max(lengths, 1L).Cast(logits.DType));
    }

    // Entry i along the second axis becomes entry i + by; what comes in is one number.
    private static Tensor Later(Tensor x, long by, double fill) =>
        Ops.Slice(Ops.Pad(x, new Shape(0, by), new Shape(0, 0), fill), new Shape(0, 0), x.Shape);

    private static Tensor LogSum(Tensor a, Tensor b, Tensor c)
    {
        Tensor most = Ops.StopGradient(Ops.Max(a, Ops.Max(b, c)));
        return most + Ops.Log(Ops.Exp(a - most) + Ops.Exp(b - most) + Ops.Exp(c - most));
    }
}
