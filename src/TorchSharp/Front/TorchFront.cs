using System.ComponentModel;
using TensorGraph.Torch;

namespace TensorGraph.CompilerServices;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Functions that generated code calls where a method on tensors of TorchSharp reads or changes what TorchSharp keeps.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TorchFront
{
    /// <summary>The value of a parameter, buffer or field, which the graph reads at each call.</summary>
    public static Tensor Value(torch.Tensor? held) => held is null ? null! : TorchTrace.Here("value").Name(held);

    /// <summary>A parameter or buffer of a module; another tensor in its place makes another trace.</summary>
    public static TValue Member<TModule, TValue>(TModule module, Func<TModule, TValue> get)
        where TModule : Module
        where TValue : torch.Tensor?
    {
        GraphControl.Reads(Throw.IfNull(module), ["parameters"], (owner, state) =>
            state.AddStatic(get((TModule)owner!) is { } held ? TorchVariable.Of(held) : null));
        return get(module);
    }

    /// <summary>Writes into a parameter, buffer or field, and names it.</summary>
    public static Tensor Assign(torch.Tensor held, Tensor value)
    {
        TorchTrace call = TorchTrace.Here("assign");
        Variable variable = call.Written(call.Find(Throw.IfNull(held))).Variable;
        Tensor fitting = Fitting("the change of a parameter", variable.Value, value);
        variable.Assign(fitting);
        return call.Name(held);
    }

    /// <summary>The result of a change in place, in the type that the tensor has.</summary>
    /// <exception cref="GraphException">TG2001 for a result of another shape, TG2002 for one of a higher kind of type.</exception>
    public static Tensor InPlace(string op, Tensor before, Tensor after) => TorchApi.Changed(before, Fitting(op, before, after));

    /// <summary>The same for a tensor that has no name.</summary>
    public static Tensor InPlace(string op, Tensor before, Func<Tensor, Tensor> change) => InPlace(op, before, Throw.IfNull(change)(before));

    private static Tensor Fitting(string op, Tensor before, Tensor after)
    {
        DType type = Throw.IfNull(before).DType;
        if (Promotion.Kind(Throw.IfNull(after).DType) > Promotion.Kind(type))
            Throw.DType(op, $"the result is {after.Type}, the tensor {before.Type}", "A change in place keeps the type: use the form without '_'.");
        Dim[] sizes = [.. before.Shape.Dims], found = [.. after.Shape.Dims];
        if (found.Length != sizes.Length || sizes.Zip(found).Any(pair => IsKnown(pair.First) && IsKnown(pair.Second) && pair.First != pair.Second))
            Throw.Shape(op, $"the result is {after.Type}, the tensor {before.Type}", "A change in place keeps the shape: use the form without '_'.");
        Tensor typed = after.DType == type ? after : Ops.Cast(after, type);
        // A run checks the sizes that only it knows.
        return sizes.SequenceEqual(found) ? typed : Ops.BroadcastTo(typed, before.Shape);
    }

    private static bool IsKnown(Dim size) => size.InGraph.IsConstant;

    /// <summary>Sets the gradient of a parameter, and names it; null takes it away.</summary>
    /// <param name="held">The parameter.</param>
    /// <param name="value">The gradient.</param>
    /// <param name="isShared">True where code may use that tensor by another name later.</param>
    public static Tensor? SetGradient(torch.Tensor held, Tensor? value, bool isShared = false)
    {
        TorchTrace call = TorchTrace.Here("grad");
        TorchVariable variable = call.Find(Throw.IfNull(held));
        if (value is null)
        {
            call.ClearGradients([variable], toZeros: false);
            return null;
        }
        call.ReplaceGradient(variable, Fitting(variable, value), isShared);
        return call.NameGradient(variable);
    }

    /// <summary>Changes the gradient of a parameter in place, and names it.</summary>
    public static Tensor ChangeGradient(torch.Tensor held, Tensor value)
    {
        TorchTrace call = TorchTrace.Here("grad");
        TorchVariable variable = call.Find(Throw.IfNull(held));
        Tensor fitting = Fitting("the change of a gradient", variable.Variable.Value, value);
        call.SetGradients([(variable, fitting, null)]);
        return call.NameGradient(variable);
    }

    /// <summary>The same where there may be none: <c>p.grad?.mul_(0.5)</c>.</summary>
    public static void ChangeGradient(torch.Tensor held, Func<Tensor, Tensor> change)
    {
        TorchTrace call = TorchTrace.Here("grad");
        TorchVariable variable = call.Find(Throw.IfNull(held));
        var (value, has) = call.GradientOf(variable);
        if (value is not null) call.SetGradients([(variable, Fitting("the change of a gradient", value, Throw.IfNull(change)(value)), has)]);
    }

