namespace TensorGraph.Tests.Fuzz;

/// <summary>Productions that programs do not use while a defect in them is known; each with the name of the defect. The goal is an empty table.</summary>
internal static class OpenDefects
{
    private static readonly (string Name, string[] Productions)[] s_all =
    [
        ("Sizes compared in C# are not constraints of the trace",
        [
            "xs.Shape[0] == ys.Shape[0]", "xs.Shape == ys.Shape", "xs.Shape[0] == 2", "xs.Type == ys.Type", "xs.Shape[0] + 1 == ys.Shape[0]", "xs.Shape != ys.Shape",
            "xs.Shape[0] != ys.Shape[0]", "xs.Shape.Equals(ys.Shape)", "(xs.Shape[0] == ys.Shape[0] ? xs + ys : xs)", "(xs.Shape == ys.Shape ? xs - ys : ys)",
        ]),
        ("A lazily cached static tensor outlives its trace", ["s_last ??= @T;\n@P = s_last;", "(s_cache ??= @P * 2)"]),
        ("A name that a pattern declares in the condition of an if beside a jump: CS0103 in generated code", ["if (@T is var $x && $x > 2)@B"]),
        ("C# changes before a size is read as a number are made twice when the trace is tried again",
        [
            "(xs.Shape[0].Value + @P)", "xs.Shape[0].Value is 2 or 3", "xs.Shape[0].Value > 2", "xs.Shape[0].Value < ys.Shape[0].Value",
        ]),
        ("C# state that is changed after a conditional throw is changed although the throw happens", ["if (@C) throw new InvalidOperationException(\"t\");"]),
    ];

    public static readonly HashSet<string> Productions = [.. s_all.SelectMany(defect => defect.Productions)];
}
