using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Analyzers;

/// <summary>
/// State that a branch or a loop body changes and somebody reads later: a local, a parameter, a field or property.
/// <paramref name="Expression"/> reads and writes it. A tensor array is not among it: it takes care of itself while tracing.
/// </summary>
internal sealed record CarriedVariable(string Name, string Expression, Structure Structure)
{
    /// <summary>The objects whose member it is, where it is one of each object in a collection.</summary>
    public CarriedItems? Items { get; init; }

    /// <summary>A flag or a result variable that the conversion itself declares.</summary>
    public static CarriedVariable Own(string name, Structure structure) => new(name, name, structure);

    /// <summary>True for an array, list or dictionary whose elements are written: it stays the same object.</summary>
    private bool IsContainer => Items is not null
        || (!IsReplaced && Structure.Kind is StructureKind.Array or StructureKind.List or StructureKind.Dictionary);

    /// <summary>True for a variable that gets another array or list, or a structure with one; its elements are not written.</summary>
    public bool IsReplaced { get; init; }

    private bool IsTensor => Items is null && Structure.Kind == StructureKind.Tensor;

    /// <summary>The place of the variable on the left of a deconstruction.</summary>
    private string Target => IsContainer ? "var _" : Expression;

    /// <summary>The expression that says how the value is carried.</summary>
    private string Carrier
    {
        get
        {
            if (IsTensor)
                return $"{Carried}.Tensor({Literal(Name)})";
            if (Items is { } items)
                return $"{Carried}.Members<{items.CollectionType}, {items.Type}>({Literal(items.Collection)}, [{string.Join(", ", Structure.Leaves(items.Member, "").Select(l => Literal(l.Name)))}], "
                    + $"static __item => [{string.Join(", ", Structure.Leaves("", $"__item.{items.Member}").Select(l => l.Expression))}], "
                    + $"static (__item, __leaves) => __item.{items.Member} = {Restored(Structure)})";
            if (IsContainer)
                return $"{Carried}.Elements<{Structure.BareTypeName}{ElementCarrier(Structure.Element)})";
            if (!Structure.IsFixed)
                return $"{Carried}.Sized<{Structure.BareTypeName}>({Literal(Name)}, static __value => [{string.Join(", ", Parts(Structure, Name, "__value"))}], static (__like, __leaves) => {Restored(Structure, "__like")})";
            List<(string Name, string Expression)> leaves = [.. Structure.Leaves(Name, "__value")];
            return $"{Carried}.Of<{Structure.BareTypeName}>([{string.Join(", ", leaves.Select(l => Literal(l.Name)))}], "
                + $"static __value => [{string.Join(", ", leaves.Select(l => l.Expression))}], "
                + $"static __leaves => {Restored(Structure)})";
        }
    }

    private string ElementCarrier(Structure element)
    {
        if (element.Kind == StructureKind.Tensor)
            return $">({Literal(Name)}";
        (string Name, string Expression)[] leaves = [.. element.Leaves("", "__item")];
        return $", {element.BareTypeName}>({Literal(Name)}, [{string.Join(", ", leaves.Select(l => Literal(l.Name)))}], "
            + $"static __item => [{string.Join(", ", leaves.Select(l => l.Expression))}], static __leaves => {Restored(element)}";
    }

    private static IEnumerable<string> Parts(Structure structure, string name, string value) =>
        structure.Kind is StructureKind.Tensor or StructureKind.Array or StructureKind.List
            ? [$"new({Literal(name)}, {value})"]
            : structure.Parts.SelectMany(p => Parts(p.Part, $"{name}.{p.Name}", $"{value}.{p.Name}"));

    private static string Restored(Structure structure, string like)
    {
        switch (structure.Kind)
        {
            case StructureKind.Tensor:
                return "__leaves.Tensor()";
            case StructureKind.Array or StructureKind.List:
                return $"__leaves.{structure.Kind}({like})";
            case StructureKind.Tuple:
                return $"({string.Join(", ", structure.Parts.Select(p => Restored(p.Part, $"{like}.{p.Name}")))})";
            case StructureKind.Struct:
                return structure.BuildStruct(structure.Parts.Select(p => Restored(p.Part, $"{like}.{p.Name}")));
            default:
                return $"new {structure.BareTypeName}({string.Join(", ", structure.Parts.Select(p => Restored(p.Part, $"{like}.{p.Name}")))})";
        }
    }

    // From the tensors `__leaves`.
    private static string Restored(Structure structure)
    {
        int index = 0;
        return structure.Build(() => $"__leaves[{index++}]");
    }

    /// <summary>The arguments of the call that starts a branch or loop: the values, and how they are carried.</summary>
    public static string Start(IReadOnlyList<CarriedVariable> variables) =>
        variables.Count == 0 ? "" : $"{Tuple(variables, v => v.Expression)}, {CarrierOf(variables)}";

    /// <summary>The statement that ends a branch or body.</summary>
    public static string End(IReadOnlyList<CarriedVariable> variables, string name, string method) =>
        $"{name}.{method}({Tuple(variables, v => v.Expression)});";

    /// <summary>The statement that gives the variables their values, for instance <c>(x, y) = loop.Next;</c>; null if there are none.</summary>
    public static string? Assign(IReadOnlyList<CarriedVariable> variables, string source) =>
        variables.All(v => v.IsContainer) ? null : $"{Tuple(variables, v => v.Target)} = {source};";

    private static string Tuple(IReadOnlyList<CarriedVariable> variables, Func<CarriedVariable, string> part)
    {
        string parts = string.Join(", ", variables.Select(part));
        return variables.Count > 1 ? $"({parts})" : parts;
    }

    // A C# tuple of more than seven values is one of seven and a tuple of the others.
    private static string CarrierOf(IReadOnlyList<CarriedVariable> variables, bool isRest = false)
    {
        if (variables.Count == 1 && !isRest)
            return variables[0].Carrier;
        if (variables.Count is > 1 and <= 7 && variables.All(v => v.IsTensor))
            return $"{Carried}.Tensors({string.Join(", ", variables.Select(v => Literal(v.Name)))})";
        IEnumerable<string> carriers = variables.Take(7).Select(v => v.Carrier);
        if (variables.Count > 7)
            carriers = carriers.Append(CarrierOf([.. variables.Skip(7)], isRest: true));
        return $"{Carried}.All({string.Join(", ", carriers)})";
    }

    private static string Literal(string name) => SymbolDisplay.FormatLiteral(name.Replace("this.", ""), quote: true);

    private const string Carried = $"global::{TensorGraphTypes.Services}.Carried";
}

/// <summary>The objects in a collection, with the path from each to the tensor that a region changes.</summary>
internal sealed record CarriedItems(string Collection, string CollectionType, string Type, string Member);
