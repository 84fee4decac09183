using PublicApiGenerator;

namespace TensorGraph.Tests;

/// <summary>The public members of the library, as text: a change of them shows in a diff. <c>TENSORGRAPH_BLESS=1</c> accepts it.</summary>
public sealed class EstimatorApiTests
{
    [Fact]
    public void Is_what_was_accepted()
    {
        ApiGeneratorOptions options = new()
        {
            DenyNamespacePrefixes = ["System", "Microsoft"],
            ExcludeAttributes = ["System.Runtime.CompilerServices.InternalsVisibleToAttribute", "System.Reflection.AssemblyMetadataAttribute", "System.Runtime.Versioning.TargetFrameworkAttribute"],
        };
        Snapshot.MatchFile(typeof(Estimator).Assembly.GeneratePublicApi(options), Repository.PathOf("docs/api/TensorGraph.Estimator.txt"));
    }
}
