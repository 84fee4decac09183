using System.Reflection;
using PublicApiGenerator;

namespace TensorGraph.Tests;

/// <summary>The public members of each library, as text: a change of them shows in a diff. <c>TENSORGRAPH_BLESS=1</c> accepts it.</summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions s_options = new()
    {
        // What generated code calls is public but nobody's to write.
        DenyNamespacePrefixes = ["System", "Microsoft", "TensorGraph.CompilerServices"],
        ExcludeAttributes = ["System.Runtime.CompilerServices.InternalsVisibleToAttribute", "System.Reflection.AssemblyMetadataAttribute", "System.Runtime.Versioning.TargetFrameworkAttribute"],
    };

    public static TheoryData<string> Libraries => ["TensorGraph.Graph", "TensorGraph.Runtime", "TensorGraph", "TensorGraph.Nn", "TensorGraph.SavedModel", "TensorGraph.Onnx", "TensorGraph.Serving"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Is_what_was_accepted(string library)
    {
        var assembly = Assembly.Load(library);
        Snapshot.MatchFile(assembly.GeneratePublicApi(s_options), Repository.PathOf($"docs/api/{library}.txt"));
    }
}
