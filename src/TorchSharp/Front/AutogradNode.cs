using System.Diagnostics;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Torch;
using TorchSharp;

namespace TensorGraph.Torch;

/// <summary>
/// A node of torch's autograd whose gradients we compute. It lives as long as torch has it: as long as one of its results, or what was computed from
/// them.
/// </summary>
internal abstract unsafe class AutogradNode
{
    // An exception can't cross native code: torch itself throws, since so many gradients are wrong. The number is that of the rule.
    private const int Refused = 1014;

    // Torch calls their functions; the pointers do not keep them alive.
    private static readonly HashSet<AutogradNode> Alive = [];

    private readonly Apply _apply;
    private readonly Action _delete;
    private readonly List<torch.Tensor> _given = [];
    private nint[] _inputs = [];
    private Native.NodeHandle _node;
    private nint* _handles;
    private int _room;

    protected AutogradNode() => (_apply, _delete) = (Run, Delete);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate Native.Handles Apply(nint* gradients, int count);

    /// <summary>How many torch has.</summary>
    public static int Count
    {
        get
        {
            lock (Alive) return Alive.Count;
        }
    }

    /// <summary>The graph function, for messages.</summary>
    protected abstract string Function { get; }

    /// <summary>Results as those of the node.</summary>
    /// <param name="inputs">What torch gets the gradients of.</param>
    /// <param name="results">They are taken over.</param>
    protected torch.Tensor[] Connect(torch.Tensor[] inputs, torch.Tensor[] results)
    {
        lock (Alive) Alive.Add(this);
        _node = Native.NewNode(Marshal.GetFunctionPointerForDelegate(_apply), Marshal.GetFunctionPointerForDelegate(_delete));
        if (!_node.IsValid) torch.CheckForErrors();
        _inputs = new nint[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) Native.Check(Native.NewHandle(inputs[i].Handle, out _inputs[i]));
        Native.SetInputs(_node, HandlesOf(inputs), 1);
        torch.CheckForErrors();
        Native.SetOutputs(default, default, default, HandlesOf(results), _node, &Room);
        torch.CheckForErrors();
        foreach (torch.Tensor result in results) result.Dispose();
        torch.Tensor[] connected = [.. Enumerable.Range(0, results.Length).Select(i => torch.Tensor.UnsafeCreateTensor(t_results[i]))];
        Native.FreeShared(_node);
        return connected;
    }

    /// <summary>Gradients of the inputs; null for one that has no influence.</summary>
    /// <param name="gradients">Of the results; null for one that was not used.</param>
    protected abstract Tensor?[] Gradients(torch.Tensor?[] gradients);

    /// <summary>Nothing asks any more.</summary>
    protected virtual void Free()
    {
    }

    [ThreadStatic]
    private static nint* t_results;

    [ThreadStatic]
    private static List<torch.Tensor>? t_last;

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static nint* Room(nuint count) => t_results = (nint*)NativeMemory.Realloc(t_results, count * (nuint)sizeof(nint));

    private Native.Handles Run(nint* handles, int count)
    {
        var gradients = new torch.Tensor?[count];
        for (int i = 0; i < count; i++) gradients[i] = handles[i] == 0 ? null : torch.Tensor.UnsafeCreateTensor(handles[i]).DetachFromDisposeScope();
        Drop(_given);
        Drop(t_last ??= []);
        try
        {
            torch.Tensor?[] found = [.. Gradients(gradients).Select(gradient => gradient?.ToTorch())];
            if (!torch.is_grad_enabled()) return Give(found, _given);
            // These lead back to this node, which must not keep them.
            torch.Tensor[] inputs = [.. _inputs.Select(Same)];
            Native.Handles connected = Give(WithoutGradient.Of(Function, [.. gradients, .. inputs], found), t_last);
            foreach (torch.Tensor input in inputs) input.Dispose();
            return connected;
        }
        catch (Exception error)
        {
            TensorGraphOptions.Current.Warnings.WriteLine($"{Function}: torch gets no gradient, and says so by the number {Refused}: {error.Message}");
            // TorchSharp does not catch what torch throws there, and the process would end.
            return new StackTrace().GetFrames().Any(frame => frame.GetMethod() is { Name: "grad", DeclaringType.Name: "autograd" })
                ? Give([.. _inputs.Select(NotANumber)], _given)
                : HandlesOf(new torch.Tensor?[Refused]);
        }
        finally
        {
            foreach (torch.Tensor? gradient in gradients) gradient?.Dispose();
        }
    }

    // Torch takes them over after the function has returned.
    private Native.Handles Give(torch.Tensor?[] found, List<torch.Tensor> given)
    {
        given.AddRange(found.OfType<torch.Tensor>().Select(gradient => gradient.DetachFromDisposeScope()));
        return HandlesOf(found);
    }

    private static void Drop(List<torch.Tensor> given)
    {
        foreach (torch.Tensor gradient in given) gradient.Dispose();
        given.Clear();
    }

    private Native.Handles HandlesOf(torch.Tensor?[] tensors)
    {
        if (_room < tensors.Length)
            _handles = (nint*)NativeMemory.Realloc(_handles, (nuint)(_room = tensors.Length) * (nuint)sizeof(nint));
        for (int i = 0; i < tensors.Length; i++) _handles[i] = tensors[i]?.Handle ?? 0;
        return new(_handles, tensors.Length);
    }

    private static torch.Tensor Same(nint handle)
    {
        Native.Check(Native.NewHandle(handle, out nint same));
        return torch.Tensor.UnsafeCreateTensor(same);
    }

    private static torch.Tensor NotANumber(nint input)
    {
        using torch.Tensor same = Same(input);
        using global::TorchSharp.Scalar nan = double.NaN.ToScalar();
        return torch.full_like(same, nan);
    }

    // Torch has deleted the node.
    private void Delete()
    {
        lock (Alive) Alive.Remove(this);
        Native.FreeWeak(_node);
        Drop(_given);
        foreach (nint input in _inputs) Native.Check(Native.Delete(input));
        NativeMemory.Free(_handles);
        Free();
    }

    /// <summary>Stands behind gradients that torch wants to differentiate: it says that it can't.</summary>
    private sealed class WithoutGradient(string function) : AutogradNode
    {
        protected override string Function => function;

        public static torch.Tensor?[] Of(string function, torch.Tensor?[] inputs, torch.Tensor?[] gradients)
        {
            torch.Tensor[] some = [.. inputs.OfType<torch.Tensor>()];
            var connected = new Queue<torch.Tensor>(new WithoutGradient(function).Connect(some, [.. gradients.OfType<torch.Tensor>()]));
            return [.. gradients.Select(gradient => gradient is null ? null : connected.Dequeue())];
        }

        protected override Tensor?[] Gradients(torch.Tensor?[] gradients)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, function, "a gradient of its gradient is asked for, which only a graph function itself can give",
                "Compute the inner gradient in the graph function too, or run it with RunImperatively.");
            return [];
        }
    }
}
