using System.Globalization;
using System.Text;

namespace TensorGraph.Benchmarks;

/// <summary>Writes classes with one graph function of a given number of lines: the same text for the same seed.</summary>
internal sealed class LongFunction
{
    /// <summary>The number of lines of one <c>if</c> with <c>else</c>.</summary>
    public const int LinesOfBranch = 8;

    public static readonly string[] Kinds = ["random", "ifelse", "nested", "loops", "objects"];

    // Statements use the variables that were declared last, as people write code.
    private const int Recent = 6;

    private readonly Random _random;
    private readonly StringBuilder _text = new();
    private readonly List<string> _tensors = ["x", "y", "z"];
    private int _lines;
    private int _names;

    private LongFunction(int seed) => _random = new Random(seed);

    /// <summary>A class with a graph function, whose body has the given number of lines or a few more, and the helpers that it calls.</summary>
    public static string Class(string name, string kind, int lines, int seed = 1)
    {
        var function = new LongFunction(seed);
        while (function._lines < lines)
        {
            switch (kind)
            {
                case "random": function.Statement(depth: 3, "        ", isLoop: false); break;
                case "ifelse": function.Branch("        ", () => function.Assign("            "), hasElse: true); break;
                case "nested": function.Nested(depth: 8, "        "); break;
                case "loops": function.Loop("        ", () => function.Assign("            ")); break;
                case "objects": function.Object("        "); break;
                default: throw new ArgumentException($"'{kind}' is none of {string.Join(", ", Kinds)}.", nameof(kind));
            }
        }
        return $$"""
            using System;
            using System.Collections.Generic;
            using System.Linq;
            using TensorGraph;

            public partial class {{name}}
            {
                private readonly float _rate = 0.5f;
                private readonly Variable _weight = new(0.6f);
                private Tensor State { get; set; } = 0f;

                [GraphFunction]
                public Tensor Step(Tensor x, Tensor y, int n, bool flag)
                {
                    Tensor z = x - y;
            {{function._text}}
                    return x + y + z;
                }

                public Tensor Run(Tensor x, Tensor y) => Step(x, y, 3, true);

                private Tensor Advance(Tensor v)
                {
                    if (v.Sum() > 2)
                        State = State + v;
                    return State * _rate;
                }

                private sealed class Held { public Tensor Value = 0f; }

                private static Tensor Damp(Tensor v) => v.Sum() > 3 ? v.Tanh() : v;

                private static Tensor Scale(Tensor v, float by) => Ops.Abs(v) * by;
            }

            """;
    }

    private int Next(int limit) => _random.Next(limit);

    private string Tensor() => _tensors[Math.Max(0, _tensors.Count - Recent) + Next(Math.Min(Recent, _tensors.Count))];

    private void Line(string indent, string text)
    {
        _text.Append(indent).Append(text).Append('\n');
        _lines++;
    }

    // An object of the function's own.
    private void Object(string indent)
    {
        string name = "held" + (++_names).ToString(CultureInfo.InvariantCulture);
        Line(indent, $"var {name} = new Held();");
        Line(indent, $"{name}.Value = {Tensor()};");
        Line(indent, $"{Tensor()} += {name}.Value;");
    }

    private void Statement(int depth, string indent, bool isLoop)
    {
        switch (Next(depth > 0 ? 14 : 8))
        {
            case 0 or 1:
                string name = "v" + (++_names).ToString(CultureInfo.InvariantCulture);
                Line(indent, $"Tensor {name} = {Expression()};");
                _tensors.Add(name);
                break;
            case 2 or 3 or 4:
                Assign(indent);
                break;
            case 5:
                Line(indent, $"{Tensor()} {(Next(2) == 0 ? "+=" : "*=")} {Expression()};");
                break;
            case 6:
                (string a, string b) = (Tensor(), Tensor());
                Line(indent, a == b ? $"State = {a};" : $"({a}, {b}) = ({b}, {a});");
                break;
            case 7 when isLoop:
                Line(indent, $"if ({Condition()})");
                Line(indent + "    ", Next(2) == 0 ? "break;" : "continue;");
                break;
            case 7:
                Assign(indent);
                break;
            case 8 or 9 or 10:
                Branch(indent, () => Body(depth - 1, indent + "    ", isLoop), hasElse: Next(3) > 0);
                break;
            case 11:
                Loop(indent, () => Body(depth - 1, indent + "    ", isLoop: true));
                break;
            case 12:
                string row = "row" + (++_names).ToString(CultureInfo.InvariantCulture);
                Block(indent, $"foreach (Tensor {row} in x)", () =>
                {
                    Line(indent + "    ", $"{Tensor()} += {row};");
                    Body(depth - 1, indent + "    ", isLoop: true);
                });
                break;
            default:
                string index = "i" + (++_names).ToString(CultureInfo.InvariantCulture);
                Block(indent, $"for (int {index} = 0; {index} < n; {index}++)", () => Body(depth - 1, indent + "    ", isLoop: true));
                break;
        }
    }

    private void Body(int depth, string indent, bool isLoop)
    {
        int count = 1 + Next(3);
        for (int i = 0; i < count; i++)
            Statement(depth, indent, isLoop);
    }

    private void Assign(string indent) => Line(indent, $"{Tensor()} = {Expression()};");

    private void Branch(string indent, Action body, bool hasElse)
    {
        Block(indent, $"if ({(Next(6) == 0 ? "flag" : Condition())})", body);
        if (hasElse)
            Block(indent, "else", body);
    }

    private void Loop(string indent, Action body) => Block(indent, $"while ({Condition()})", () =>
    {
        body();
        Line(indent + "    ", $"if ({Condition()})");
        Line(indent + "        ", "break;");
    });

    private void Nested(int depth, string indent)
    {
        if (depth == 0)
        {
            Assign(indent);
            return;
        }
        Block(indent, depth % 2 == 0 ? $"if ({Condition()})" : $"while ({Condition()})", () =>
        {
            Assign(indent + "    ");
            Nested(depth - 1, indent + "    ");
        });
    }

    private void Block(string indent, string head, Action body)
    {
        Line(indent, head);
        Line(indent, "{");
        int outside = _tensors.Count;
        body();
        _tensors.RemoveRange(outside, _tensors.Count - outside);
        Line(indent, "}");
    }

    private string Condition() => $"{Tensor()}.{(Next(2) == 0 ? "Sum" : "Max")}() {(Next(2) == 0 ? ">" : "<")} {Next(9)}";

    private string Expression() => Next(9) switch
    {
        0 => $"{Tensor()} + {Tensor()} * 0.5f",
        1 => $"Ops.Tanh({Tensor()} - {Tensor()})",
        2 => $"Damp({Tensor()})",
        3 => $"Advance({Tensor()}) + {Tensor()}",
        4 => $"Scale({Tensor()}, _rate)",
        5 => $"{Tensor()} * _weight",
        6 => $"{Condition()} ? {Tensor()} : -{Tensor()}",
        7 => $"Ops.Exp({Tensor()} - {Tensor()}).Tanh()",
        _ => $"({Tensor()} - {Tensor()}) / 2",
    };
}
