using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// A function of a tensor together with the variables that it learns. A model is a module made of modules: derive from this class, keep variables
/// and modules in fields or properties, also in arrays, lists, dictionaries, tuples and records, and they are part of the model. Nothing is
/// registered. Override <see cref="Forward"/>; a module with other inputs has a method of its own that opens <see cref="OpenScope"/>.
/// Source: tf.keras.layers.Layer, torch.nn.Module.
/// </summary>
/// <example>
/// <code>
/// var block = new Block();
/// Console.WriteLine(block.Call(Ops.Ones(1, 4)).Shape); // [1, 2]
/// Console.WriteLine(string.Join(", ", block.NamedVariables.Keys)); // first.kernel, first.bias, last.kernel, last.bias
///
/// public partial class Block : Module
/// {
///     private readonly Dense _first = new(4, 8, Ops.Relu), _last = new(8, 2);
///
///     protected override Tensor Forward(Tensor x, bool training) =&gt; _last.Call(_first.Call(x));
/// }
/// </code>
/// </example>
[DebuggerDisplay("{Name,nq}: {Variables.Count} variables")]
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)]
public abstract partial class Module
{
    private string? _given;
    private string? _member;
    private string? _class;
    private bool _hasNamedParts;

    /// <summary>
    /// Last part of the path: the member of the parent that holds the module, <c>attention</c> or <c>layers.2</c>, unless one is set. A module
    /// without a parent is called by its class. Graphs and errors show it. Errors: TG1002 null, TG2004 empty.
    /// </summary>
    public string Name
    {
        get => _given ?? _member ?? (_class ??= Members.SnakeCase(GetType().Name.Split('`')[0]));
        set
        {
            if (Check.NotNull(value).Length == 0)
                Throw.Range("module", "the name is empty", "Pass a name of at least one character.");
            _given = value;
        }
    }

    /// <summary>Computes the output. Shape, DType, Errors: those of the module; TG1009 for one that is not called with one tensor.</summary>
    /// <param name="x">Input; its first axis counts the examples.</param>
    /// <param name="training">
    /// True while training, for modules that then act differently, such as <see cref="Dropout"/>: a C# bool, or a tensor that the graph decides by.
    /// </param>
    [RunsOverrides(nameof(Forward))]
    public Tensor Call(Tensor x, TrainingFlag training = default)
    {
        using var scope = OpenScope();
        return training.Choose((Module: this, x), static (call, training) => GraphControl.IsTracing
            ? call.Module.__Forward_Traced(call.x, training)
            : call.Module.Forward(call.x, training));
    }

    /// <summary>Computes the output, for <see cref="Call"/>, inside the module's name scope. Errors: TG1009 unless it is overridden.</summary>
    /// <param name="x">Input.</param>
    /// <param name="training">True while training: pass it on to the modules inside.</param>
    protected virtual Tensor Forward(Tensor x, bool training)
    {
        Throw.Raise(DiagnosticIds.NotCalledWithOneTensor, Name, $"a {GetType().Name} is not called with one tensor",
            "Call the method that it has for its inputs, or override Forward.");
        return x;
    }

    /// <summary>
    /// The method that runs while something is traced. The generator overrides it where <see cref="Forward"/> holds control flow on tensors or reads C# state.
    /// </summary>
    [TracedTwin(nameof(Forward)), EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual Tensor __Forward_Traced(Tensor x, bool training) => Forward(x, training);

    /// <summary>The same as <see cref="Call"/>, which knows whether something is traced.</summary>
    [TracedTwin(nameof(Call)), EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor __Call_Traced(Tensor x, TrainingFlag training = default) => Call(x, training);

    /// <summary>Puts the module's name before the ops of a method of its own: <c>using var scope = OpenScope();</c>.</summary>
    protected NameScope OpenScope()
    {
        if (!_hasNamedParts)
            NameParts();
        return Ops.NameScope(Name);
    }

    /// <summary>The part of a path that stands for the module in a parent that holds it in the member <paramref name="member"/>.</summary>
    internal string NameIn(string member) => _given ?? member;

    private void NameParts()
    {
        foreach (var (name, part) in Members.Of(this))
        {
            if (part is Module module)
                module._member ??= name;
        }

        _hasNamedParts = true;
    }
}
