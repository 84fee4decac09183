using System.Runtime.CompilerServices;
using TensorGraph.Backends;
using TensorGraph.Backends.Managed;
using TensorGraph.Backends.Torch;
using TensorGraph.CompilerServices;
using TorchSharp;

namespace TensorGraph.Torch;

/// <summary>
/// A tensor that TorchSharp keeps, such as a parameter, as a variable on the same memory: a graph reads what is there, and what it assigns is there
/// when its call has returned.
/// </summary>
internal sealed unsafe class TorchVariable : VariableMirror
{
    private static readonly ConditionalWeakTable<torch.Tensor, TorchVariable> OfTensors = [];

    // Modules of native code make other objects for the same parameter: the tensor of torch behind them tells.
    private static readonly Dictionary<nint, WeakReference<TorchVariable>> ByNative = [];

    private static readonly Lock Gate = new();

    private readonly Lock _gate = new();
    private readonly WeakReference<torch.Tensor> _tensor;
    private int _calls;
    private TensorData? _shared;
    private Device? _device;
    private nint _address;
    private bool _isCopy;
    private torch.Tensor? _none;
    private long _seen;

    private TorchVariable(torch.Tensor tensor, Tensor value)
    {
        _tensor = new(tensor);
        // A trace must not take it for one of its own.
        using (ExecutionContext.Enter(null)) Variable = new Variable(value, tensor.name is { Length: > 0 } name ? name : "parameter", trainable: value.DType.IsFloat());
        // A graph needs it as long as it has the variable.
        Variable.Resource.Mirror = this;
        Share(tensor);
    }

    /// <summary>The variable.</summary>
    public Variable Variable { get; }

    /// <summary>The tensor; null when the program has dropped it.</summary>
    public torch.Tensor? Tensor => _tensor.TryGetTarget(out torch.Tensor? tensor) ? tensor : null;

    public override TensorData? Home => _isCopy ? null : _shared;

    /// <summary>
    /// Torch's tensor of marked zeros that are there in place of a gradient that a step has used (<see cref="GradientStore"/>); 0 for none.
    /// </summary>
    public nint SparedGradient { get; set; }

    /// <summary>True for a parameter that wants a gradient.</summary>
    public bool RequiresGradient => Tensor is { requires_grad: true };

    /// <summary>The torch variable of a variable of a graph; null for one that has nothing to do with TorchSharp.</summary>
    public static TorchVariable? Of(Ir.Resource resource) => (resource as VariableResource)?.Mirror as TorchVariable;

    /// <summary>The variable of a tensor, always the same one.</summary>
    public static TorchVariable Of(torch.Tensor tensor)
    {
        if (OfTensors.TryGetValue(tensor, out TorchVariable? known)) return known;
        using Lock.Scope alone = Gate.EnterScope();
        if (OfTensors.TryGetValue(tensor, out known)) return known;
        Tensor value = new(TorchImport.Import(tensor, copy: false));
        nint native = *(nint*)tensor.Handle;
        if (ByNative.TryGetValue(native, out WeakReference<TorchVariable>? held) && held.TryGetTarget(out known) && known._shared is not null
            && known.Variable.Type == value.Type)
        {
            if (known.Tensor is null or { IsInvalid: true }) known._tensor.SetTarget(tensor);
        }
        else
        {
            known = new TorchVariable(tensor, value);
            ByNative[native] = new(known);
            if (ByNative.Count % 1024 == 0) Forget();
        }
        OfTensors.Add(tensor, known);
        return known;
    }

    /// <summary>True for two tensors of TorchSharp with memory in common, as a view and what it is a view of.</summary>
    public bool Overlaps(TorchVariable other)
    {
        if (other == this || Tensor is not { IsInvalid: false } own || other.Tensor is not { IsInvalid: false } its) return false;
        (nint first, nint end) = SpanOf(own);
        (nint otherFirst, nint otherEnd) = SpanOf(its);
        return first < otherEnd && otherFirst < end;
    }

    /// <summary>True where an argument of the call is a view of the tensor.</summary>
    public bool IsArgument => Tensor is { IsInvalid: false } own && TorchBoundary.HasArgument(
        _isCopy ? SpanOf(own) : (_address, _address + (nint)(Variable.Shape.ElementCount.Value * Variable.DType.Size())));

    /// <summary>The value is what the tensor has now.</summary>
    /// <exception cref="GraphException">TG1014 for one that got another shape or type.</exception>
    public void Refresh()
    {
        using Lock.Scope alone = _gate.EnterScope();
        // What a call under way has assigned is not in the tensor yet.
        if ((_calls > 0 && Variable.Resource.Assignments != _seen) || Tensor is not { } tensor) return;
        if (tensor.IsInvalid) Drop();
        else if (_shared is null || _isCopy || AddressOf(tensor) != _address || !IsContiguous(tensor) || Device.Current != _device) Share(tensor);
        else if (Variable.Resource.Assignments != _seen) Return();
    }

