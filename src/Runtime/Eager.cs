using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>Runs one op at once.</summary>
public static class Eager
{
    /// <summary>Results of one op on concrete values.</summary>
    public static TensorData[] Run(OpDef op, Attrs attrs, params ReadOnlySpan<TensorData> inputs)
    {
        var build = new Build { Source = SourceSpan.None };
        var parameters = new Value[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            parameters[i] = build.Parameter(inputs[i].Type);
        var node = build.Emit(op, attrs, parameters);
        var results = Enumerable.Range(0, node.Types.Length).Select(i => node[i]).ToArray();
        return Compiler.Compile(build.Finish(op.Name, results)).Run(inputs);
    }
}
