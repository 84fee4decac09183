using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A tensor that can be assigned and keeps its value between calls. Graphs refer to it by identity: they read and write the live value, in
/// program order. Converts to <see cref="Tensor"/> by reading it.
/// </summary>
/// <example>
/// <code>
/// var count = new Variable(0f, "count");
/// count.AssignAdd(2f);
/// Console.WriteLine(count * 3); // 6
/// </code>
/// </example>
[System.Diagnostics.DebuggerDisplay("{Name,nq}: {Type.ToString(),nq}")]
public sealed partial class Variable : IFormattable
{
    private readonly Attrs _attrs;

    /// <summary>
    /// Creates a variable. A graph function may do so where the next call does not: while the field that holds it is still null. The initial value is
    /// then computed outside the graph.
    /// </summary>
    /// <param name="initial">Initial value; its type stays the variable's type.</param>
    /// <param name="name">Name for messages, dumps and saving.</param>
    /// <param name="trainable">False for state that optimisers leave alone; tapes do not watch it by themselves.</param>
    /// <exception cref="VariableCreationException">Created by a graph function on every call (TG7003).</exception>
    public Variable(Tensor initial, string? name = null, bool trainable = true)
    {
        Check.NotNull(initial);
        Tensor value = initial;
        if (ExecutionContext.Current is TraceContext trace)
        {
            if (!trace.AllowVariables)
            {
                throw new VariableCreationException(
                    $"variable: '{trace.Name}' creates {(name is null ? "a variable" : $"variable '{name}'")} again at each trace, or may do so",
                    "Create it once: in the constructor, or only when the field that holds it is still null. A method that changes collections or C# state may "
                    + "create variables at one of its traces only.");
            }

            value = InitialValue.Lift(initial, trace);
            trace.Created.Add(this);
        }

        Name = name ?? "variable";
        Resource = new VariableResource(Name, value.Type) { IsTrainable = trainable, Value = value.Data };
        _attrs = Attrs.Of("var", Resource);
    }

    /// <summary>Name for messages, dumps and saving.</summary>
    public string Name { get; }

    /// <summary>True when optimisers may change it and tapes watch it.</summary>
    public bool IsTrainable => Resource.IsTrainable;

    /// <summary>Type of the value.</summary>
    public TensorType Type => Resource.Type!.Value;

    /// <summary>Element type.</summary>
    public DType DType => Type.DType;

    /// <summary>Sizes of the axes.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The current value.</summary>
    public Tensor Value => Dispatch.Run(OpDefs.ReadVariable, _attrs);

    internal VariableResource Resource { get; }

    /// <summary>Sets the value.</summary>
    /// <exception cref="GraphException">TG2001 or TG2002 when the type differs.</exception>
    public void Assign(Tensor value) => ExecutionContext.Current.Run(OpDefs.AssignVariable, _attrs, [Check.NotNull(value)]);

    /// <summary>Adds to the value, in one step: other threads do not come between.</summary>
    /// <exception cref="GraphException">TG2001 or TG2002 when the type differs.</exception>
    public void AssignAdd(Tensor delta) => Update(OpDefs.Add, Checked(delta, "assign_add"));

    /// <summary>Subtracts from the value, in one step: other threads do not come between.</summary>
    /// <exception cref="GraphException">TG2001 or TG2002 when the type differs.</exception>
    public void AssignSub(Tensor delta) => Update(OpDefs.Sub, Checked(delta, "assign_sub"));

    /// <summary>Sets the value of a variable without axes to a C# number. Errors: TG2001 for one with axes; TG2005.</summary>
    public void Assign(Scalar value) => Assign(value.To(DType));

    /// <summary>Adds a C# number to each element, in one step. Errors: TG2005 when the dtype can't hold it.</summary>
    public void AssignAdd(Scalar delta) => AssignAdd(delta.To(DType));

    /// <summary>Subtracts a C# number from each element, in one step. Errors: TG2005 when the dtype can't hold it.</summary>
    public void AssignSub(Scalar delta) => AssignSub(delta.To(DType));

    private void Update(OpDef op, Tensor delta)
    {
        var context = ExecutionContext.Current;
        if (context is TraceContext)
            Assign(Dispatch.Run(op, Value, delta));
        else if (context.Tapes.IsEmpty && Placement.Current is null)
            Resource.Update(op, delta.IsFree && Resource.Device is { } home ? home.Copy(delta.Data) : delta.Data);
        else
            Resource.Update(() => Assign(Dispatch.Run(op, Value, delta)));
    }

    private Tensor Checked(Tensor delta, string name)
    {
        if (Check.NotNull(delta).DType != DType)
            Throw.DType(name, $"variable '{Name}' is {Type}, the tensor {delta.GraphType}", $"Cast the tensor to DType.{DType}.");
        return delta;
    }

    /// <summary>Reads the variable.</summary>
    public static implicit operator Tensor(Variable variable) => Check.NotNull(variable).Value;

    /// <summary>Name, type and, outside of a trace, the value.</summary>
    public override string ToString() => ToString(null);

    /// <summary>The same with a format of C# for each number: <c>$"{weight:f3}"</c>. The culture does not matter.</summary>
    /// <exception cref="GraphException">TG2007 when the numbers have no such format.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider = null) =>
        ExecutionContext.Current is not TraceContext && Resource.Value is { } value
        ? $"Variable({Name}: {Type} = {TensorText.Print(value.ToLiteral(), format)})"
        : $"Variable({Name}: {Type})";
}
