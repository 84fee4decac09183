using System.Text;

namespace TensorGraph.Tests.Fuzz;

/// <summary>A statement of a random program: enough structure to print it and to make it smaller.</summary>
internal abstract record Statement
{
    public abstract void Print(StringBuilder text, string indent);

    /// <summary>Programs that are one step simpler in this statement; each item replaces it.</summary>
    public virtual IEnumerable<Statement[]> Smaller() => [];

    protected static void PrintBlock(StringBuilder text, string indent, Statement[] body)
    {
        text.Append(indent).Append("{\n");
        foreach (Statement statement in body)
            statement.Print(text, indent + "    ");
        text.Append(indent).Append("}\n");
    }

    /// <summary>All lists that are one step smaller than <paramref name="list"/>.</summary>
    public static IEnumerable<Statement[]> SmallerLists(Statement[] list)
    {
        for (int i = 0; i < list.Length; i++)
            yield return [.. list[..i], .. list[(i + 1)..]];
        for (int i = 0; i < list.Length; i++)
        {
            foreach (Statement[] replacement in list[i].Smaller())
                yield return [.. list[..i], .. replacement, .. list[(i + 1)..]];
        }
    }
}

/// <summary>A line of C#.</summary>
internal sealed record Simple(string Text) : Statement
{
    public override void Print(StringBuilder text, string indent) => text.Append(indent).Append(Text).Append('\n');
}

/// <summary>A head with a block: a loop, or a branch of an if.</summary>
internal sealed record Compound(string Head, Statement[] Body, string Tail = "") : Statement
{
    public override void Print(StringBuilder text, string indent)
    {
        text.Append(indent).Append(Head).Append('\n');
        PrintBlock(text, indent, Body);
        if (Tail.Length > 0)
            text.Append(indent).Append(Tail).Append('\n');
    }

    public override IEnumerable<Statement[]> Smaller()
    {
        yield return Body;
        foreach (Statement[] body in SmallerLists(Body))
            yield return [this with { Body = body }];
    }
}

internal sealed record Choice(string Condition, Statement[] Then, Statement[]? Else) : Statement
{
    public override void Print(StringBuilder text, string indent)
    {
        text.Append(indent).Append("if (").Append(Condition).Append(")\n");
        PrintBlock(text, indent, Then);
        if (Else is null)
            return;
        text.Append(indent).Append("else\n");
        PrintBlock(text, indent, Else);
    }

    public override IEnumerable<Statement[]> Smaller()
    {
        yield return Then;
        if (Else is not null)
        {
            yield return Else;
            yield return [this with { Else = null }];
            foreach (Statement[] body in SmallerLists(Else))
                yield return [this with { Else = body }];
        }
        foreach (Statement[] body in SmallerLists(Then))
            yield return [this with { Then = body }];
    }
}

/// <summary>A switch whose sections end with a break.</summary>
internal sealed record Choose(string Value, string[] Labels, Statement[][] Sections) : Statement
{
    public override void Print(StringBuilder text, string indent)
    {
        text.Append(indent).Append("switch (").Append(Value).Append(")\n").Append(indent).Append("{\n");
        for (int i = 0; i < Labels.Length; i++)
        {
            text.Append(indent).Append("    ").Append(Labels[i]).Append('\n');
            foreach (Statement statement in Sections[i])
                statement.Print(text, indent + "        ");
            text.Append(indent).Append("        break;\n");
        }
        text.Append(indent).Append("}\n");
    }

    public override IEnumerable<Statement[]> Smaller()
    {
        foreach (Statement[] section in Sections)
            yield return section;
        for (int i = 0; i < Sections.Length; i++)
        {
            foreach (Statement[] section in SmallerLists(Sections[i]))
                yield return [this with { Sections = [.. Sections[..i], section, .. Sections[(i + 1)..]] }];
        }
    }
}

/// <summary>A try with a finally.</summary>
internal sealed record Attempt(Statement[] Body, Statement[] Final) : Statement
{
    public override void Print(StringBuilder text, string indent)
    {
        text.Append(indent).Append("try\n");
        PrintBlock(text, indent, Body);
        text.Append(indent).Append("finally\n");
        PrintBlock(text, indent, Final);
    }

    public override IEnumerable<Statement[]> Smaller()
    {
        yield return Body;
        foreach (Statement[] body in SmallerLists(Body))
            yield return [this with { Body = body }];
        foreach (Statement[] final in SmallerLists(Final))
            yield return [this with { Final = final }];
    }
}
