using System.Globalization;

namespace TensorGraph;

/// <summary>A module as a table: path, class, variables, how many numbers they have.</summary>
internal static class ModuleSummary
{
    private static readonly string[] s_head = ["path", "module", "variables", "numbers"];

    public static string Of(Module root)
    {
        var tree = ModuleTree.Of(root);
        var owned = tree.Variables.ToLookup(entry => tree.OwnerOf(entry.Value));
        string[][] rows =
        [
            s_head,
            .. tree.Modules.Select(entry => new[]
            {
                entry.Key.Length == 0 ? $"({root.Name})" : entry.Key,
                entry.Value.GetType().Name.Split('`')[0] + (entry.Value.IsFrozen ? " (frozen)" : ""),
                string.Join(", ", owned[entry.Value].Select(variable => $"{Last(variable.Key)} {variable.Value.Type}")),
                Number(owned[entry.Value].Sum(variable => Count(variable.Value))),
            }),
        ];
        int[] widths = [.. s_head.Select((_, column) => rows.Max(row => row[column].Length))];
        var lines = rows.Select(row => string.Join("  ", row.Select((cell, column) =>
            column == s_head.Length - 1 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))));
        long all = tree.Variables.Values.Sum(Count), trainable = root.TrainableVariables.Sum(Count);
        long bytes = tree.Variables.Values.Sum(variable => Count(variable) * variable.DType.Size());
        return string.Join('\n', [.. lines, $"total {Number(all)} numbers in {Number(bytes)} bytes, {Number(trainable)} trainable"]);
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static long Count(Variable variable) => variable.Shape.ElementCount.Value;

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
