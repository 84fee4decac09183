namespace TensorGraph.Tests;

/// <summary>A test of a project outside of the solution, whose package <c>.ci/run</c> restores.</summary>
internal class RestoredFactAttribute : FactAttribute
{
    public RestoredFactAttribute(string package, string project)
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        if (!Directory.Exists(Path.Combine(packages, package)))
            Skip = $"needs package {package}: dotnet restore {project}";
    }
}
