using TorchSharp;

namespace TensorGraph.Torch;

/// <summary>
/// A call of a graph function as one function of torch's autograd. A tape records the call; if it depends on an argument or parameter that requires
/// a gradient, its results belong to a node, which takes the gradients from the tape.
/// </summary>
internal sealed class TorchGradient : AutogradNode
{
    private readonly GradientTape _tape;
    private readonly List<Tensor> _inputs = [];
    private readonly List<torch.Tensor> _torchInputs = [];
    private readonly List<Tensor> _outputs = [];
    private Variable[] _variables = [];
    private torch.Tensor[] _results = [];
    private bool _isConnected;

    /// <summary>Begins to record.</summary>
    /// <param name="function">For messages.</param>
    public TorchGradient(string function)
    {
        Function = function;
        _tape = new GradientTape(static resource => TorchVariable.Of(resource) is { RequiresGradient: true });
    }

    protected override string Function { get; }

    /// <summary>An argument that requires a gradient.</summary>
    public Tensor In(torch.Tensor tensor)
    {
        Tensor input = Tensor.FromTorch(tensor);
        _tape.Watch(input);
        _inputs.Add(input);
        _torchInputs.Add(tensor);
        return input;
    }

    /// <summary>Tells a result in advance: torch wants to know all those of a node at once.</summary>
    public void Add(Tensor? tensor)
    {
        if (tensor is not null && tensor.DType.IsFloat() && _tape.Tracks(tensor) && !_outputs.Contains(tensor)) _outputs.Add(tensor);
    }

    /// <summary>A result, with a node in torch's graph if it may have a gradient.</summary>
    public torch.Tensor Out(Tensor tensor)
    {
        if (_outputs.Count == 0) Add(tensor);
        if (!_isConnected && _outputs.Count > 0) MakeNode();
        return _outputs.IndexOf(tensor) is >= 0 and int index && index < _results.Length ? _results[index] : tensor.ToTorch();
    }

    /// <summary>The call returns.</summary>
    public void End()
    {
        _tape.Dispose();
        _torchInputs.Clear();
        _results = [];
        if (!_isConnected) _tape.Free();
    }

    protected override Tensor?[] Gradients(torch.Tensor?[] gradients)
    {
        (Tensor Target, Tensor? Gradient)[] targets =
            [.. gradients.Zip(_outputs).Where(pair => pair.First is not null).Select(pair => (pair.Second, Tensor.FromTorch(pair.First!)))];
        if (targets.Length == 0) return new Tensor?[_inputs.Count + _variables.Length];
        // Whatever the caller records has nothing to do with this.
        using ExecutionContext.Switch plain = ExecutionContext.Enter(null);
        var (ofInputs, ofVariables) = _tape.Gradients(targets, _inputs, _variables);
        foreach (var (_, gradient) in targets) gradient!.Dispose();
        return [.. ofInputs, .. ofVariables];
    }

    protected override void Free() => _tape.Free();

    // Nothing happens if nothing that the call depends on requires a gradient.
    private void MakeNode()
    {
        TorchVariable[] variables = [.. _tape.VariablesRead.Select(TorchVariable.Of).OfType<TorchVariable>()];
        torch.Tensor[] held = [.. _torchInputs, .. variables.Select(variable => variable.Tensor!)];
        if (held.Length == 0) return;
        _variables = [.. variables.Select(variable => variable.Variable)];
        _isConnected = true;
        _results = Connect(held, [.. _outputs.Select(output => output.ToTorch())]);
    }
}