    private static Tensor Fitting(TorchVariable variable, Tensor value)
    {
        if (value.Type != variable.Variable.Type)
            Throw.Shape("grad", $"a gradient is {value.Type}, its parameter {variable.Variable.Type}", "Both have one shape and one type.");
        return value;
    }

    /// <summary>Makes the gradient of a parameter zeros, and names it.</summary>
    public static Tensor ZeroGradient(torch.Tensor held)
    {
        TorchTrace call = TorchTrace.Here("grad");
        TorchVariable variable = call.Find(Throw.IfNull(held));
        call.SureGradientOf(variable);
        call.ClearGradients([variable], toZeros: true);
        return call.NameGradient(variable);
    }

    /// <summary>The same where there may be none.</summary>
    public static void ZeroOptionalGradient(torch.Tensor held)
    {
        TorchTrace call = TorchTrace.Here("grad");
        call.ClearGradients([call.Find(Throw.IfNull(held))], toZeros: true);
    }

    /// <summary>The gradient of a parameter.</summary>
    public static Tensor? Gradient(torch.Tensor held)
    {
        TorchTrace call = TorchTrace.Here("grad");
        var (value, has) = call.GradientOf(call.Find(Throw.IfNull(held)));
        if (has is not null)
        {
            throw TorchTrace.InBranch(
                "only the run knows whether the parameter has a gradient here, and C# asks now",
                "Write p.grad! or p.grad.member where it is there, p.grad?.mul_(…) as a statement where it may not be.");
        }
        return value is null ? null : call.NameGradient(call.Find(held));
    }

    /// <summary>The gradient of a parameter in code that does not ask whether it is there, as in front of a dot.</summary>
    public static Tensor SureGradient(torch.Tensor held)
    {
        TorchTrace call = TorchTrace.Here("grad");
        return call.SureGradientOf(call.Find(Throw.IfNull(held)));
    }

    /// <summary>How much of the graph there is before a module or method runs, whose result is changed in place.</summary>
    public static int Mark() => ExecutionContext.Current.Builder.Body.Count;

    /// <summary>
    /// The result of a module or method that nothing else can name: it was made since the mark, or is an argument that it replaces.
    /// </summary>
    /// <exception cref="GraphException">TG1014 for one that may share its memory with a tensor from before.</exception>
    public static Tensor Own(int mark, Tensor result, string call, Tensor? replaced = null)
    {
        bool isReplaced = replaced is not null && replaced.Named is not TorchName && Throw.IfNull(result).Named is not TorchName
            && MakerOf(result) == MakerOf(replaced);
        return isReplaced || IsMadeSince(mark, Throw.IfNull(result)) ? result : throw new GraphException(
            DiagnosticIds.NotTraceableTorch, $"{call}: its result is changed in place, and may share its memory with another tensor",
            "Use the form without '_' and assign its result.");
    }

    /// <summary>The argument of a module that nothing names, so that the module may change it.</summary>
    public static Tensor Temporary(int mark, Tensor argument)
    {
        if (argument is not null && IsMadeSince(mark, argument)) TorchTrace.Here("forward").Temporary = argument;
        return argument!;
    }

    /// <summary>The argument of a module that only the variable names which gets the result.</summary>
    public static Tensor Replaced(Tensor argument) => TorchTrace.Here("forward").Temporary = argument;

    /// <summary>The same for a variable that has results of modules and methods, where these were made for it.</summary>
    public static Tensor ReplacedMade(Tensor argument)
    {
        TorchTrace call = TorchTrace.Here("forward");
        return call.OwnResults.Contains(argument) ? call.Temporary = argument : argument;
    }

    /// <summary>The result of a module or method for a variable, from which a module may replace it.</summary>
    public static Tensor Made(int mark, Tensor result)
    {
        if (IsMadeSince(mark, Throw.IfNull(result))) TorchTrace.Here("forward").OwnResults.Add(result);
        return result;
    }

    // What a branch gives may be what it got.
    private static bool IsMadeSince(int mark, Tensor tensor)
    {
        if (tensor.Named is TorchName) return false;
        Ir.Node made = MakerOf(tensor);
        // A read of a parameter, buffer or gradient is memory of its own in the graph alone.
        return made.IsPure && made.Regions.IsEmpty && ExecutionContext.Current.Builder.Body.Skip(mark).Contains(made);
    }

    // The node that made a tensor's memory.
    private static Ir.Node MakerOf(Tensor tensor)
    {
        Ir.Node made = ExecutionContext.Current.ValueOf(tensor).Node;
        while (Views.Contains(made.Op)) made = made.Inputs[0].Node;
        return made;
    }

