using System.Text.RegularExpressions;

namespace TensorGraph.Torch;

/// <summary>Remedies of errors in terms of TorchSharp, since the code that they are about is written for it.</summary>
internal static partial class TorchWords
{
    private static readonly (string Ours, string Theirs)[] Words =
    [
        ("use Cast to convert values", "write to(…) to convert values"),
        ("use Cast", "write to(torch.float32), or another type"),
        ("Cast it to a dtype of floats", "Write to(torch.float32)"),
        ("Cast it to a float dtype", "Write to(torch.float32)"),
        ("Cast the tensor to a float dtype, or", "write to(torch.float32) of the tensor, or"),
        ("Cast first", "write to(torch.float32) first"),
        ("Cast it first", "write to(…) first"),
        ("Ops.StopGradient", "detach()"),
        ("Ops.ExpandDims(b, 1)", "b.unsqueeze(1)"),
        ("Ops.ZerosLike(x)", "torch.zeros_like(x)"),
        ("Ops.Where", "torch.where"),
        ("x.Shape[0] or Ops.Size(x)", "x.shape[0]"),
        ("begin with Ops.AnyLength(x) if the first axis is to change, pad or slice it to one size, or "
            + "collect what it gets in a TensorArray, whose Stack may have any number of rows", "pad or slice it to one size"),
        ("keep state in a Variable, or pass it to Ops.HostCall as an input", "or keep state in a parameter or buffer"),
        ("look at values with Ops.Print, run C# on them with Ops.HostCall, or read the result in the caller", "or read the result in the caller"),
    ];

    /// <summary>The same error in these terms; null where its remedy has none of ours.</summary>
    public static GraphException? Of(GraphException error)
    {
        string remedy = Cast().Replace(error.Remedy, match => $"{(match.Index == 0 ? "Write" : "write")} {match.Groups[1]}.to(torch.{NameOf(match.Groups[2].Value)})");
        remedy = CastTo().Replace(remedy, match => $"Write to(torch.{NameOf(match.Groups[2].Value)}) of the {match.Groups[1]}");
        foreach (var (ours, theirs) in Words) remedy = remedy.Replace(ours, theirs, StringComparison.Ordinal);
        return remedy == error.Remedy ? null : new(error.Id, error.Problem, remedy, error.Source, error);
    }

    private static string NameOf(string dtype) => dtype switch
    {
        "Bool" => "@bool",
        "U8" => "uint8",
        "BF16" => "bfloat16",
        ['I', .. var bits] => $"int{bits}",
        [_, .. var bits] => $"float{bits}",
        _ => dtype,
    };

    [GeneratedRegex(@"write Cast\((\w+), DType\.(\w+)\)")]
    private static partial Regex Cast();

    [GeneratedRegex(@"Cast the (\w+) to DType\.(\w+)")]
    private static partial Regex CastTo();
}
