using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Cli;

/// <summary>A graph in text form whose lines end with the user's line.</summary>
internal sealed class GraphText(string text, string file)
{
    private const string Comment = " // ";

    private readonly string[] _lines = text.Split('\n');
    private Ir.Graph? _graph;

    /// <summary>The text.</summary>
    public string Text => text;

    /// <summary>The lines, without an empty one at the end.</summary>
    public string[] Lines => [.. _lines.Reverse().SkipWhile(line => line.Length == 0).Reverse()];

    /// <summary>The graph, with variables of a device.</summary>
    public Ir.Graph Graph => _graph ??= Parser.Parse(text, Path.GetFileName(file), static (name, type) => new VariableResource(name, type));

    /// <summary>False for a text that does not parse.</summary>
    public bool IsGraph
    {
        get
        {
            try
            {
                return Graph is not null;
            }
            catch (GraphException)
            {
                return false;
            }
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static GraphText Open(string path) =>
        File.Exists(path) ? new(File.ReadAllText(path), path) : throw new UsageException($"there is no file '{path}'.");

    /// <summary>The user's line of a node, <c>Model.cs:41</c>; empty where the text has none.</summary>
    public string SourceOf(Node node) => Line(node) is { } line && CommentOf(line) is >= 0 and var comment ? line[(comment + Comment.Length)..].Trim() : "";

    /// <summary>The line that declares a node, without its place.</summary>
    public string LineOf(Node node) => WithoutComment(Line(node)?.Trim() ?? node.ToString());

    /// <summary>A line of a graph without the user's line at its end.</summary>
    public static string WithoutComment(string line) => CommentOf(line) is >= 0 and var comment ? line[..comment] : line;

    private string? Line(Node node) => node.Source.Line > 0 && node.Source.Line <= _lines.Length ? _lines[node.Source.Line - 1] : null;

    // Not in a text, which is quoted.
    private static int CommentOf(string line)
    {
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
                isQuoted = !isQuoted;
            else if (isQuoted && line[i] == '\\')
                i++;
            else if (!isQuoted && line.AsSpan(i).StartsWith(Comment))
                return i;
        }

        return -1;
    }
}
