using System.Globalization;

namespace TensorGraph.Tests.Fuzz;

/// <summary>Makes the program of a seed from the grammar.</summary>
internal sealed class ProgramGenerator(int seed)
{
    private enum Place { Method, Loop, Function, Closed }

    private const int Depth = 4;

    private readonly Random _random = new(seed);
    private int _names;

    public Node Body() => List('R', Depth, Place.Method);

    private Node List(char kind, int depth, Place place) => new(kind, "", [.. Enumerable.Range(0, _random.Next(1, depth >= Depth ? 7 : 4)).Select(_ => Fill('S', depth, place))]);

    private Node Fill(char kind, int depth, Place place) => kind switch
    {
        'B' => List(kind, depth - 1, place),
        'R' => List(kind, depth - 1, place == Place.Closed ? place : Place.Loop),
        'L' => List(kind, depth - 1, Place.Function),
        'F' => List(kind, depth - 1, Place.Closed),
        'J' => Jump(depth, place),
        _ => From(kind, Choose(kind, depth), depth, place),
    };

    private Node Jump(int depth, Place place) => _random.Next(3) switch
    {
        _ when place == Place.Closed => new Node('J', "Log(a);", []),
        0 when place == Place.Loop => new Node('J', "break;", []),
        1 when place == Place.Loop => new Node('J', "continue;", []),
        _ => From('J', "return @T;", depth, place),
    };

    private Node From(char kind, string production, int depth, Place place)
    {
        string id = (++_names).ToString(CultureInfo.InvariantCulture);
        var children = new List<Node>();
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < production.Length; i++)
        {
            if (production[i] == '@')
                children.Add(Fill(production[i + 1], depth - 1, place));
            // A name is one letter after the dollar sign.
            text.Append(production[i] == '$' ? production[++i] + id : production[i].ToString());
        }
        return new Node(kind, text.ToString(), [.. children]);
    }

    private string Choose(char kind, int depth)
    {
        (int Weight, string Text)[] all = [.. Grammar.Productions[kind].Concat(kind == 'S' && depth == Depth ? Grammar.HostStatements : []).Where(p => depth > 0 || IsFlat(p.Text))];
        int at = _random.Next(all.Sum(p => p.Weight));
        foreach ((int weight, string text) in all)
        {
            at -= weight;
            if (at < 0)
                return text;
        }
        return all[^1].Text;
    }

    // Without a hole that could contain more of its kind.
    private static bool IsFlat(string production) => !production.Where((_, i) => i > 0 && production[i - 1] == '@').Any(hole => "BRLFTCX".Contains(hole));
}
