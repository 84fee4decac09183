using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>Why a node is not in the loop that makes one of its operands.</summary>
internal enum FusionBarrier
{
    /// <summary>It is.</summary>
    None,

    /// <summary>The operand comes from a kernel that is no loop, or is a view.</summary>
    OtherKernel,

    /// <summary>The operand is a reduction, which must be finished first.</summary>
    Reduction,

    /// <summary>The loop runs over other sizes.</summary>
    OtherSizes,

    /// <summary>A kernel that is no loop runs in between, and the operand is kept over it for others.</summary>
    Late,

    /// <summary>The loop has as many nodes as a kernel may have.</summary>
    Full,

    /// <summary>The loop has as many functions that are series, or as many one after the other, as a kernel should have.</summary>
    Series,

    /// <summary>It also needs another kernel, which needs the loop.</summary>
    Between,
}

/// <summary>Nodes that one kernel computes; <c>IsLoop</c> is false for a kernel of one op and for a view.</summary>
internal sealed record FusedNodes(Node[] Nodes, bool IsLoop, long[] Space);

/// <summary>A node that stays apart from the loop that makes its operand.</summary>
internal sealed record ApartNode(Node Node, Node Operand, FusionBarrier Barrier);

/// <summary>The kernels of a region, and the nodes that were not fused, with reasons.</summary>
internal sealed record FusionReport(string Region, FusedNodes[] Groups, ApartNode[] Apart)
{
    /// <summary>The report of a graph's block and of each block inside whose sizes are known ahead.</summary>
    public static IEnumerable<FusionReport> Of(Ir.Graph graph, SizeBindings sizes) => Of(graph.Entry, graph.Name, sizes);

    private static IEnumerable<FusionReport> Of(Region region, string name, SizeBindings sizes)
    {
        if (region.Body.Any(node => node.Op == OpDefs.BindSize)) yield break;
        List<BoundNode> nodes = BoundRegion.Of(region, sizes.SizeOf).Nodes;
        var apart = new List<ApartNode>();
        List<FusionGroup> groups = Fusion.Plan(nodes, (node, operand, barrier) => apart.Add(new(node.Node, operand.Node.Node, barrier)));
        // Loops may have become one after all, by way of another operand.
        var groupOf = nodes.ToDictionary(node => node.Node, node => node.Group);
        yield return new(
            name, [.. groups.Select(group => new FusedNodes([.. group.Members.Select(member => member.Node)], group.IsLoop, group.Space))],
            [.. apart.Where(entry => groupOf[entry.Node] != groupOf[entry.Operand])]);
        foreach (Node node in region.Body)
        {
            for (int i = 0; i < node.Regions.Length; i++)
            {
                foreach (FusionReport inner in Of(node.Regions[i], $"{name}/{node.Op.Name}.{node.Op.Regions?.NameOf(i) ?? "body"}", sizes)) yield return inner;
            }
        }
    }
}
