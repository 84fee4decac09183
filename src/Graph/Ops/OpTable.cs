using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Every op there is, found by reflection over <see cref="OpDefs"/>.</summary>
public static class OpTable
{
    private static readonly Lazy<FrozenDictionary<string, OpDef>> Names = new(() => All.ToFrozenDictionary(op => op.Name));

    /// <summary>All ops, by name.</summary>
    public static ImmutableArray<OpDef> All => OpDefs.Table;

    /// <summary>The op of that text name, or null.</summary>
    public static OpDef? Find(string name) => Names.Value.GetValueOrDefault(name);

    internal static ImmutableArray<OpDef> Bind([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] Type holder)
    {
        var ops = new List<OpDef>();
        foreach (var field in holder.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (field.GetCustomAttribute<OpAttribute>() is not { } schema)
                continue;
            var op = (OpDef)field.GetValue(null)!;
            op.Bind(schema);
            ops.Add(op);
        }

        return [.. ops.OrderBy(op => op.Name, StringComparer.Ordinal)];
    }
}
