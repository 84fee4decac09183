using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The shapes that [Shape] declares for a graph function, checked at each call and for each trace. Sizes that a trace does not know fit.
/// </summary>
internal sealed class DeclaredShapes
{
    private readonly string _function;
    private readonly (string Name, int Leaf, Shape Shape)[] _parameters;
    private readonly Shape? _result;

    private DeclaredShapes(string function, (string Name, int Leaf, Shape Shape)[] parameters, Shape? result)
    {
        _function = function;
        _parameters = parameters;
        _result = result;
    }

    /// <summary>Null where nothing is declared.</summary>
    public static DeclaredShapes? Of(string function, ParameterLeaves[] parameters, (string Parameter, string Sizes)[] shapes, string? result)
    {
        if (shapes.Length == 0 && result is null)
            return null;
        // The number of the leaf where it is the same in every call, else −1.
        string[] before = [.. parameters.TakeWhile(parameter => parameter.IsOneLeaf).Select(parameter => parameter.ArgumentNames().Single())];
        return new(function, [.. shapes.Select(entry => (entry.Parameter, Array.IndexOf(before, entry.Parameter), Parse(entry.Sizes)))],
            result is null ? null : Parse(result));
    }

    /// <summary>TG1003 when an argument contradicts its declaration, or when one name has two sizes.</summary>
    public void CheckArguments(GraphCall call) => Check(call, null);

    /// <summary>TG1003 when the result contradicts its declaration.</summary>
    public void CheckResult(GraphCall call, Tensor result)
    {
        if (_result is not null)
            Check(call, result);
    }

    private void Check(GraphCall call, Tensor? result)
    {
        Dictionary<string, (Dim Size, string From)>? sizes = null;
        foreach (var (name, leaf, shape) in _parameters)
        {
            if (call.Leaves[leaf >= 0 ? leaf : LeafOf(call, name)].Tensor is { } tensor)
                Check(name, tensor, shape, ref sizes);
        }

        if (result is not null)
            Check("result", result, _result!.Value, ref sizes);
    }

    private void Check(string name, Tensor tensor, Shape wanted, ref Dictionary<string, (Dim Size, string From)>? sizes)
    {
        bool fits = tensor.Rank == wanted.Rank;
        for (int axis = 0; fits && axis < wanted.Rank; axis++)
        {
            Dim size = tensor.GraphType.Shape[axis], declared = wanted[axis];
            if (!declared.IsConstant)
            {
                string text = declared.ToString();
                if (text == "?")
                    continue;
                declared = (sizes ??= []).TryGetValue(text, out var known) && known.Size.IsConstant ? known.Size : size;
                sizes[text] = known.Size.IsConstant && known.From is not null ? known : (size, name);
            }

            fits = !size.IsConstant || !declared.IsConstant || size == declared;
        }

        if (fits)
            return;
        var bound = sizes;
        var told = wanted.Substitute(text => bound is not null && bound.TryGetValue(text, out var size) && size.From != name
            ? size.Size
            : Dim.Named(text));
        var (problem, remedy) = DeclaredShape.Mismatch(_function, name, tensor.GraphType.ToString(), told.ToString());
        throw new SignatureMismatchException(problem, remedy);
    }

    private static int LeafOf(GraphCall call, string name) =>
        Array.FindIndex(call.Function!.NamesOf(call.Leaves), leaf => leaf.Name == name && leaf.Role == LeafRole.Content);

    private static Shape Parse(string text) =>
        new([.. SpecSyntax.SplitSizes(text, out _).Select(size => long.TryParse(size, out long number) ? (Dim)number : Dim.Symbol(size))]);
}