    public override void Enter()
    {
        using Lock.Scope alone = _gate.EnterScope();
        Refresh();
        _calls++;
    }

    public override void Leave(bool completed)
    {
        using Lock.Scope alone = _gate.EnterScope();
        _calls--;
        if (completed) WriteBack();
    }

    // The tensor gets what the graph assigned. A call on another thread may assign at any time, as it may write to the tensor without a graph.
    private void WriteBack()
    {
        torch.Tensor? tensor = Tensor;
        VariableResource resource = Variable.Resource;
        while (resource.Assignments is var assignments && assignments != _seen && _shared is not null && tensor is not { IsInvalid: true })
        {
            TensorData value = resource.Read();
            value.Wait();
            if (value != _shared) CopyTo(tensor, value);
            value.Release();
            if (tensor is { requires_grad: true }) CountChange(tensor);
            if (_isCopy)
            {
                _seen = assignments;
                continue;
            }
            _shared.Retain();
            if (resource.TryAssign(_shared, assignments)) _seen = assignments + 1;
            else _shared.Release();
        }
        GC.KeepAlive(tensor);
    }

    // What torch has kept of the tensor for a gradient is no more what it was: torch counts a change of no elements, too.
    private void CountChange(torch.Tensor tensor)
    {
        if (_none is null)
        {
            using torch.Tensor same = tensor.detach(), flat = same.reshape(-1);
            _none = flat.narrow(0, 0, 0).DetachFromDisposeScope();
        }
        Native.Check(Native.Zero(_none.Handle));
    }

    private void CopyTo(torch.Tensor? tensor, TensorData value)
    {
        if (!_isCopy && value.Buffer is ManagedBuffer)
        {
            System.Buffer.MemoryCopy(value.Address(), (void*)_address, value.Layout.Bytes, value.Layout.Bytes);
        }
        else if (tensor is not null)
        {
            using torch.Tensor copy = TorchExport.Export(value, copy: true);
            using (torch.no_grad()) Native.Check(Native.Copy(tensor.Handle, copy.Handle, 0));
        }
    }

    private void Share(torch.Tensor tensor)
    {
        TensorData data = TorchImport.Import(tensor, copy: false);
        if (data.Type != Variable.Type)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "parameter", $"it was {Variable.Type} and is {data.Type} now", "Make a new parameter where the shape or type changes.");
        }
        _none?.Dispose();
        _none = null;
        _shared?.Release();
        _shared = data;
        _isCopy = !data.Buffer.IsBorrowed;
        _device = Device.Current;
        _address = AddressOf(tensor);
        Return();
    }

    // A graph that reads it says that there is no value.
    private void Drop()
    {
        if (_shared is null) return;
        Variable.Resource.Assign(null);
        _seen = Variable.Resource.Assignments;
        _shared.Release();
        _shared = null;
        _none?.Dispose();
        _none = null;
    }

    private void Return()
    {
        _shared!.Retain();
        Variable.Resource.Assign(_shared);
        _seen = Variable.Resource.Assignments;
    }

    private static nint AddressOf(torch.Tensor tensor)
    {
        Native.Check(Native.GetData(tensor.Handle, out byte* data));
        return (nint)data;
    }

    private static bool IsContiguous(torch.Tensor tensor)
    {
        Native.Check(Native.IsContiguous(tensor.Handle, out byte contiguous));
        return contiguous != 0;
    }

    /// <summary>The first byte and the one behind the last, whatever the strides.</summary>
    public static (nint First, nint End) SpanOf(torch.Tensor tensor)
    {
        nint first = AddressOf(tensor);
        Native.Check(Native.GetDim(tensor.Handle, out long rank));
        Native.Check(Native.GetSizes(tensor.Handle, out long* sizes));
        Native.Check(Native.GetStrides(tensor.Handle, out long* strides));
        long last = 0;
        for (int i = 0; i < rank; i++)
        {
            if (sizes[i] == 0) return (first, first);
            last += (sizes[i] - 1) * strides[i];
        }
        Native.Check(Native.GetDType(tensor.Handle, out int dtype));
        return (first, first + (nint)((last + 1) * (TorchTypes.Of(dtype)?.Size() ?? 16)));
    }

    private static void Forget()
    {
        foreach (nint native in ByNative.Where(pair => !pair.Value.TryGetTarget(out _)).Select(pair => pair.Key).ToArray()) ByNative.Remove(native);
    }
}
