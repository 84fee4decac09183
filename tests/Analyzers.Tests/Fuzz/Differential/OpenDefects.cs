namespace TensorGraph.Tests.Fuzz;

/// <summary>Productions that programs do not use while a defect in them is known; each with the name of the defect. The goal is an empty table.</summary>
internal static class OpenDefects
{
    private static readonly (string Name, string[] Productions)[] s_all =
    [
        ("A lazily cached static tensor outlives its trace", ["s_last ??= @T;\n@P = s_last;", "(s_cache ??= @P * 2)"]),
        ("C# state that is changed after a conditional throw is changed although the throw happens", ["if (@C) throw new InvalidOperationException(\"t\");"]),
    ];

    public static readonly HashSet<string> Productions = [.. s_all.SelectMany(defect => defect.Productions)];
}
