namespace TensorGraph.Torch;

// Products of matrices, and what belongs to control: dispose scopes, gradients that are not wanted.
public static partial class TorchApi
{
    public static Tensor matmul(this Tensor x, Tensor y) => Ops.MatMul(x, y);

    public static Tensor mm(this Tensor x, Tensor y) => Ops.MatMul(Ranked("mm", x, 2), Ranked("mm", y, 2));

    public static Tensor bmm(this Tensor x, Tensor y) => Ops.MatMul(Ranked("bmm", x, 3), Ranked("bmm", y, 3));

    public static Tensor mv(this Tensor x, Tensor y) => Ops.MatMul(Ranked("mv", x, 2), Ranked("mv", y, 1));

    public static Tensor dot(this Tensor x, Tensor y) => Ops.MatMul(Ranked("dot", x, 1), Ranked("dot", y, 1));

    public static Tensor outer(this Tensor x, Tensor y) => Ops.Outer(x, y);

    public static Tensor addmm(this Tensor x, Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
        beta == 0 ? Scaled(Ops.MatMul(mat1, mat2), alpha) : add(Scaled(x, beta), Scaled(Ops.MatMul(mat1, mat2), alpha));

    public static Tensor einsum(string equation, params Tensor[] tensors) => tensors is [var only] && IsView(equation)
        ? TorchName.View(only, whole => Ops.Einsum(equation, whole), keepsOrder: false) : Ops.Einsum(equation, tensors);

    // One that sums nothing up.
    private static bool IsView(string equation) => equation.Split("->") is [var operand, var result]
        ? operand.All(label => !char.IsAsciiLetter(label) || result.Contains(label)) : equation.Distinct().Count() == equation.Length;

    /// <summary>Adds the gradient of a loss to those of the parameters that it depends on.</summary>
    public static void backward(this Tensor loss) => TorchTrace.Here("backward").Backward(loss);

    /// <summary>Adds the gradient of a loss; a graph keeps what it needs, as with <c>retain_graph</c>.</summary>
    /// <exception cref="GraphException">TG1014 for gradients of results, for some inputs, and for gradients that are differentiated.</exception>
    public static void backward(
        this Tensor loss, IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null)
    {
        if (grad_tensors is not null || create_graph || inputs is not null)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", "gradients of results, some inputs alone and create_graph are not covered",
                "Leave them out: backward(), or backward(retain_graph: true).");
        }
        backward(loss);
    }

    public static IDisposable no_grad() => new WithoutGradients(isVisible: true);

    public static IDisposable inference_mode(bool mode = true) => mode ? no_grad() : new Nothing();

    public static DisposeScope NewDisposeScope() => new();

    public static Tensor MoveToOuterDisposeScope(this Tensor x) => x;

    public static Tensor DetachFromDisposeScope(this Tensor x) => x;

    /// <summary>For the work of an optimiser: nothing of it is a part of a result that a caller might differentiate.</summary>
    internal static IDisposable Unrecorded() => new WithoutGradients(isVisible: false);

    /// <summary>The result of a change in place: under <c>no_grad</c> a tensor keeps the gradient that it had.</summary>
    /// <exception cref="GraphException">TG1014 in a branch or loop under <c>no_grad</c>.</exception>
    internal static Tensor Changed(Tensor before, Tensor after)
    {
        if (ExecutionContext.Current is not TraceContext { StopsGradients: true } trace || !after.DType.IsFloat()) return after;
        var (tapes, depth) = TorchTrace.Here("no_grad").Stopped;
        Ir.Node made = trace.ValueOf(before).Node;
        if (made.Op == Ir.OpDefs.StopGradient) return after;
        if (!tapes.IsEmpty && trace.Frames.Count != depth)
        {
            if (!MayHaveGradient(made)) return after;
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "no_grad", "a tensor that has a gradient is changed in place in a branch or loop under no_grad",
                "Put no_grad into the branch or loop, around the change alone.");
        }
        var stopped = trace.SetTapes(tapes);
        trace.StopsGradients = false;
        Tensor changed = Ops.CustomGradient(before, _ => after, static (_, _, gradient) => gradient);
        trace.StopsGradients = true;
        trace.SetTapes(stopped);
        return changed;
    }

    // A value that a loop carries may have one.
    private static bool MayHaveGradient(Ir.Node made) =>
        made.Op == Ir.OpDefs.Parameter || TorchTrace.Behind(made, static node => node.Op == Ir.OpDefs.StopGradient).Any(node =>
            node.Op != Ir.OpDefs.StopGradient && node.Effects.Any(effect => TorchVariable.Of(effect.Resource) is { RequiresGradient: true }));

    private static Tensor Ranked(string op, Tensor x, int rank)
    {
        if (x.Rank != rank) Throw.Rank(op, $"an operand is {x.Type}", $"It takes tensors of rank {rank}; matmul takes others.");
        return x;
    }

    private static Tensor Scaled(Tensor x, float factor) => factor == 1 ? x.Unnamed : mul(x, factor);

    /// <summary>Nothing: memory of a graph is free when the graph needs it no more.</summary>
    public sealed class DisposeScope : IDisposable
    {
        public Tensor MoveToOuter(Tensor x) => x;

        public Tensor MoveToOther(DisposeScope? scope, Tensor x) => x;

        public Tensor Detach(Tensor x) => x;

        public void DisposeEverything()
        {
            // Nothing is kept.
        }

        public void Dispose()
        {
            // Nothing is kept.
        }
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
            // Gradients go on.
        }
    }

    // A caller may differentiate the graph, which the tapes of the trace know nothing of.
    private sealed class WithoutGradients : IDisposable
    {
        private readonly ExecutionContext _context = ExecutionContext.Current;
        private readonly System.Collections.Immutable.ImmutableArray<TapeRecord> _tapes;
        private readonly bool _wasStopped;

        public WithoutGradients(bool isVisible)
        {
            _tapes = _context.SetTapes([]);
            if (_context is not TraceContext trace) return;
            _wasStopped = trace.StopsGradients;
            if (isVisible && !_wasStopped) TorchTrace.Here("no_grad").Stopped = (_tapes, trace.Frames.Count);
            trace.StopsGradients |= isVisible;
        }

        public void Dispose()
        {
            _context.SetTapes(_tapes);
            if (_context is TraceContext trace) trace.StopsGradients = _wasStopped;
        }
    }
}
