using System.Reflection;
using TensorGraph.Backends.Torch;
using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;

/// <summary>Gradients of parameters as TorchSharp has them, while a graph runs and between its calls.</summary>
internal static unsafe class GradientStore
{
    /// <summary>Ends of a call for a gradient.</summary>
    public enum End
    {
        Written,

        /// <summary>Zeros that say that the gradient was not written, since a step has used it and the next call clears it.</summary>
        Spared,

        /// <summary>Zeros, if there is a gradient.</summary>
        Zeroed,

        /// <summary>Zeros.</summary>
        Made,
        None,
    }

    /// <summary>Gradients that a parameter may have.</summary>
    public enum State
    {
        None,
        There,
        Spared,
    }

    static GradientStore()
    {
        AppDomain.CurrentDomain.AssemblyLoad += static (_, loaded) => Look(loaded.LoadedAssembly);
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies()) Look(assembly);
    }

    /// <summary>True in a program that may look at each gradient which a function leaves: none is spared then.</summary>
    public static bool AreKept { get; set; }

    private static void Look(Assembly assembly)
    {
        try
        {
            if (assembly.IsDefined(typeof(UsesGradientsAttribute), inherit: false)) AreKept = true;
        }
        catch (Exception unreadable) when (unreadable is IOException or TypeLoadException or BadImageFormatException or NotSupportedException)
        {
            AreKept = true;
        }
    }

    public static State StateOf(torch.Tensor parameter)
    {
        nint gradient = parameter.IsInvalid ? 0 : Native.Gradient(parameter.Handle);
        if (gradient == 0) return State.None;
        TorchVariable variable = TorchVariable.Of(parameter);
        State found = variable.SparedGradient == *(nint*)gradient && IsMarked(gradient, variable.Variable.DType.Size()) ? State.Spared : State.There;
        Native.Check(Native.Delete(gradient));
        return found;
    }

    public static void Leave(TorchVariable variable, End end, Tensor? value)
    {
        if (variable.Tensor is not { IsInvalid: false } parameter) return;
        bool isMarked = end == End.Spared && variable.Variable.Shape.ElementCount.Value > 0;
        if (isMarked && StateOf(parameter) == State.Spared) return;
        if (end is End.Written or End.None) Replace(parameter, value?.ToTorch(copy: true));
        else Zero(parameter, isMade: end != End.Zeroed);
        variable.SparedGradient = isMarked ? Mark(parameter, variable.Variable.DType.Size()) : 0;
    }

    /// <summary>The gradient, or zeros, and whether there is one.</summary>
    /// <exception cref="GraphException">TG1014 for one that the last step did not leave.</exception>
    public static Tensor[] Read(WeakReference<TorchVariable> held)
    {
        if (!held.TryGetTarget(out TorchVariable? variable) || variable.Tensor is not { IsInvalid: false } parameter) throw Spared();
        if (StateOf(parameter) == State.Spared) throw Spared();
        using torch.Tensor? gradient = parameter.grad;
        return gradient is null ? [Ops.Full(variable.Variable.Shape, 0, variable.Variable.DType), false]
            : [Tensor.FromTorch(gradient, copy: true), true];
    }

    /// <summary>The error of a gradient that is not there any more.</summary>
    public static Exception Spared()
    {
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, "grad", "the gradient of the last step is used, which the function of that step clears and did not keep",
            "Call zero_grad before backward here too, or call it outside of both functions.");
        return new InvalidOperationException();
    }

    private static void Replace(torch.Tensor parameter, torch.Tensor? gradient)
    {
        using torch.Tensor? old = parameter.grad;
        if (old is null && gradient is null) return;
        parameter.grad = gradient?.DetachFromDisposeScope();
        gradient?.Dispose();
    }

    private static void Zero(torch.Tensor parameter, bool isMade)
    {
        nint gradient = Native.Gradient(parameter.Handle);
        if (gradient != 0)
        {
            using (torch.no_grad()) Native.Check(Native.Zero(gradient));
            Native.Check(Native.Delete(gradient));
        }
        else if (isMade)
        {
            using (torch.no_grad()) Replace(parameter, torch.zeros_like(parameter));
        }
    }

    // The first zero has a sign: whatever the program does to the gradient takes it away.
    private static nint Mark(torch.Tensor parameter, int size)
    {
        nint gradient = Native.Gradient(parameter.Handle), native = *(nint*)gradient;
        Native.Check(Native.GetData(gradient, out byte* data));
        data[size - 1] = 0x80;
        Native.Check(Native.Delete(gradient));
        return native;
    }

    private static bool IsMarked(nint gradient, int size)
    {
        Native.Check(Native.GetData(gradient, out byte* data));
        return data[size - 1] == 0x80 && !new ReadOnlySpan<byte>(data, size - 1).ContainsAnyExcept((byte)0);
    }
}
