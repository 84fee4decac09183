using static TorchSharp.torch.nn;

namespace TensorGraph.Torch;

// Losses.
public static partial class TorchApi
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean,
                double label_smoothing = 0)
            {
                // The classes are the second axis, or the only one.
                int axis = input.Rank == 1 ? 0 : 1;
                if (target.DType.IsFloat())
                {
                    SameShape("cross_entropy", input, target);
                    Tensor smooth = label_smoothing == 0
                        ? target
                        : add(mul(target, 1 - label_smoothing), label_smoothing / input.Shape[axis].Value);
                    Tensor logs = LogSoftmax(input, axis);
                    if (weight is not null) logs = Ops.Mul(logs, PerChannel(weight, input.Rank));
                    Tensor sums = Ops.Neg(Ops.Sum(Ops.Mul(smooth, logs), [axis]));
                    return reduction == Reduction.Mean ? div(Ops.Sum(sums), (double)Examples(sums)) : Reduced(sums, reduction);
                }
                return Picked("cross_entropy", LogSoftmax(input, axis), target, weight, ignore_index, reduction, label_smoothing);
            }

            public static Tensor nll_loss(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Picked("nll_loss", input, target, weight, -100, reduction, 0);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Reduced(Ops.Square(sub(input, target)), reduction);

            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Reduced(abs(sub(input, target)), reduction);

            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1)
            {
                Tensor distance = abs(sub(input, target));
                return beta == 0
                    ? Reduced(Distance(input, target, distance.Shape), reduction)
                    : Reduced(Ops.Where(lt(distance, beta), div(Ops.Square(distance), 2 * beta), sub(distance, beta / 2)), reduction);
            }

            public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
            {
                Tensor distance = abs(sub(input, target));
                return Reduced(
                    Ops.Where(le(distance, delta), mul(Ops.Square(distance), 0.5), mul(sub(distance, delta / 2), delta)), reduction);
            }

            public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
            {
                SameShape("binary_cross_entropy", input, target);
                Ops.Assert(
                    Ops.All(Ops.And(ge(input, 0), le(input, 1))), "binary_cross_entropy: all elements of the input must lie between 0 and 1");
                Tensor losses = Ops.CustomGradient(
                    [input, target],
                    static x =>
                    {
                        (Tensor yes, Tensor no) = Logarithms(x[0]);
                        return Ops.Neg(Ops.Add(Ops.Mul(x[1], yes), Ops.Mul(sub(1, x[1]), no)));
                    },
                    static (x, _, gradient) =>
                    {
                        Tensor slope = Ops.Div(Ops.Sub(x[0], x[1]), clamp(Ops.Mul(sub(1, x[0]), x[0]), min: 1e-12));
                        return [Ops.Mul(gradient, slope), Ops.Mul(gradient, Ops.Sub(Ops.Log1p(Ops.Neg(x[0])), log(x[0])))];
                    });
                return Reduced(weight is null ? losses : mul(losses, weight), reduction);
            }

            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
            {
                SameShape("binary_cross_entropy_with_logits", input, target);
                Tensor losses = pos_weights is null
                    ? Ops.SigmoidCrossEntropy(input, target)
                    : sub(mul(sub(1, target), input), mul(add(mul(sub(pos_weights, 1), target), 1), Ops.LogSigmoid(input)));
                return Reduced(weight is null ? losses : mul(losses, weight), reduction);
            }

            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) => Reduced(
                log_target
                    ? Ops.Mul(Ops.Exp(target), sub(target, input))
                    : Ops.Where(gt(target, 0), mul(target, sub(log(Ops.Where(gt(target, 0), target, ones_like(target))), input)), zeros_like(target)),
                reduction);

            private static void SameShape(string op, Tensor input, Tensor target)
            {
                if (!Fits([.. input.Shape.Dims], [.. target.Shape.Dims]))
                    Throw.Shape(op, $"the input is {input.Type}, the target {target.Type}", "Both have one shape: reshape the target, as in target.view_as(input).");
            }

            // False for sizes that surely differ.
            private static bool Fits(Dim[] sizes, Dim[] others) => sizes.Length == others.Length
                && !sizes.Zip(others).Any(p => p.First.InGraph.IsConstant && p.Second.InGraph.IsConstant && p.First != p.Second);

            private static Tensor Reduced(Tensor losses, Reduction reduction) => reduction switch
            {
                Reduction.None => losses,
                Reduction.Sum => Ops.Sum(losses),
                _ => Ops.Mean(losses),
            };

            // torch keeps both above -100, and divides by no less than 1e-12 in the gradient.
            private static (Tensor Yes, Tensor No) Logarithms(Tensor x) => (clamp(log(x), min: -100), clamp(Ops.Log1p(Ops.Neg(x)), min: -100));

            // Where both are the same, torch gives both the gradient -1.
            private static Tensor Distance(Tensor input, Tensor target, Shape shape) => Ops.CustomGradient(
                [Ops.BroadcastTo(input, shape), Ops.BroadcastTo(target, shape)], static x => abs(sub(x[0], x[1])), static (x, _, gradient) =>
                    [Ops.Where(gt(x[0], x[1]), gradient, Ops.Neg(gradient)), Ops.Where(gt(x[1], x[0]), gradient, Ops.Neg(gradient))]);

            private static long Examples(Tensor losses) => losses.NumberOfElements;

            // Minus the logarithms of the labelled classes; those of an ignored label do not count.
            private static Tensor Picked(
                string op, Tensor logs, Tensor target, Tensor? weight, long ignored, Reduction reduction, double smoothing)
            {
                int axis = logs.Rank == 1 ? 0 : 1;
                if (target.DType != DType.I64 && target.DType != DType.U8)
                    Throw.DType(op, $"the target is {target.Type}", "Labels are numbers of classes: write target.to(torch.int64).");
                Dim[] places = [.. logs.Shape.Dims.ToArray().Where((_, i) => i != axis)];
                if (!Fits(places, [.. target.Shape.Dims])) Throw.Shape(op, $"the input is {logs.Type}, the target {target.Type}", "Give one label for each example.");
                long classes = logs.Shape[axis].Value;
                Tensor labels = target.DType == DType.I64 ? target : Ops.Cast(target, DType.I64);
                Tensor counts = ne(labels, ignored), safe = Ops.Where(counts, labels, zeros_like(labels));
                // To pick from all classes refuses a label that is none of them.
                Tensor hot = Ops.OneHot(Ops.Gather(Ops.Iota(classes, DType.I64), safe), classes, DType.Bool);
                // One-hot puts the classes last.
                if (axis == 1 && hot.Rank > 2) hot = Ops.Transpose(hot, [0, hot.Rank - 1, .. Enumerable.Range(1, hot.Rank - 2)]);
                Tensor zeros = zeros_like(logs), ones = Ops.Full(Shape.Create([classes]), 1, logs.DType);
                Tensor scale = Ops.Where(hot, PerChannel(weight ?? ones, hot.Rank), zeros);
                // No product: the logarithm of a class without the label may be minus infinity.
                Tensor own = Ops.Where(hot, logs, zeros);
                Tensor losses = Ops.Neg(Ops.Sum(weight is null ? own : Ops.Mul(own, scale), [axis]));
                Tensor weights = Ops.Where(counts, Ops.Sum(scale, [axis]), zeros_like(losses));
                losses = Ops.Where(counts, losses, zeros_like(losses));
                if (smoothing == 0) return reduction == Reduction.Mean ? Ops.Div(Ops.Sum(losses), Ops.Sum(weights)) : Reduced(losses, reduction);
                Tensor all = weight is null ? logs : Ops.Mul(logs, PerChannel(weight, logs.Rank));
                Tensor spread = Ops.Where(counts, Ops.Neg(Ops.Sum(all, [axis])), zeros_like(losses));
                Tensor mixed = add(mul(losses, 1 - smoothing), mul(spread, smoothing / classes));
                return reduction == Reduction.Mean ? Ops.Div(Ops.Sum(mixed), Ops.Sum(weights)) : Reduced(mixed, reduction);
            }
        }
    }
}
