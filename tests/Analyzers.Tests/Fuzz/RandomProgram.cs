using System.Globalization;
using System.Text;

namespace TensorGraph.Tests.Fuzz;

/// <summary>
/// Random methods over scalar tensors a, b, c, a field, a tuple and a vector xs: every kind of control flow, nested, with jumps, helpers and closures.
/// Each loop ends by construction, and values stay small, so both runs can be compared exactly. A smooth program also computes with floats x, y, z and an
/// array of them, in ways that the other variables steer but do not depend on: its result has a gradient by x, y and a variable W.
/// </summary>
internal sealed class RandomProgram(int seed, bool isSmooth = false)
{
    private static readonly string[] s_variables = ["a", "b", "c", "a", "b", "c", "State", "p.X", "p.Y"];

    // A switch takes the break of the loop around it.
    private static readonly string[] s_loopJumps = ["break;", "continue;"];

    private readonly Random _random = new(seed);
    private readonly bool _hasClosures = seed % 3 == 0;
    private int _names;

    /// <summary>The method's statements; it ends with a return of its own.</summary>
    public Statement[] Body() => [.. Closures(), .. Block(3, jumps: [], host: [])];

    public static string Print(Statement[] body, string method)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
                [GraphFunction]
                public Tensor {{method}}(Tensor a, Tensor b, Tensor xs, int n, bool flag)
                {
                    Tensor c = a - b;
                    State = b;
                    (Tensor X, Tensor Y) p = (b, a);

            """);
        foreach (Statement statement in body)
            statement.Print(text, "        ");
        text.Append("        return a + b * 16 + c * 256 + State * 4096 + p.X * 65536 + p.Y * 1048576;\n    }\n");
        return text.ToString();
    }

    /// <summary>A smooth method, and one that differentiates it.</summary>
    public static string PrintSmooth(Statement[] body, string method)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
                [GraphFunction]
                public Tensor {{method}}(Tensor a, Tensor b, Tensor xs, int n, bool flag, Tensor x, Tensor y)
                {
                    Tensor c = a - b;
                    State = b;
                    (Tensor X, Tensor Y) p = (b, a);
                    Tensor z = x * y;
                    var list = new TensorArray { z };

            """);
        foreach (Statement statement in body)
            statement.Print(text, "        ");
        text.Append(CultureInfo.InvariantCulture, $$"""
                    return x + y * 2 + z * 3 + Ops.Sum(list.Stack() * 0.7) + list[0];
                }

                [GraphFunction]
                public Tensor {{method}}_gradient(Tensor a, Tensor b, Tensor xs, int n, bool flag, Tensor x, Tensor y)
                {
                    using var tape = new GradientTape(persistent: true);
                    tape.Watch(x);
                    tape.Watch(y);
                    Tensor result = {{method}}(a, b, xs, n, flag, x, y);
                    return Ops.Stack([result, tape.Gradient(result, x) ?? x * 0, tape.Gradient(result, y) ?? y * 0, tape.Gradient(result, W) ?? x * 0]);
                }

            """);
        return text.ToString();
    }

    private int Next(int limit) => _random.Next(limit);

    private string Variable() => s_variables[Next(s_variables.Length)];

    private string Name(string prefix) => prefix + (++_names).ToString(CultureInfo.InvariantCulture);

    private List<Statement> Block(int depth, string[] jumps, string[] host)
    {
        var statements = new List<Statement>();
        int count = 1 + Next(3);
        for (int i = 0; i < count; i++)
            statements.AddRange(Statement(depth, jumps, host));
        return statements;
    }

    private IEnumerable<Statement> Statement(int depth, string[] jumps, string[] host)
    {
        int kind = Next(depth > 0 ? 23 : 6);
        switch (kind)
        {
            case 0 or 1 or 2:
                return [Assign(host)];
            case 3:
                return [new Simple($"Log({Variable()});")];
            case 4 when jumps.Length > 0:
                return [new Choice(Condition(host), [new Simple(jumps[Next(jumps.Length)])], null)];
            case 4:
                return Next(3) == 0 ? [new Choice(Condition(host), [new Simple(isSmooth ? "return x * y + list[^1] + z;" : $"return {Expression(host)};")], null)] : [Assign(host)];
            case 5:
                return [Call()];
            case 6 or 7 or 8:
                return [new Choice(Condition(host), [.. Block(depth - 1, jumps, host)], Next(2) == 0 ? [.. Block(depth - 1, jumps, host)] : null)];
            case 9:
                return TensorWhile(depth, host);
            case 10:
                return TensorDo(depth, host);
            case 11:
                return [TensorFor(depth, host)];
            case 12:
                string row = Name("row");
                return [new Compound($"foreach (Tensor {row} in xs)", [new Simple($"{Variable()} = (a + {row}) % 8;"), .. Block(depth - 1, s_loopJumps, host)])];
            case 13:
                string range = Name("r");
                return [new Compound($"foreach (Tensor {range} in Ops.Range({Variable()} % 4))", [new Simple($"{Variable()} = (b + {range} + 1) % 8;"), .. Block(depth - 1, s_loopJumps, host)])];
            case 14:
                string counter = Name("k");
                return [new Compound($"for (int {counter} = 0; {counter} < n; {counter}++)", [.. Block(depth - 1, s_loopJumps, [.. host, counter])])];
            case 15:
                string element = Name("e");
                return [new Compound($"foreach (Tensor {element} in new[] {{ {Variable()}, {Variable()} + 1 }})", [new Simple($"{Variable()} = ({Variable()} + {element}) % 8;"), .. Block(depth - 1, s_loopJumps, host)])];
            case 16:
                return HostWhile(depth, host);
            case 17 or 18:
                return [Switch(depth, jumps, host)];
            case 19:
                return [new Attempt([.. Block(depth - 1, jumps, host)], [Assign(host), new Simple($"Log({Variable()});")])];
            case 20:
                return [new Simple($"p = {Condition(host, tensor: true)} ? ({Variable()}, {Variable()}) : p;")];
            case 21:
                return Scan();
            default:
                return Endless(depth, host);
        }
    }

    private IEnumerable<Statement> Closures() => !_hasClosures ? [] :
    [
        new Simple("void Bump(Tensor v) { c = (c + v) % 8; if (c > 4) b = (b + 1) % 8; }"),
        new Simple("Func<Tensor, Tensor> twist = v => { if (v > 2) { a = (a + 1) % 8; return v - a; } return v + c; };"),
    ];

    /// <summary>A call that changes something: a field, a tuple, or outer variables.</summary>
    private Simple Call() => Next(_hasClosures ? 6 : 4) switch
    {
        0 => new($"{Variable()} = Advance({Variable()}) % 8;"),
        1 => new("p = Sorted(p.X, p.Y);"),
        2 => new($"({Variable()}, p.X) = Sorted({Variable()}, {Variable()});".Replace("(p.X, p.X) =", "(a, p.X) =", StringComparison.Ordinal)),
        3 => new($"if (Advance({Variable()}) > 3) {Variable()} = ({Variable()} + 1) % 8;"),
        4 => new($"Bump({Variable()});"),
        _ => new($"{Variable()} = twist({Variable()}) % 8;"),
    };

    private Choose Switch(int depth, string[] jumps, string[] host)
    {
        string[] inside = [.. jumps.Append("break;").Distinct()];
        string first = Next(2) == 0 ? "case 0" : $"case < 2 when {Condition(host, tensor: true)}";
        string second = Next(2) == 0 ? "case 1 or 2" : $"case var {Name("m")} when {Condition(host)}";
        return new Choose("n", [first + ":", second + ":", "default:"], [.. Enumerable.Range(0, 3).Select(_ => (Statement[])[.. Block(depth - 1, inside, host)])]);
    }

    private IEnumerable<Statement> HostWhile(int depth, string[] host)
    {
        string counter = Name("w");
        return [new Simple($"int {counter} = 0;"), new Compound($"while ({counter} < n)", [new Simple($"{counter}++;"), .. Block(depth - 1, s_loopJumps, host)])];
    }

    private Simple Assign(string[] host) => isSmooth && Next(3) > 0 ? Smooth() : Next(8) switch
    {
        0 => new Simple($"{Variable()}++;"),
        1 => new Simple($"{Variable()} += 2;"),
        2 => new Simple($"({Variable()}, c) = (b, (a + 1) % 8);".Replace("(c, c)", "(a, c)", StringComparison.Ordinal)),
        3 => new Simple($"p = ({Expression(host)}, {Variable()});"),
        _ => new Simple($"{Variable()} = ({Expression(host)}) % 8;"),
    };

    private Simple Smooth() => new(Next(12) switch
    {
        0 => "x = Ops.Tanh(x + y * 0.5);",
        1 => $"y = y * 0.5 + x * {Variable()}.Cast(DType.F64) * 0.1;",
        2 => "z = Ops.Sin(z + x) * y;",
        3 or 4 => "list.Add(z * 0.5 + x);",
        5 => "x = x * 0.5 + list[^1] * y;",
        6 => "list[0] = list[^1] * 0.5 + Ops.Tanh(x);",
        7 => "z = z * 0.3 + list[list.Count - 1] * list[0];",
        8 => "(x, y) = (y * 0.9, x);",
        9 => "y = y * W + 0.1;",
        10 => "z = Ops.Sin(z * W) + x;",
        _ => "{ Tensor t = Ops.Tanh(z * y); z = t * x; }",
    });

    private IEnumerable<Statement> TensorWhile(int depth, string[] host)
    {
        string fuel = Name("f");
        return
        [
            new Simple($"Tensor {fuel} = {Next(4)};"),
            new Compound(Next(4) == 0 ? $"while ((c = (c + 1) % 8) > 1 & {fuel} > 0)" : $"while ({fuel} > 0 && {Condition(host)})", [new Simple($"{fuel} = {fuel} - 1;"), .. Block(depth - 1, s_loopJumps, host)]),
        ];
    }

    private IEnumerable<Statement> TensorDo(int depth, string[] host)
    {
        string fuel = Name("f");
        return
        [
            new Simple($"Tensor {fuel} = {Next(4)};"),
            new Compound("do", [new Simple($"{fuel} = {fuel} - 1;"), .. Block(depth - 1, s_loopJumps, host)], $"while ({fuel} > 0 && {Condition(host)});"),
        ];
    }

    private Compound TensorFor(int depth, string[] host)
    {
        string index = Name("i");
        return new Compound($"for (Tensor {index} = 0; {index} < {Variable()} % 4; {index}++)", [.. Block(depth - 1, s_loopJumps, host)]);
    }

    private IEnumerable<Statement> Endless(int depth, string[] host)
    {
        string fuel = Name("f");
        string head = Next(2) == 0 ? "while (true)" : "for (;;)";
        return
        [
            new Simple($"Tensor {fuel} = {Next(4)};"),
            new Compound(head, [new Simple($"{fuel} = {fuel} - 1;"), new Choice($"{fuel} < 0", [new Simple("break;")], null), .. Block(depth - 1, s_loopJumps, host)]),
        ];
    }

    // The step reads all tensors, and changes its state alone. A C# loop variable that a lambda reads cannot be counted on in a loop that a tensor leaves (TG3117).
    private IEnumerable<Statement> Scan()
    {
        string state = Name("s"), row = Name("row"), outputs = Name("q"), target = isSmooth ? "x" : Variable(), reverse = Next(2) == 0 ? ", reverse: true" : "";
        Simple Change() => new(isSmooth
            ? $"{state} = Ops.Tanh({state} * {(Next(2) == 0 ? "W" : "y")} + {row} * {(Next(2) == 0 ? "z" : "list[0]")});"
            : $"{state} = ({state} + {row} * {Expression([])}) % 8;");
        return
        [
            new Compound(
                $"({target}, Tensor {outputs}) = Ops.Scan({target}, {(isSmooth ? "list.Stack()" : "xs")}, ({state}, {row}) =>",
                [Change(), new Choice(Condition([]), [Change()], Next(2) == 0 ? [Change()] : null), new Simple($"Log({state});"), new Simple($"return ({state}, {state} + {row});")],
                reverse + ");"),
            new Simple(isSmooth ? $"z = z * 0.3 + Ops.Sum({outputs}) * 0.1;" : $"{Variable()} = ({Variable()} + Ops.Sum({outputs})) % 8;"),
        ];
    }

    private string Expression(string[] host) => Next(9) switch
    {
        0 => $"{Variable()} + {Next(5)}",
        1 => $"{Variable()} * 3 + {Variable()}",
        2 => $"{Variable()} - {Variable()}",
        3 => $"({Condition(host, tensor: true)} ? {Variable()} : {Variable()} + 1)",
        4 => $"Helper({Variable()})",
        5 when host.Length > 0 => $"{Variable()} + {host[Next(host.Length)]}",
        8 => $"(n switch {{ 0 when {Condition(host, tensor: true)} => {Variable()}, 1 => {Variable()} + 1, _ when {Condition(host, tensor: true)} => {Variable()}, _ => {Next(5)} }})",
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
