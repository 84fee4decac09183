namespace TensorGraph.Tests;

/// <summary>A project from the console template builds and runs, also beside <c>System.Numerics.Tensors</c>. The other template is what docs/getting-started.md makes.</summary>
[Trait("Category", "Long")]
[Collection(PackedFeedCollection.Name)]
public sealed class TemplatesTest(PackedFeed feed)
{
    [Fact]
    public void A_console_project_is_made_builds_and_runs()
    {
        feed.DotNet(feed.Root, "new", "install", "TensorGraph.Templates");
        feed.DotNet(feed.Root, "new", "tensorgraph", "-n", "Hello");
        string app = Path.Combine(feed.Root, "Hello");
        File.WriteAllText(Path.Combine(app, "Both.cs"), """
            using System.Numerics.Tensors;

            internal static class Both
            {
                public static Tensor Product(float[] x, float[] y) => TensorPrimitives.Dot<float>(x, y);
            }
            """);

        string[] lines = feed.DotNet(app, "run", "-c", "Release").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("[0.5, 0.25]", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("Model.Shrink: traced 2 times", StringComparison.Ordinal));
        // Names of the template are replaced.
        Assert.True(File.Exists(Path.Combine(app, "Hello.csproj")));
    }
}
