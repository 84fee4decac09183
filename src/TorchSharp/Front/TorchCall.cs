using System.ComponentModel;
using TorchSharp;

namespace TensorGraph.CompilerServices;

/// <summary>One call of a graph function on tensors of TorchSharp, which are borrowed until it returns.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct TorchCall : IDisposable
{
    private readonly TorchBoundary _boundary;
    private readonly TorchBoundary? _outer;
    private readonly IDisposable? _options;

    internal TorchCall(TorchBoundary boundary, TorchBoundary? outer, IDisposable? options) =>
        (_boundary, _outer, _options) = (boundary, outer, options);

    /// <summary>An argument.</summary>
    public Tensor In(torch.Tensor? tensor, string parameter)
    {
        if (tensor is null) return null!;
        if (!tensor.IsInvalid && tensor.requires_grad && torch.is_grad_enabled())
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, _boundary.Name, $"'{parameter}' requires a gradient, and none flows out of a graph function",
                "Pass it detached: x.detach(), or compute its loss in the graph function too.");
        }
        return Tensor.FromTorch(tensor);
    }

    /// <summary>Arguments.</summary>
    public Tensor[] In(torch.Tensor[] tensors, string parameter)
    {
        var found = new Tensor[tensors.Length];
        for (int i = 0; i < found.Length; i++) found[i] = In(tensors[i], parameter);
        return found;
    }

    /// <summary>Arguments.</summary>
    public List<Tensor> In(IEnumerable<torch.Tensor> tensors, string parameter) => [.. In(tensors.ToArray(), parameter)];

    /// <summary>A result.</summary>
    public torch.Tensor Out(Tensor? tensor) => tensor is null ? null! : tensor.ToTorch();

    /// <summary>Results.</summary>
    public torch.Tensor[] Out(Tensor[] tensors) => Array.ConvertAll(tensors, static tensor => tensor.ToTorch());

    /// <summary>Results.</summary>
    public List<torch.Tensor> Out(List<Tensor> tensors) => tensors.ConvertAll(static tensor => tensor.ToTorch());

    /// <summary>The graph has run: what it assigned goes into the memory of the parameters.</summary>
    public void End() => _boundary.WriteBack();

    /// <summary>The call returns.</summary>
    public void Dispose()
    {
        _options?.Dispose();
        TorchBoundary.Leave(_outer);
    }
}
