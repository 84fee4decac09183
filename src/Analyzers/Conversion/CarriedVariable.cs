using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Analyzers;

/// <summary>
/// State that a branch or a loop body changes and somebody reads later: a local, a parameter, a field or property.
/// <paramref name="Expression"/> reads and writes it. A tensor array is not among it: it takes care of itself while tracing.
/// </summary>
internal sealed record CarriedVariable(string Name, string Expression, Structure Structure)
{
    /// <summary>A flag or a result variable that the conversion itself declares.</summary>
    public static CarriedVariable Own(string name, Structure structure) => new(name, name, structure);

    /// <summary>True for an array, list or dictionary whose elements are written: it carries them itself, however many there are.</summary>
    public bool IsContainer => Structure.Kind is StructureKind.Array or StructureKind.List or StructureKind.Dictionary;

    public IEnumerable<(string Name, string Expression)> Leaves => IsContainer ? [] : Structure.Leaves(Name, Expression);

    /// <summary>The statement that gives the variable the values of its leaves.</summary>
    public string Assign(Func<string> nextLeaf) => IsContainer ? "" : $"{Expression} = {Structure.Build(nextLeaf)};";

    /// <summary>The last arguments of the call that starts a branch or loop, and the end of the call.</summary>
    public static string Start(IReadOnlyList<CarriedVariable> variables) =>
        (variables.All(v => v.IsContainer) ? "[]" : $"{Names(variables)}, {Values(variables)}") + ")" + Over(variables);

    /// <summary>The statement that ends a branch or body.</summary>
    public static string End(IReadOnlyList<CarriedVariable> variables, string name, string method) => $"{name}.{method}({Values(variables)});";

    /// <summary>The call that tells a branch or loop of the containers; empty without any.</summary>
    public static string Over(IReadOnlyList<CarriedVariable> variables)
    {
        List<CarriedVariable> containers = [.. variables.Where(v => v.IsContainer)];
        return containers.Count == 0 ? ""
            : $".Over([{string.Join(", ", containers.Select(c => SymbolDisplay.FormatLiteral(c.Name.Replace("this.", ""), quote: true)))}], [{string.Join(", ", containers.Select(c => c.Expression))}])";
    }

    public static string Names(IReadOnlyList<CarriedVariable> variables) =>
        "[" + string.Join(", ", variables.SelectMany(v => v.Leaves).Select(l => SymbolDisplay.FormatLiteral(l.Name.Replace("this.", ""), quote: true))) + "]";

    public static string Values(IReadOnlyList<CarriedVariable> variables) =>
        string.Join(", ", variables.SelectMany(v => v.Leaves).Select(l => l.Expression));

    /// <summary>Statements that read each leaf from <paramref name="source"/>, for instance <c>x = loop.Next(0);</c>.</summary>
    public static string AssignAll(IReadOnlyList<CarriedVariable> variables, string source)
    {
        int index = 0;
        return string.Join(" ", variables.Select(v => v.Assign(() => $"{source}({index++})")));
    }
}
