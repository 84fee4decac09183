using System.ComponentModel;
using TensorGraph.Torch;
using TorchSharp;

namespace TensorGraph.CompilerServices;

/// <summary>One call of a graph function on tensors of TorchSharp, which are borrowed until it returns.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct TorchCall : IDisposable
{
    private readonly TorchBoundary _boundary;
    private readonly TorchBoundary? _outer;
    private readonly List<(nint, nint)>? _outerArguments;
    private readonly IDisposable? _options;
    private readonly TorchGradient? _gradient;

    internal TorchCall(
        TorchBoundary boundary, TorchBoundary? outer, List<(nint, nint)>? outerArguments, IDisposable? options, TorchGradient? gradient) =>
        (_boundary, _outer, _outerArguments, _options, _gradient) = (boundary, outer, outerArguments, options, gradient);

    /// <summary>An argument.</summary>
    public Tensor In(torch.Tensor? tensor, string parameter)
    {
        if (tensor is null) return null!;
        if (!tensor.IsInvalid) TorchBoundary.Add(tensor);
        if (tensor.IsInvalid || !tensor.requires_grad || !torch.is_grad_enabled()) return Tensor.FromTorch(tensor);
        if (_gradient is null)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, _boundary.Name, $"'{parameter}' requires a gradient, and none flows out of a function that calls backward",
                "Pass it detached: x.detach(), or leave backward to the caller.");
        }
        return _gradient!.In(tensor);
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

    /// <summary>Arguments by names.</summary>
    public Dictionary<string, Tensor> In(IEnumerable<KeyValuePair<string, torch.Tensor>> tensors, string parameter)
    {
        var found = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors) found.Add(name, In(tensor, parameter));
        return found;
    }

    /// <summary>One of several results, before they are given.</summary>
    public void Add(Tensor? tensor) => _gradient?.Add(tensor);

    /// <summary>Results, before they are given.</summary>
    public void Add(IEnumerable<Tensor?> tensors)
    {
        if (_gradient is null) return;
        foreach (Tensor? tensor in tensors) _gradient.Add(tensor);
    }

    /// <summary>A result.</summary>
    public torch.Tensor Out(Tensor? tensor) => tensor is null ? null! : _gradient?.Out(tensor) ?? tensor.ToTorch();

    /// <summary>Results.</summary>
    public torch.Tensor[] Out(Tensor[] tensors) => Array.ConvertAll(tensors, Out);

    /// <summary>Results.</summary>
    public List<torch.Tensor> Out(List<Tensor> tensors) => tensors.ConvertAll(Out);

    /// <summary>The call returns.</summary>
    public void Dispose()
    {
        _gradient?.End();
        _options?.Dispose();
        TorchBoundary.Leave(_outer, _outerArguments);
    }
}
