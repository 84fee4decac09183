namespace TensorGraph.Torch;

using TorchSharp.Modules;

// torch.nn.utils.
public static partial class TorchApi
{
    public static partial class nn
    {
        public static class utils
        {
            /// <summary>Scales gradients so that they are no longer than <paramref name="max_norm"/> together; gives their length.</summary>
            public static Tensor clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                if (norm_type != 2)
                {
                    Throw.Raise(
                        DiagnosticIds.NotTraceableTorch, "clip_grad_norm_", FormattableString.Invariant($"norm {norm_type} is not covered"), "Use the norm 2.");
                }
                using IDisposable constant = Unrecorded();
                TorchTrace call = TorchTrace.Here("clip_grad_norm_");
                (TorchVariable Variable, Tensor Gradient, Tensor? Has)[] all = [.. Gradients(call, tensors)];
                if (all.Length == 0) return 0f;
                Tensor length = Ops.Sqrt(all.Select(item => Ops.Sum(Ops.Square(item.Gradient))).Aggregate(Ops.Add));
                Tensor scale = clamp(div(max_norm, add(length, 1e-6)), max: 1);
                // One that is listed twice counts twice and is scaled twice, as in TorchSharp.
                call.SetGradients([.. all.CountBy(item => item.Variable).Zip(all.DistinctBy(item => item.Variable), (count, item) =>
                    (item.Variable, Enumerable.Repeat(scale, count.Value).Aggregate(item.Gradient, Ops.Mul), item.Has))]);
                return length;
            }

            /// <summary>Keeps the elements of gradients within limits.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using IDisposable constant = Unrecorded();
                TorchTrace call = TorchTrace.Here("clip_grad_value_");
                call.SetGradients([.. Gradients(call, tensors).DistinctBy(item => item.Variable)
                    .Select(item => (item.Variable, clamp(item.Gradient, -clip_value, clip_value), item.Has))]);
            }

            private static IEnumerable<(TorchVariable Variable, Tensor Gradient, Tensor? Has)> Gradients(
                TorchTrace call, IEnumerable<Parameter> tensors)
            {
                foreach (Parameter parameter in tensors)
                {
                    TorchVariable variable = call.Find(parameter);
                    var (gradient, has) = call.GradientOf(variable);
                    if (gradient is not null) yield return (variable, gradient, has);
                }
            }
        }
    }
}
