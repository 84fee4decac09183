namespace TensorGraph.Ir;

/// <summary>An op as the metadata of the TensorGraph library describes it.</summary>
internal sealed class OpDef(OpAttribute schema)
{
    public OpAttribute Schema => schema;

    public string Name => schema.Name;

    public ShapeSignature? Signature { get; } = schema.Signature == "?" ? null : ShapeSignature.Parse(schema.Signature);

    public InferRule? Rule { get; } = TypeRules.Find(schema.Name);

    public int Arity => Signature?.Inputs.Count ?? schema.Inputs;

    public bool Is(Traits trait) => (schema.Traits & trait) == trait;
}