    private static readonly HashSet<Ir.OpDef> Views =
        [Ir.OpDefs.Reshape, Ir.OpDefs.Transpose, Ir.OpDefs.BroadcastTo, Ir.OpDefs.Slice, Ir.OpDefs.DynamicSlice, Ir.OpDefs.StopGradient];

    /// <summary>True for a parameter that wants a gradient; a trace serves calls with the same answer.</summary>
    public static bool RequiresGradient(torch.Tensor held) => TorchTrace.Here("requires_grad").Find(Throw.IfNull(held)).RequiresGradient;

    /// <summary>Whether a module trains; a trace serves calls with the same answer.</summary>
    public static bool Training(Module module)
    {
        GraphControl.Reads(Throw.IfNull(module), ["training"], static (owner, state) => state.AddStatic(((Module)owner!).training));
        return module.training;
    }

    /// <summary>Modules in a list; a trace serves calls with the same ones.</summary>
    public static T Parts<T>(T modules)
        where T : Module, System.Collections.IEnumerable
    {
        GraphControl.Reads(Throw.IfNull(modules), ["modules"], static (owner, state) =>
            AddParts(state, ((System.Collections.IEnumerable)owner!).OfType<Module>(), (Module)owner!));
        return modules;
    }

    /// <summary>Modules by names; a trace serves calls with the same ones.</summary>
    public static ModuleDict<T> Parts<T>(ModuleDict<T> modules)
        where T : Module
    {
        GraphControl.Reads(Throw.IfNull(modules), ["modules"], static (owner, state) => AddParts(state, ((ModuleDict<T>)owner!).values(), (Module)owner!));
        return modules;
    }

    // A list need not tell its module of what is added.
    private static void AddParts(GraphCall state, IEnumerable<Module> items, Module list)
    {
        Module[] parts = [.. items, .. list.children()];
        state.AddStatic(parts.Length);
        foreach (Module part in parts) state.AddStatic(part);
    }

    /// <summary>The only element of a tensor by <c>item&lt;T&gt;()</c>, which converts nothing.</summary>
    /// <exception cref="GraphException">TG2002 for a tensor of another type.</exception>
    public static Tensor Item<T>(Tensor tensor)
    {
        Tensor number = Number<T>(tensor);
        if (number.DType != tensor.DType)
        {
            Throw.DType(
                "item", $"it asks for {number.DType.Name()}, and the tensor is {tensor.Type}",
                "Name the type that the tensor has, or cast it: (int)x, x.to(torch.int32).");
        }
        return number;
    }

    /// <summary>The only element of a tensor, as a condition reads it.</summary>
    /// <typeparam name="T">The type that the code reads it as.</typeparam>
    public static Tensor Number<T>(Tensor tensor)
    {
        Tensor single = Throw.IfNull(tensor).Rank == 0 ? tensor : Ops.Reshape(tensor, ReadOnlySpan<Dim>.Empty);
        DType type = default(T) switch
        {
            bool => DType.Bool,
            byte => DType.U8,
            sbyte => DType.I8,
            short => DType.I16,
            int => DType.I32,
            long => DType.I64,
            float => DType.F32,
            double => DType.F64,
            _ => single.DType,
        };
        return type == DType.Bool ? TorchApi.Bool(single) : Ops.Cast(single, type);
    }

    /// <summary>Begins a function that changes gradients, which are those of the parameters when it ends.</summary>
    /// <param name="differentiates">True for one that calls <c>backward</c>: what that differentiates is recorded until then.</param>
    public static IDisposable Record(bool differentiates) => new Recording(TorchTrace.Here("backward"), differentiates);

    /// <summary>Before a branch or loop that a tensor decides, in which gradients may be taken or changed.</summary>
    public static void BeforeBranch() => TorchTrace.Here("backward").BeforeBranch();

    /// <summary>The same behind the condition, which has taken or changed gradients itself.</summary>
    public static Tensor BeforeBranch(Tensor condition)
    {
        BeforeBranch();
        return condition;
    }

    /// <summary>The error of a module whose forward method is not converted.</summary>
    public static Exception NotConverted(object module, string problem) => new GraphException(
        DiagnosticIds.NotTraceableTorch, $"{module.GetType().Name}.forward: it is not converted: {problem.TrimEnd('.')}",
        "Change what the message names, or run the module outside of the graph function.");

    private sealed class Recording : IDisposable
    {
        private readonly TorchTrace? _call;

        // A graph function in another records into the same tape.
        public Recording(TorchTrace call, bool differentiates)
        {
            if (call.Begin(differentiates)) _call = call;
        }

        public void Dispose() => _call?.Finish();
    }
}
