namespace TensorGraph.Tests.Fuzz;

/// <summary>
/// The programs as weighted productions. Holes: @S statement, @B block, @R statements of a loop, @L statements of a function, @F statements that are not left,
/// @J jump, @T scalar tensor, @X vector, @C condition of tensors, @H condition of C#, @I number of C#, @P place of a tensor. A <c>$name</c> is new in each use; a number in
/// <c>‹…›</c> becomes a tensor of the dtype of the program.
/// </summary>
internal static class Grammar
{
    public const string Lists = "BRLF";

    /// <summary>The text that the shrinker tries in each hole of an expression.</summary>
    public static readonly Dictionary<char, string> Simplest = new() { ['T'] = "a", ['C'] = "a > 2", ['H'] = "flag", ['I'] = "n", ['P'] = "b", ['X'] = "xs" };

    /// <summary>Statements of C# state, which no tensor may decide: at the outermost level alone.</summary>
    public static readonly (int Weight, string Text)[] HostStatements =
    [
        (2, "k++;"), (2, "k = @I;"), (3, "_count++;"), (2, "items.Add(@T);"), (2, "box = new Box { V = @T, W = @T };"), (2, "for (int $i = 0; $i < n; $i++)\n{\nk += $i;\n@P = @T;\n}"),
        (2, "if (@H) _count += 2;"), (2, "if (@H)\n{\nk--;\n@P = @T;\n}\nelse\n{\nk = 1;\nitems.Add(@P);\n}"), (1, "foreach (Tensor $q in items.ToArray())\n{\nk++;\n@P = $q + k;\n}"),
        // A tensor that outlives its trace is an error at the next call (TG7002).
        (1, "s_last ??= @T;\n@P = s_last;"), (1, "@P = (s_cache ??= @P * 2) + @T;"),
    ];

