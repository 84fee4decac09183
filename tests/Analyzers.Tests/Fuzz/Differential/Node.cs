using System.Text;

namespace TensorGraph.Tests.Fuzz;

/// <summary>A piece of a program: the text of a production, whose holes (<c>@K</c>) are its children in order.</summary>
internal sealed record Node(char Kind, string Text, Node[] Children)
{
    public bool IsList => Grammar.Lists.Contains(Kind);

    public string Print()
    {
        if (IsList)
        {
            string statements = string.Join("\n", Children.Select(child => child.Print()));
            return Kind == 'B' ? $"\n{{\n{statements}\n}}" : statements;
        }
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < Text.Length; i++)
        {
            if (Text[i] == '@')
            {
                text.Append(Children[next++].Print());
                i++;
            }
            else
            {
                text.Append(Text[i]);
            }
        }
        return text.ToString();
    }

    /// <summary>All programs that are one step smaller, the smallest first.</summary>
    public IEnumerable<Node> Smaller()
    {
        if (IsList)
        {
            for (int i = 0; i < Children.Length; i++)
                yield return this with { Children = [.. Children[..i], .. Children[(i + 1)..]] };
            for (int i = 0; i < Children.Length; i++)
            {
                foreach (Node list in Children[i].Children.Where(child => child.IsList))
                    yield return this with { Children = [.. Children[..i], .. list.Children, .. Children[(i + 1)..]] };
            }
        }
        else
        {
            foreach (Node child in Children.Where(child => child.Kind == Kind))
                yield return child;
            if (Grammar.Simplest.TryGetValue(Kind, out string? simplest) && Text != simplest)
                yield return new Node(Kind, simplest, []);
        }
        for (int i = 0; i < Children.Length; i++)
        {
            foreach (Node child in Children[i].Smaller())
                yield return this with { Children = [.. Children[..i], child, .. Children[(i + 1)..]] };
        }
    }
}
