using System.Globalization;
using System.Text;

namespace TensorGraph.Tests.Fuzz;

/// <summary>
/// Random methods over scalar tensors a, b, c and their vector xs: every kind of control flow, nested, with jumps. Each loop ends by
/// construction, and values stay small, so both runs can be compared exactly.
/// </summary>
internal sealed class RandomProgram(int seed)
{
    private static readonly string[] s_variables = ["a", "b", "c"];

    private readonly Random _random = new(seed);
    private int _names;

    /// <summary>The method's statements; it ends with a return of its own.</summary>
    public Statement[] Body() => [.. Block(3, inLoop: false, host: [])];

    public static string Print(Statement[] body, string method)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
                [GraphFunction]
                public Tensor {{method}}(Tensor a, Tensor b, Tensor xs, int n, bool flag)
                {
                    Tensor c = a - b;

            """);
        foreach (Statement statement in body)
            statement.Print(text, "        ");
        text.Append("        return a + b * 16 + c * 256;\n    }\n");
        return text.ToString();
    }

    private int Next(int limit) => _random.Next(limit);

    private string Variable() => s_variables[Next(s_variables.Length)];

    private string Name(string prefix) => prefix + (++_names).ToString(CultureInfo.InvariantCulture);

    private List<Statement> Block(int depth, bool inLoop, string[] host)
    {
        var statements = new List<Statement>();
        int count = 1 + Next(3);
        for (int i = 0; i < count; i++)
            statements.AddRange(Statement(depth, inLoop, host));
        return statements;
    }

    private IEnumerable<Statement> Statement(int depth, bool inLoop, string[] host)
    {
        int kind = Next(depth > 0 ? 16 : 5);
        switch (kind)
        {
            case 0 or 1 or 2:
                return [Assign(host)];
            case 3:
                return [new Simple($"Log({Variable()});")];
            case 4 when inLoop:
                return [new Choice(Condition(host), [Jump()], null)];
            case 4 or 5:
                return Next(3) == 0 ? [new Choice(Condition(host), [new Simple($"return {Expression(host)};")], null)] : [Assign(host)];
            case 6 or 7 or 8:
                return [new Choice(Condition(host), [.. Block(depth - 1, inLoop, host)], Next(2) == 0 ? [.. Block(depth - 1, inLoop, host)] : null)];
            case 9:
                return TensorWhile(depth, host);
            case 10:
                return TensorDo(depth, host);
            case 11:
                return [TensorFor(depth, host)];
            case 12:
                string row = Name("row");
                return [new Compound($"foreach (Tensor {row} in xs)", [new Simple($"{Variable()} = (a + {row}) % 8;"), .. Block(depth - 1, true, host)])];
            case 13:
                string range = Name("r");
                return [new Compound($"foreach (Tensor {range} in Ops.Range({Variable()} % 4))", [new Simple($"{Variable()} = (b + {range} + 1) % 8;"), .. Block(depth - 1, true, host)])];
            case 14:
                string counter = Name("k");
                return [new Compound($"for (int {counter} = 0; {counter} < n; {counter}++)", [.. Block(depth - 1, true, [.. host, counter])])];
            default:
                return Endless(depth, host);
        }
    }

    private Simple Jump() => new(Next(2) == 0 ? "break;" : "continue;");

    private Simple Assign(string[] host) => Next(8) switch
    {
        0 => new Simple($"{Variable()}++;"),
        1 => new Simple($"{Variable()} += 2;"),
        2 => new Simple($"({Variable()}, c) = (b, (a + 1) % 8);".Replace("(c, c)", "(a, c)", StringComparison.Ordinal)),
        _ => new Simple($"{Variable()} = ({Expression(host)}) % 8;"),
    };

    private IEnumerable<Statement> TensorWhile(int depth, string[] host)
    {
        string fuel = Name("f");
        return
        [
            new Simple($"Tensor {fuel} = {Next(4)};"),
            new Compound($"while ({fuel} > 0 && {Condition(host)})", [new Simple($"{fuel} = {fuel} - 1;"), .. Block(depth - 1, true, host)]),
        ];
    }

    private IEnumerable<Statement> TensorDo(int depth, string[] host)
    {
        string fuel = Name("f");
        return
        [
            new Simple($"Tensor {fuel} = {Next(4)};"),
            new Compound("do", [new Simple($"{fuel} = {fuel} - 1;"), .. Block(depth - 1, true, host)], $"while ({fuel} > 0 && {Condition(host)});"),
        ];
    }

    private Compound TensorFor(int depth, string[] host)
    {
        string index = Name("i");
        return new Compound($"for (Tensor {index} = 0; {index} < {Variable()} % 4; {index}++)", [.. Block(depth - 1, true, host)]);
    }

    private IEnumerable<Statement> Endless(int depth, string[] host)
    {
        string fuel = Name("f");
        string head = Next(2) == 0 ? "while (true)" : "for (;;)";
        return
        [
            new Simple($"Tensor {fuel} = {Next(4)};"),
            new Compound(head, [new Simple($"{fuel} = {fuel} - 1;"), new Choice($"{fuel} < 0", [new Simple("break;")], null), .. Block(depth - 1, true, host)]),
        ];
    }

    private string Expression(string[] host) => Next(8) switch
    {
        0 => $"{Variable()} + {Next(5)}",
        1 => $"{Variable()} * 3 + {Variable()}",
        2 => $"{Variable()} - {Variable()}",
        3 => $"({Condition(host, tensor: true)} ? {Variable()} : {Variable()} + 1)",
        4 => $"Helper({Variable()})",
        5 when host.Length > 0 => $"{Variable()} + {host[Next(host.Length)]}",
        6 => $"(flag ? {Variable()} : {Variable()} + 2)",
        _ => $"{Variable()} + {Variable()}",
    };

    private string Condition(string[] host, bool tensor = false) => Next(tensor ? 5 : 8) switch
    {
        0 => $"{Variable()} > {Variable()}",
        1 => $"{Variable()} < {Next(8)}",
        2 => $"({Variable()} > {Next(5)} && {Variable()} < 6)",
        3 => $"({Variable()} > {Next(5)} || Logged({Variable()}) > 3)",
        4 => $"!({Variable()} >= {Variable()})",
        5 when host.Length > 0 => $"{host[Next(host.Length)]} % 2 == 0",
        6 => "flag",
        _ => $"{Variable()} <= {Next(8)}",
    };
}