    public static readonly Dictionary<char, (int Weight, string Text)[]> Productions = new()
    {
        ['S'] =
        [
            (9, "@P = @T;"), (2, "@P += @T;"), (1, "@P++;"), (2, "@P = @P * 2 % 8;"), (3, "Log(@T);"), (4, "if (@C) { @J }"), (1, "if (@H) { @J }"),
            (5, "if (@C)@B"), (4, "if (@C)@B\nelse@B"), (2, "if (@C)@B\nelse if (@H)@B\nelse@B"), (3, "if (@H)@B\nelse@B"),
            (3, "Tensor $f = ‹@I % 4›;\nwhile ($f > 0 && @C)\n{\n$f = $f - 1;\n@R\n}"), (2, "Tensor $f = @T % 4;\nwhile ($f > 0)\n{\n$f -= 1;\n@R\n}"),
            (2, "Tensor $d = ‹0›;\ndo\n{\n$d = $d + 1;\n@R\n}\nwhile ($d < 3 && @C);"), (1, "int $w = 0;\nwhile ($w < n)\n{\n$w++;\n@R\n}"),
            (2, "Tensor $m = @T % 4;\nfor (Tensor $t = ‹0›; $t < $m; $t++)\n{\n@P = @P + $t;\n@R\n}"), (2, "for (int $i = 0; $i < @I % 4; $i++)\n{\n@P = @P + $i;\n@R\n}"),
            (3, "foreach (Tensor $e in @X)\n{\n@P = (@P + $e) % 8;\n@R\n}"), (1, "foreach (Tensor $e in Ops.Range(@T % 4))\n{\n@P = @P + $e;\n@R\n}"),
            (1, "foreach (var $q in new[] { @T, @T })\n{\n@P = $q;\n@R\n}"), (1, "foreach (Tensor $q in items)\n{\n@P = $q - 1;\n@R\n}"),
            (2, "switch (n)\n{\ncase 0:@B\nbreak;\ncase < 3 when @H:@B\nbreak;\ndefault:@B\nbreak;\n}"), (1, "switch (mode)\n{\ncase \"a\" when @C:@B\nbreak;\ncase \"b\":@B\nbreak;\n}"),
            (2, "try@B\nfinally\n{\n@F\n}"), (1, "try@B\ncatch (InvalidOperationException)\n{\n@F\n}"), (1, "if (@C) throw new InvalidOperationException(\"t\");"),
            (1, "using (new Guard())@B"), (1, "checked\n{\n@P = @T;\n}"), (1, "const int $c = 3;\n@P = @P + $c;"),
            (2, "Tensor $l(Tensor v)\n{\n@L\nreturn v + @T;\n}\n@P = $l(@T) % 8;"), (1, "static Tensor $s(Tensor v) { while (v < 3) { v += 2; if (v == 1) return v; } return v; }\n@P = $s(@T);"),
            (1, "static Tensor $g<TNumber>(Tensor v, TNumber w) where TNumber : struct { if (v > 2) return v - 1; return w is 1 ? v : v + 1; }\n@P = $g(@T, @I);"),
            (2, "Func<Tensor, Tensor> $h = v => { @L\nreturn v + @T; };\n@P = $h(@T) % 8;"), (1, "Action $k = () => { @P = @T; };\nif (@C) $k();"), (1, "Hook = v => v > 2 ? v - 1 : v + 1;\n@P = Hook(@T);"),
            (1, "@P = Apply(v => v > @T ? v : v + 1, @T);"), (2, "(@P, @P) = (@T, @T);"), (1, "(@P, (@P, _)) = (@T, (@T, @T));"), (1, "(a, b) = (b, a);"), (1, "(@P, @P) = rec;"),
            (1, "(@P, @P) = Sorted(@T, @T);"), (1, "(st.L, st.R) = (@T, @T);"), (1, "var ($u, $v) = (@T, @T);\n@P = $u - $v;"), (1, "Split(@T, out Tensor $o);\n@P = $o;"), (1, "Raise(ref a);"), (1, "Raise(ref arr[1]);"),
            (1, "rec = rec with { L = @T };"), (1, "st = new Two(@T, @T);"), (1, "list.Add(@T);"), (1, "list[0] = @T;"), (1, "arr = [@T, @T];"),
            (1, "opt ??= @T;"), (1, "opt = null;"), (1, "Kept.Assign(@T % 8);"), (1, "Kept.AssignAdd(@T % 3);"),
            (1, "(@P, Tensor $z) = Ops.Scan(@T, @X, ($a, $b) => { if ($b > 1) $a = $a + $b; return ($a, $a * 2); });\n@P = Ops.Sum($z);"), (1, "if (@T is var $x && $x > 2)@B"),
        ],
        ['P'] =
        [
            (4, "a"), (4, "b"), (4, "c"), (3, "State"), (1, "p.X"), (1, "p.Y"), (1, "arr[0]"), (1, "arr[1]"), (1, "items[0]"), (1, "box.V"), (1, "box.W"), (1, "st.L"), (1, "st.R"),
            (1, "dict[\"k\"]"), (1, "Own.W"), (1, "Clipped"), (1, "s_shared"),
        ],
        ['T'] =
        [
            (8, "@P"), (4, "@P + @I"), (3, "@P - @P"), (2, "@T * 3 + @P"), (2, "(@C ? @T : @T)"), (1, "(@H ? @T : @T)"), (1, "Helper(@T)"), (1, "Other.Step(@T, @I)"), (1, "Rule.Of(@T)"),
            (1, "@P.Twice()"), (1, "Same(@T)"), (1, "Advance(@T)"), (1, "Ops.Sum(@X)"), (1, "(opt ?? @T)"), (1, "rec.L"), (1, "list[0]"), (1, "list.Count.Cast(DType.I32)"), (1, "Optional(@T)"), (1, "Total(@T, @T)"),
            (1, "(n switch { 0 when @C => @T, 1 => @T, _ => @T })"), (1, "(xs.Shape[0].Value + @P)"), (1, "Kept + @P"), (1, "Total(@T, @T, @T)"), (1, "(mode switch { \"a\" => @T, _ when @H => @T, _ => @P })"),
        ],
        ['X'] = [(4, "xs"), (3, "ys"), (1, "(xs * @P)"), (1, "(@H ? xs : ys)"), (1, "(xs.Shape[0] == ys.Shape[0] ? xs + ys : xs)"), (1, "(xs.Shape == ys.Shape ? xs - ys : ys)")],
        ['C'] =
        [
            (4, "@P > @P"), (3, "@P < 3"), (1, "@T <= @T"), (1, "(@C && @C)"), (1, "(@C || @C)"), (1, "!(@C)"), (1, "Logged(@P) > 2"), (1, "(@H && @C)"), (1, "(@C || @H)"),
        ],
        ['H'] =
        [
            (2, "flag"), (2, "n > 1"), (1, "mode == \"a\""), (1, "mode is \"a\" or \"b\""), (2, "xs.Shape[0] == ys.Shape[0]"), (1, "xs.Shape == ys.Shape"), (1, "xs.Shape[0] == 2"), (1, "xs.Shape[0].Value > 2"), (1, "xs.Type == ys.Type"),
            (1, "xs.Shape[0] + 1 == ys.Shape[0]"), (1, "xs.Shape[0].Value is 2 or 3"), (1, "xs.Shape.Equals(ys.Shape)"), (1, "Knob > 1"), (1, "_count % 2 == 0"), (1, "k < 2"), (1, "xs.Shape[0].Value < ys.Shape[0].Value"), (1, "xs.Shape != ys.Shape"), (1, "xs.Shape[0] != ys.Shape[0]"), (1, "opt is null"),
        ],
        ['I'] = [(3, "n"), (1, "k"), (2, "Knob"), (3, "2"), (1, "_count"), (1, "(flag ? 1 : 2)"), (1, "mode.Length")],
    };
}
