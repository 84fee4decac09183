using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// The ops, one field each, in files by family. The static constructor runs after the initialisers of all files, so that a field's
/// <see cref="OpDef"/> is bound to its schema before anybody sees it.
/// </summary>
public static partial class OpDefs
{
    static OpDefs() => Table = OpTable.Bind(typeof(OpDefs));

    internal static ImmutableArray<OpDef> Table { get; }
}
