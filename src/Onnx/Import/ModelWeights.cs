using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The constants of a model. Floats with axes are weights: variables that may be assigned, trained and saved. All else, and what is large, is as it
/// is: numbers without axes and integers are mostly settings and sizes.
/// </summary>
/// <param name="constants">Names of floats that are no weights: their values are in the shape of the graph.</param>
internal sealed class ModelWeights(IReadOnlySet<string> constants)
{
    // A constant of more elements would make the text of a graph long.
    private const int LargestConstant = 1024;

    private readonly Dictionary<Resource, Literal> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Resource, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Variable> _variables = new(StringComparer.Ordinal);

    /// <summary>The weights by name.</summary>
    public IReadOnlyDictionary<string, Variable> Variables => _variables;

    /// <summary>The name that a weight has in the file.</summary>
    public string NameOf(Resource resource) => _names[resource];

    /// <summary>The value that a weight has in the file.</summary>
    public Literal? ValueOf(Resource resource) => _values.GetValueOrDefault(resource);

    /// <summary>A constant that becomes a node where it is used.</summary>
    public Imported Item(string name, Literal value, GraphBuilder build)
    {
        var type = value.Type;
        bool isWeight = !constants.Contains(name)
            && (type.DType.IsFloat() ? type.Rank > 0 : type.DType != DType.String && value.Count > LargestConstant);
        if (!isWeight)
            return new(null as Value?) { Make = Once(build, () => build.Constant(value)) };
        Variable? variable = null;
        return new(null as Value?)
        {
            Make = Once(build, () =>
            {
                variable ??= Of(name, value);
                _names[variable.Resource] = name;
                return build.Emit(OpDefs.ReadVariable, Attrs.Of("var", variable.Resource), [])[0];
            }),
        };
    }

    // Each block has a node of its own.
    private static Func<Value> Once(GraphBuilder build, Func<Value> make)
    {
        var made = new System.Runtime.CompilerServices.ConditionalWeakTable<object, object>();
        return () => (Value)made.GetValue(build.Block, _ => make());
    }

    private Variable Of(string name, Literal value)
    {
        if (name.Length == 0)
            name = "weight";
        string unique = name;
        for (int i = 1; _variables.ContainsKey(unique); i++)
            unique = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}_{i}");
        // It is made outside of the trace, so that it has its value now.
        using var imperative = ExecutionContext.Enter(null);
        var variable = new Variable(Tensor.From(value), unique, value.Type.DType.IsFloat());
        _values[variable.Resource] = value;
        return _variables[unique] = variable;
    }
}
