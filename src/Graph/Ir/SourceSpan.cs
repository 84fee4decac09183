using System.Diagnostics;

namespace TensorGraph.Ir;

/// <summary>The place in the user's C# that made a node.</summary>
/// <param name="File">Path as the compiler recorded it; empty when unknown.</param>
/// <param name="Line">Line, from 1; 0 when unknown.</param>
/// <param name="Member">Method name.</param>
public readonly record struct SourceSpan(string File, int Line, string Member)
{
    private static readonly HashSet<string> OwnAssemblies =
    [
        "TensorGraph.Graph", "TensorGraph.Runtime", "TensorGraph", "TensorGraph.Nn", "TensorGraph.SavedModel", "TensorGraph.Onnx",
        "TensorGraph.TorchSharp", "TensorGraph.Gpu",
    ];

    private readonly string? _scope;

    /// <summary>No place known.</summary>
    public static SourceSpan None { get; } = new("", 0, "");

    /// <summary>The names of the <see cref="NameScope"/>s in which the code ran, outermost first: <c>encoder/dense_1</c>.</summary>
    public string Scope
    {
        get => _scope ?? "";
        init => _scope = value.Length > 0 ? value : null;
    }

    /// <summary>True when a line is known.</summary>
    public bool IsKnown => Line > 0;

    /// <summary>The user's method: <see cref="Member"/>, which may be a lambda, a local function or the twin of a converted method.</summary>
    public string Method
    {
        get
        {
            string name = Member.StartsWith('<') && Member.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? Member[1..end] : Member;
            return name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("_Traced", StringComparison.Ordinal) ? name[2..^7] : name;
        }
    }

    /// <summary>
    /// The innermost frame on the stack that is neither this library's nor the framework's. Walks the stack, so it is for tracing and
    /// for errors, not for the imperative path.
    /// </summary>
    public static SourceSpan Capture()
    {
        var trace = new StackTrace(1, fNeedFileInfo: false);
        SourceSpan? fallback = null;
        for (int i = 0; i < trace.FrameCount; i++)
        {
            if (DiagnosticMethodInfo.Create(trace.GetFrame(i)!) is not { } method)
                continue;
            string assembly = method.DeclaringAssemblyName.Split(',')[0];
            if (OwnAssemblies.Contains(assembly) || assembly.StartsWith("System.", StringComparison.Ordinal))
                continue;

            // Generated code has no line of its own; its caller, or the #line it carries, has.
            var frame = new StackFrame(i + 1, needFileInfo: true);
            if (frame.GetFileLineNumber() > 0 && frame.GetFileName() is { } file && !file.EndsWith(".g.cs", StringComparison.Ordinal))
                return new(file, frame.GetFileLineNumber(), method.Name) { Scope = NameScope.Current };
            fallback ??= new(frame.GetFileName() ?? "", 0, method.Name);
        }

        return (fallback ?? None) with { Scope = NameScope.Current };
    }

    /// <summary>This line, or where it is unknown, as for an op that runs by itself, that of the user's code which runs now.</summary>
    public SourceSpan OrCaller() => IsKnown ? this : Capture();

    /// <summary><c>Model.cs:41 (encoder/dense_1)</c>, without what is unknown.</summary>
    public override string ToString()
    {
        string place = IsKnown ? $"{Path.GetFileName(File)}:{Line}" : "";
        return Scope.Length == 0 ? place : $"{place}{(IsKnown ? " " : "")}({Scope})";
    }
}
