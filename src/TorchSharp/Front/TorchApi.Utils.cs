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
                (TorchVariable Variable, Tensor Gradient)[] all = [.. Gradients(call, tensors)];
                if (all.Length == 0) return 0f;
                Tensor length = Ops.Sqrt(all.Select(item => Ops.Sum(Ops.Square(item.Gradient))).Aggregate(Ops.Add));
                Tensor scale = clamp(div(max_norm, add(length, 1e-6)), max: 1);
                // One that is listed twice counts twice and is scaled twice, as in TorchSharp.
                foreach (var (variable, _) in all) call.SetGradient(variable, Ops.Mul(call.GradientOf(variable)!, scale));
                return length;
            }

            /// <summary>Keeps the elements of gradients within limits.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using IDisposable constant = Unrecorded();
                TorchTrace call = TorchTrace.Here("clip_grad_value_");
                foreach (var (variable, gradient) in Gradients(call, tensors).ToArray())
                    call.SetGradient(variable, clamp(gradient, -clip_value, clip_value));
            }

            private static IEnumerable<(TorchVariable Variable, Tensor Gradient)> Gradients(TorchTrace call, IEnumerable<Parameter> tensors)
            {
                foreach (Parameter parameter in tensors)
                {
                    TorchVariable variable = call.Use(parameter);
                    if (call.GradientOf(variable) is { } gradient) yield return (variable, gradient);
                }
            }
        }
    }
}
