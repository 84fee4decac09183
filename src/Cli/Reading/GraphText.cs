using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Cli;

/// <summary>A graph in text form whose lines end with the user's line.</summary>
internal sealed class GraphText(string text, string file)
{
    private readonly string[] _lines = text.Split('\n');
    private Ir.Graph? _graph;

    /// <summary>The text.</summary>
    public string Text => text;

    /// <summary>The lines, without an empty one at the end.</summary>
    public string[] Lines => [.. _lines.Reverse().SkipWhile(line => line.Length == 0).Reverse()];

    /// <summary>The graph, with variables of a device.</summary>
    public Ir.Graph Graph => _graph ??= Parser.Parse(text, Path.GetFileName(file), static (name, type) => new VariableResource(name, type));

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static GraphText Open(string path) =>
        File.Exists(path) ? new(File.ReadAllText(path), path) : throw new UsageException($"there is no file '{path}'.");

    /// <summary>The user's line of a node, <c>Model.cs:41</c>; empty where the text has none.</summary>
    public string SourceOf(Node node)
    {
        string line = node.Source.Line > 0 && node.Source.Line <= _lines.Length ? _lines[node.Source.Line - 1] : "";
        int comment = line.LastIndexOf(" // ", StringComparison.Ordinal);
        return comment < 0 ? "" : line[(comment + 4)..].Trim();
    }

    /// <summary>The line that declares a node, without its place.</summary>
    public string LineOf(Node node)
    {
        string line = node.Source.Line > 0 && node.Source.Line <= _lines.Length ? _lines[node.Source.Line - 1].Trim() : node.ToString();
        int comment = line.LastIndexOf(" // ", StringComparison.Ordinal);
        return comment < 0 ? line : line[..comment];
    }
}
