using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using TensorGraph.Ir;

namespace TensorGraph.Analyzers;

/// <summary>The ops of the TensorGraph library that a program references, read from the constants of its metadata.</summary>
internal sealed class OpSchemas
{
    private static readonly ConditionalWeakTable<IAssemblySymbol, OpSchemas> s_schemas = new();
    private readonly Dictionary<string, OpDef> _ops = [];

    private OpSchemas(INamedTypeSymbol table)
    {
        foreach (IFieldSymbol field in table.GetMembers().OfType<IFieldSymbol>())
        {
            foreach (AttributeData attribute in field.GetAttributes())
            {
                if (attribute.AttributeClass?.Name == nameof(OpAttribute) && Read(attribute) is { } schema)
                    _ops[schema.Name] = new OpDef(schema);
            }
        }
    }

    /// <summary>The ops that a program sees; null when it does not reference TensorGraph.</summary>
    public static OpSchemas? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("TensorGraph.Ir.OpDefs") is { } table
        ? s_schemas.GetValue(table.ContainingAssembly, _ => new OpSchemas(table))
        : null;

    public OpDef? Find(string name) => _ops.TryGetValue(name, out OpDef? op) ? op : null;

    /// <summary>The only result of an op; null when a rule cannot tell.</summary>
    public object? Run(string op, Attrs attrs, params TensorType?[] inputs) => RunAll(op, attrs, inputs) is { Length: 1 } results ? results[0] : null;

    /// <summary>The results of an op; null when a rule cannot tell.</summary>
    public TensorType[]? RunAll(string name, Attrs attrs, params TensorType?[] inputs)
    {
        if (Find(name) is not { } op || (op.Signature is null && op.Rule is null))
            return null;
        TensorType[] known = [.. inputs.Where(input => input is not null).Select(input => input!.Value)];
        if (known.Length < inputs.Length)
            return null;
        // What is not known fits.
        return [.. new InferContext(op, [.. known], attrs, static (_, _) => { }).Infer()];
    }

    private static OpAttribute? Read(AttributeData attribute)
    {
        if (attribute.ConstructorArguments.Length != 2 || attribute.ConstructorArguments[0].Value is not string name
            || attribute.ConstructorArguments[1].Value is not string signature)
            return null;
        var schema = new OpAttribute(name, signature);
        foreach (var argument in attribute.NamedArguments)
        {
            switch (argument.Key, argument.Value.Value)
            {
                case (nameof(OpAttribute.Traits), int traits):
                    schema.Traits = (Traits)traits;
                    break;
                case (nameof(OpAttribute.DTypes), int dtypes):
                    schema.DTypes = (DTypeSet)dtypes;
                    break;
                case (nameof(OpAttribute.Inputs), int inputs):
                    schema.Inputs = inputs;
                    break;
                case (nameof(OpAttribute.ReturnsBool), bool returnsBool):
                    schema.ReturnsBool = returnsBool;
                    break;
            }
        }
        return schema;
    }
}
